"""The SQL of a search: it runs where readers run theirs, and finds what the page shows."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from lxml import html

from flows.web.search_sql import search_sql
from tests.helpers.questions import ANSWERS, BRIDGE, STORIES
from tests.helpers.site import site_client
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.limited_reader import LimitedReader
from warehouse.publish import publish
from warehouse.search_tree import Field, InStory, Some

STRIKES = [
    make_story(
        f"Harbour news {at}\nThe ferries were {form}. “We are {form} again,” O'Hara Smith said.",
        url=f"https://c.example/{at}",
        day=f"2026-03-0{at}",
        said=[(f"We are {form} again", "O'Hara Smith", None, "direct")],
    )
    for at, form in enumerate(("striking", "strikes", "stopped"), start=1)
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("search-sql"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, *STORIES.values(), *STRIKES)
    publish(folder)
    client = site_client(folder)
    with LimitedReader(folder) as reader:
        yield client, reader


def shown_sql(client, path):
    """Return the ids that the page shows, with the SQL that the page leads to."""
    answer = client.get(path)
    assert answer.status_code == 200
    page = html.fromstring(answer.text)
    (sql,) = [
        query
        for link in page.xpath("//footer//a/@href")
        for query in parse_qs(urlsplit(link).query).get("sql", [])
        if "latest_articles" in query
    ]
    links = page.xpath("//main//ol//a[starts-with(@href, '/articles/')]/@href")
    ids = [re.split("[/#?]", link)[2] for link in links]
    return ids, sql


def found(reader, sql):
    result = reader.ask(sql)
    return [row[result.columns.index("article_id")] for row in result.rows]


@pytest.mark.parametrize("question", [question for question, _ in ANSWERS])
def test_sql_finds_the_articles_of_the_page(client, question):
    client, reader = client
    ids, sql = shown_sql(client, f"/search?{urlencode({'q': question, 'sort': 'newest'})}")
    assert sorted(found(reader, sql)) == sorted(ids)


@pytest.mark.parametrize(
    "query",
    [
        "source=a.example",
        "language=de",
        "speaker=O'Hara+Smith",
        "speaker=Jane+Doe&q=quantum",
        "topic=04000000",
        "kind=live",
        "since=2026-02-01&until=2026-02-28",
        "q=speaker:hara+OR+speaker:ruiz",
        "q=speaker:hara+-bridge",
        "q=entity:nato",
        "q=topic:economy",
        "q=page:live",
        "q=strike",
        "q=strike&as=statements",
        "q=strategy&as=statements",
        "q=speaker:hara&as=statements",
        "speaker=O'Hara+Smith&q=again&as=statements",
        "q=%22are+striking%22+OR+strategy&as=statements",
        "q=title:harbour+strike&as=statements",
        "q=zeppelin",
        "q=we+zeppelin+quantum",
    ],
)
def test_sql_of_filters_finds_the_same(client, query):
    client, reader = client
    ids, sql = shown_sql(client, f"/search?{query}")
    assert sorted(found(reader, sql)) == sorted(ids)
    assert ids or "zeppelin" in query


def test_sql_has_the_order_of_the_newest(client):
    client, reader = client
    ids, sql = shown_sql(client, "/search?q=ferry+OR+quantum&sort=newest")
    assert found(reader, sql) == ids
    assert len(ids) == 5


def test_sql_has_the_forms_of_the_page_and_says_so(client):
    client, _ = client
    _, sql = shown_sql(client, "/search?q=strike")
    assert "(?:strike|strikes|striking)" in sql
    assert sql.startswith("-- Words are looked for in the forms that they have on the page.")
    assert "the search puts the best first" in sql
    _, newest = shown_sql(client, "/search?q=strike&sort=newest")
    assert "best first" not in newest
    _, exact = shown_sql(client, "/search?q=source:a.example")
    assert exact.startswith("WITH")


def test_excluded_words_may_have_forms_that_the_page_does_not_show(client):
    client, reader = client
    ids, sql = shown_sql(client, "/search?q=ferries+-strike")
    assert len(ids) == 1
    assert set(ids) < set(found(reader, sql))
    assert "it may find more, and leave out more" in sql


def test_values_are_only_text(client):
    client, reader = client
    evil = "x') OR true; --"
    ids, sql = shown_sql(client, f"/search?{urlencode({'speaker': evil, 'q': 'ferry'})}")
    assert ids == found(reader, sql) == []
    assert "'x'') OR true; --'" in sql


def test_story_is_asked_for_by_its_key(client):
    _, reader = client
    tree = Some((InStory("s1-none"), Field("language", "de")))
    sql = search_sql(tree, {}, as_statements=False, is_newest_first=True)
    assert "current_story_members" in sql
    assert found(reader, sql) == [BRIDGE.article.article_id]
