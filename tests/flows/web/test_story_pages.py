"""The pages of stories: a list with filters, and one story through its outlets."""

import pytest

from tests.helpers.aveling import CLEANING, SAID, TRIAL, flood
from tests.helpers.linked import load_linked, rows_of
from tests.helpers.shown_pages import links_in, page_of, rows_in, section, text_of
from tests.helpers.site import site_client
from tests.helpers.stories import make_story
from warehouse.connect import open_live
from warehouse.publish import publish

LANDING = [
    make_story(
        f"Airship lands in Dunmoor\nAn airship landed on the market of Dunmoor, and the pilot, Ada "
        f"Vint, asked the baker for bread.{more}",
        url=f"https://{host}.example/9",
        day="2024-06-09",
        named=[("Dunmoor", "place"), ("Ada Vint", "person")],
    )
    for host, more in (("d", ""), ("e", " The children of the school came to see the airship."))
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    articles = [flood("a", "2024-06-03", hour=7), TRIAL, flood("b", "2024-06-03", hour=9), CLEANING]
    folder = load_linked(tmp_path_factory.mktemp("stories"), [*articles, *LANDING])
    changed = flood("b", "2024-06-03", hour=9, title="Aveling under water")
    folder = load_linked(folder.root, [changed])
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    return site_client(folder.root)


def key_of(folder, host):
    ((key,),) = rows_of(
        folder,
        "SELECT story_id FROM story_articles WHERE source_id = $host AND title <> $trial",
        host=f"{host}.example",
        trial=TRIAL.article.title,
    )
    return key


def key_of_trial(folder):
    sql = "SELECT story_id FROM story_articles WHERE title = $trial"
    ((key,),) = rows_of(folder, sql, trial=TRIAL.article.title)
    return key


def headlines(page):
    return [text_of(one) for one in page.xpath("//ol[contains(@class, 'stories')]/li/a")]


def test_list_has_the_stories_of_the_newest_week(client):
    page = page_of(client, "/stories")
    flooded, landed = page.xpath("//ol[contains(@class, 'stories')]/li")
    assert "3 outlets" in text_of(flooded)
    assert "3 articles, 1 copy" in text_of(flooded)
    assert "Karin Holt" in text_of(flooded)
    assert "Airship lands in Dunmoor" in text_of(landed)
    assert "2 outlets" in text_of(landed)


@pytest.mark.parametrize(
    ("query", "hosts"),
    [
        pytest.param("since=2024-06-05", ["d"], id="since"),
        pytest.param("until=2024-06-05", ["a"], id="until"),
        pytest.param("since=2024-06-09&until=2024-06-03", ["a", "d"], id="days-in-the-wrong-order"),
        pytest.param("named=VINT", ["d"], id="person"),
        pytest.param("named=dunmoor", ["d"], id="place"),
        pytest.param("outlet=c.example", ["a"], id="outlet"),
        pytest.param("outlet=c.example&named=vint", [], id="nothing-fits"),
        pytest.param("page=2", [], id="after-the-last-page"),
        pytest.param("since=yesterday&page=x", ["a", "d"], id="no-days"),
    ],
)
def test_list_is_narrowed(client, folder, query, hosts):
    page = page_of(client, f"/stories?{query}")
    assert links_in(page, "/stories/") == sorted(
        f"/stories/{key_of(folder, host)}" for host in hosts
    )


def test_empty_list_says_what_to_do(client):
    page = page_of(client, "/stories?named=nobody")
    assert "Choose more days: the newest articles are of 9 June 2024" in text_of(page)


def test_story_tells_who_had_what_first(client, folder):
    page = page_of(client, f"/stories/{key_of(folder, 'a')}")
    rows = rows_in(section(page, "firsts"))
    assert rows[0][:2] == ["The story", "a.example"]
    assert rows[0][3] == "3"
    said = next(row for row in rows if SAID in row[0])
    assert said[1:2] == ["a.example"]
    assert said[3] == "2"
    names = next(row for row in rows if "Torne" in row[0])
    assert names[1] == "a.example"
    assert names[3] == "2 to 3"


def test_story_draws_a_row_for_each_outlet_and_other_marks_for_copies(client, folder):
    page = page_of(client, f"/stories/{key_of(folder, 'a')}")
    (drawing,) = section(page, "over-time").xpath(".//div[@class='wide']/svg")
    titles = [text_of(title) for title in drawing.iter("title")]
    assert [title.partition(":")[0] for title in titles if title.startswith("a.example")] == [
        "a.example, 3 Jun 2024, 07"
    ]
    assert len(drawing.xpath(".//path[title]")) == 1  # the first article
    assert len(drawing.xpath(".//rect[title]")) == 1  # the copy
    assert len(drawing.xpath(".//circle[title]")) == 1  # the text of its own
    assert "copy of another text: 1" in text_of(drawing.find("desc"))


def test_story_shows_statements_names_and_changed_headlines(client, folder):
    page = page_of(client, f"/stories/{key_of(folder, 'a')}")
    assert SAID in text_of(section(page, "statements"))
    assert "In 2 articles of 2 outlets" in text_of(section(page, "statements"))
    assert "Karin Holt" in text_of(section(page, "person"))
    assert "Torne" in text_of(section(page, "place"))
    changed = section(page, "headlines")
    assert [text_of(one) for one in changed.iter("del")] == ["Flood in Aveling, b reports"]
    assert [text_of(one) for one in changed.iter("ins")] == ["Aveling under water"]
    assert [row[1] for row in rows_in(section(page, "articles"))] == [
        "a.example", "b.example", "c.example",
    ]  # fmt: skip


def test_links_lead_to_pages(client, folder):
    page = page_of(client, f"/stories/{key_of(folder, 'a')}")
    links = links_in(page, "/entities/", "/speakers/", "/statements/")
    assert {link.split("/")[1] for link in links} == {"entities", "speakers", "statements"}
    for link in links:
        page_of(client, link)


def test_story_of_one_article_is_shown(client, folder):
    page = page_of(client, f"/stories/{key_of_trial(folder)}")
    assert "1 article of 1 outlet" in text_of(page)
    assert "No statement and no name is in articles of two outlets" in text_of(page)


@pytest.mark.parametrize("key", ["s1-none", "%3Cscript%3E", "'; DROP TABLE articles"])
def test_unknown_story_is_not_found(client, key):
    page = page_of(client, f"/stories/{key}", status=404)
    assert "There is no story" in text_of(page)
    assert not page.xpath("//main//script")


STATE = """
INSERT INTO story_states
SELECT * REPLACE ({changed}) FROM story_states WHERE story_id = $story ORDER BY version DESC LIMIT 1
"""
CHANGE = (
    "INSERT INTO story_changes VALUES ($story, $other, $kind, 2, TIMESTAMPTZ '2024-06-10', 'x')"
)


@pytest.fixture
def changed(tmp_path):
    """Return a folder in which a story became part of another one, and one follows it."""
    folder = load_linked(tmp_path, [flood("a", "2024-06-03"), TRIAL, *LANDING])
    kept, landed, trial = key_of(folder, "a"), key_of(folder, "d"), key_of_trial(folder)
    with open_live(folder) as con:
        into = STATE.format(changed="version + 1 AS version, $other AS into_story_id")
        con.execute(into, {"story": trial, "other": kept})
        con.execute(CHANGE, {"story": trial, "other": kept, "kind": "merged"})
        con.execute(CHANGE, {"story": landed, "other": kept, "kind": "followed"})
    publish(folder)
    return folder, trial, kept, landed


def test_merged_story_leads_to_the_surviving_one(changed):
    folder, trial, kept, _ = changed
    answer = site_client(folder.root).get(f"/stories/{trial}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/stories/{kept}")


def test_story_tells_its_history_and_leads_to_earlier_and_later_ones(changed):
    folder, _, kept, landed = changed
    client = site_client(folder.root)
    first = page_of(client, f"/stories/{kept}")
    assert "Another story became part of it, with 2 articles" in text_of(section(first, "history"))
    assert "Goes on in a later story: Airship lands in Dunmoor" in text_of(first)
    assert f"/stories/{kept}" in links_in(page_of(client, f"/stories/{landed}"), "/stories/")
