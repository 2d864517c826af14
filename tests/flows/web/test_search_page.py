"""The page /search: what a reader gets, and where its links lead."""

import csv
import io
import re
from datetime import date
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import orjson
import pytest
from lxml import html
from openpyxl import load_workbook
from starlette.datastructures import QueryParams

from flows.web.day_bars import day_bars
from flows.web.search_form import SearchForm
from tests.helpers.questions import BUDGET, PLAN, STORIES
from tests.helpers.site import site_client
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.search_syntax import parse_question

HOSTILE = make_story(
    '<script>alert(1)</script> \u202eevil ]]> & "quotes"\nThe zeppelin <img src=x onerror=alert(2)> landed\x07. '
    + "x" * 10_000
    + " “Zeppelins <b>fly</b>,” Eve <i>Black said.",
    url="https://e.example/<script>",
    day="2026-02-22",
    said=[("Zeppelins <b>fly</b>", "Eve <i>Black", "=cmd()", "direct")],
    named=[("Eve <i>Black", "person")],
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("search"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, *STORIES.values(), HOSTILE)
    publish(folder)
    return site_client(folder.root, follow_redirects=False)


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return html.fromstring(answer.text)


def text_of(tree, path="//main"):
    return " ".join(" ".join(part.text_content().split()) for part in tree.xpath(path))


def headlines(tree):
    return [one.text_content() for one in tree.xpath("//ol[@aria-label='Articles']//b/a")]


def test_nothing_published_says_what_to_do(tmp_path):
    answer = site_client(tmp_path, follow_redirects=False).get("/search?q=ferry")
    assert answer.status_code == 200
    assert "onrecord ingest" in answer.text


def test_warehouse_without_articles_finds_nothing(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder):
        pass
    publish(folder)
    client = site_client(tmp_path, follow_redirects=False)
    for path in (
        "/search?q=ferry",
        "/search?q=ferry&as=statements&sort=newest",
        "/search?since=2024-01-01",
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "0 " in answer.text
    assert client.get("/search.csv?q=ferry").text.count("\n") == 1
    assert client.get("/search.rss?q=ferry").status_code == 200
    assert client.get("/articles/a1-none").status_code == 404


def test_without_a_question_examples_lead_to_answers(client):
    tree = page(client, "/search")
    links = tree.xpath("//main//li/a/@href")
    assert links
    for link in links:
        page(client, link)


def test_articles_are_shown_with_the_words_marked(client):
    tree = page(client, "/search?q=strategies")
    assert sorted(headlines(tree)) == sorted([PLAN.article.title, BUDGET.article.title])
    assert set(tree.xpath("//p[@class='passage']/mark/text()")) == {"strategy", "Strategy"}
    assert "2 articles" in text_of(tree)


def test_link_of_each_article_leads_to_it(client):
    tree = page(client, "/search?q=quantum")
    for link in tree.xpath("//ol[@aria-label='Articles']//b/a/@href"):
        page(client, link)


def test_each_facet_narrows_to_its_count_and_can_be_removed(client):
    tree = page(client, "/search?q=quantum")
    facets = tree.xpath("//ul[@class='facet']/li")
    assert len(facets) >= 8
    for one in facets:
        (link,), count = one.xpath("a/@href"), one.xpath("span/text()")[-1]
        narrowed = page(client, link)
        assert f"{count} article" in text_of(narrowed, "//p[@class='summary']")
        (back,) = narrowed.xpath("//ul[@class='tags']//a/@href")
        assert headlines(page(client, back)) == headlines(tree)


def test_each_bar_narrows_to_its_days(client):
    tree = page(client, "/search?q=quantum")
    bars = [bar for bar in tree.xpath("//svg//a") if not bar.get("tabindex")]
    assert [bar.get("aria-label").rpartition(": ")[2] for bar in bars] == ["1 article", "1 article"]
    for bar in bars:
        assert "1 article" in text_of(page(client, bar.get("href")), "//p[@class='summary']")


def test_days_narrow_without_a_script(client):
    tree = page(client, "/search?q=quantum&since=2026-02-01&until=")
    assert headlines(tree) == [BUDGET.article.title]
    (form,) = [form for form in tree.forms if "until" in form.fields and form.fields["until"] == ""]
    assert dict(form.fields) == {"q": "quantum", "since": "2026-02-01", "until": ""}


def test_newest_first(client):
    tree = page(client, "/search?q=quantum&sort=newest")
    assert headlines(tree) == [BUDGET.article.title, PLAN.article.title]


def test_statements_are_shown_with_their_speakers(client):
    tree = page(client, "/search?q=strategy&as=statements")
    assert text_of(tree, "//blockquote") == "Strategy comes later"
    assert text_of(tree, "//figcaption/b") == "Ana Ruiz"
    (link,) = tree.xpath("//figcaption/a/@href")
    place = page(client, link).get_element_by_id(urlsplit(link).fragment)
    assert place.text_content() == "Strategy comes later"


def test_nobody_said_it_leads_to_the_articles(client):
    tree = page(client, "/search?q=computers&as=statements")
    (link,) = tree.xpath("//ol[@aria-label='Statements']/li/a/@href")
    assert headlines(page(client, link)) == [BUDGET.article.title]


def test_suggestion_is_a_search(client):
    tree = page(client, "/search?q=quantun")
    (link,) = tree.xpath("//p[@role='status']/a/@href")
    assert len(headlines(page(client, link))) == 2


def test_suggested_name_is_a_search(client):
    tree = page(client, "/search?q=speaker:Ruis+Strategy")
    (link,) = tree.xpath("//p[@role='status']/a/@href")
    assert headlines(page(client, link)) == [BUDGET.article.title]


def test_nothing_found_says_what_to_change(client):
    assert "fewer or other words" in text_of(page(client, "/search?q=xylophone"))
    assert "Remove what narrows" in text_of(page(client, "/search?q=quantum&source=x.example"))
    assert "no more matches" in text_of(page(client, "/search?q=quantum&page=7"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        pytest.param("(ferry", "(", id="open-parenthesis"),
        pytest.param("ferry )", ")", id="closing-parenthesis"),
        pytest.param('late "ferry', '"', id="open-phrase"),
        pytest.param("ferry since:soon", "s", id="no-day"),
    ],
)
def test_wrong_question_is_told_with_its_place(client, question, marked):
    answer = client.get("/search", params={"q": question})
    tree = html.fromstring(answer.text)
    assert answer.status_code == 400
    assert tree.xpath("//pre/mark/text()") == [marked]
    assert tree.xpath("//section[@role='alert']//pre")[0].text_content() == question
    assert tree.xpath("//input[@id='q']/@value") == [question]


def test_hostile_texts_are_only_text(client):
    for path in ("/search?q=zeppelin", "/search?q=zeppelin&as=statements", "/search?q=<script>"):
        answer = client.get(path)
        assert answer.status_code == 200
        tree = html.fromstring(answer.text)
        assert set(tree.xpath("//script/@src")) <= {"/static/site.js", "/static/brush.js"}
        assert not tree.xpath("//script/text()")
        assert not tree.xpath("//main//img | //main//i")
        assert "\u202e" not in answer.text
        assert "\x07" not in answer.text


def test_hostile_values_of_facets_are_found_nowhere(client):
    for key in ("source", "language", "speaker", "entity", "topic", "kind"):
        tree = page(client, f"/search?q=quantum&{key}=%3Cb%3E%27%22%24x%00")
        assert not headlines(tree)


@pytest.mark.parametrize("since", ["2026-13-01", "yesterday", "", "0"])
def test_day_that_is_none_does_not_narrow(client, since):
    assert len(headlines(page(client, f"/search?q=quantum&since={since}"))) == 2


def test_more_than_a_page_is_shown_page_by_page(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        stories = [
            make_story(
                f"Ferry {at} sails\nIt left.", url=f"https://a.example/{at}", day="2026-03-01"
            )
            for at in range(45)
        ]
        append_stories(con, folder.spool, *stories)
    publish(folder)
    client, links, seen = site_client(tmp_path, follow_redirects=False), ["/search?q=ferry"], []
    while links:
        tree = page(client, links[0])
        seen.append(headlines(tree))
        links = tree.xpath("//a[@rel='next']/@href")
    assert [len(some) for some in seen] == [10, 10, 10, 10, 5]
    assert len({title for some in seen for title in some}) == 45


def test_csv_has_all_matches(client):
    answer = client.get("/search.csv?q=quantum")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["title"] for row in rows} == {PLAN.article.title, BUDGET.article.title}
    assert {row["url"] for row in rows} == {"https://a.example/plan", "https://b.example/budget"}
    assert "quantum" in rows[0]["passage"]
    assert "attachment" in answer.headers["content-disposition"]


def test_json_lines_have_statements(client):
    answer = client.get("/search.jsonl?q=strategy&as=statements")
    (row,) = map(orjson.loads, answer.text.splitlines())
    assert (row["speaker"], row["statement"]) == ("Ana Ruiz", "Strategy comes later")
    assert row["url"] == "https://b.example/budget"


def test_workbook_has_text_that_is_no_formula(client):
    book = load_workbook(io.BytesIO(client.get("/search.xlsx?q=zeppelin&as=statements").content))
    header, row = book.active.values
    cells = dict(zip(header, row, strict=True))
    assert (cells["speaker_role"], cells["statement"]) == ("=cmd()", "Zeppelins <b>fly</b>")
    roles = [cell for line in book.active for cell in line if cell.value == "=cmd()"]
    assert [cell.data_type for cell in roles] == ["s"]


def test_rss_has_the_newest_matches_and_is_well_formed(client):
    answer = client.get("/search.rss?q=quantum+OR+zeppelin")
    channel = ET.fromstring(answer.content).find("channel")
    titles = [item.findtext("title") for item in channel.findall("item")]
    assert titles[1:] == [BUDGET.article.title, PLAN.article.title]
    assert titles[0].startswith("<script>")
    item = channel.findall("item")[1]
    assert item.findtext("link") == "https://b.example/budget"
    assert "quantum" in str(item.findtext("description"))
    assert item.findtext("pubDate") == "Tue, 03 Feb 2026 00:00:00 GMT"


def test_feed_of_a_search_is_told_to_readers(client):
    tree = page(client, "/search?q=quantum&source=a.example")
    (feed,) = tree.xpath("//link[@rel='alternate']/@href")
    assert parse_qs(urlsplit(feed).query) == {"q": ["quantum"], "source": ["a.example"]}
    assert client.get(feed).headers["content-type"].startswith("application/rss+xml")


def test_unknown_download_and_empty_question_are_refused(client):
    assert client.get("/search.pdf?q=quantum").status_code == 404
    assert client.get("/search.csv").status_code == 400
    assert client.get("/search.csv?q=(").status_code == 400


def test_form_as_words_asks_the_same():
    form = SearchForm.of(QueryParams("q=a+OR+b&source=x.example&speaker=A%22B&since=2026-01-02"))
    words = form.as_words({"source": "The Example Times"})
    assert words == '(a OR b) source:"x.example" speaker:"A B" since:2026-01-02'
    parse_question(words)


def test_bars_cover_all_days_and_matches():
    days = [(date(2020, 1, 1), 3), (date(2022, 5, 5), 4), (date(2024, 12, 31), 5)]
    bars = day_bars(days)
    assert len(bars) <= 60
    assert sum(bar.count for bar in bars) == 12
    assert (bars[0].since, bars[-1].until) == (days[0][0], days[-1][0])
    assert all((later.since - bar.until).days == 1 for bar, later in pairwise(bars))


def test_sql_of_names_is_shown(client):
    assert re.search(r"SQL behind this page", client.get("/search?q=quantum&source=a.example").text)
