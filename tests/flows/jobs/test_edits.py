"""Edits that planned visits find: what is stored, and what `edits` and `diff` show of them."""

import contextlib
from types import SimpleNamespace

import pytest

from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.visits import pass_hours, publish_now
from tests.helpers.warehouses import query
from warehouse.article_queries import find_article
from warehouse.connect import open_snapshot
from warehouse.publish import publish

pytestmark = pytest.mark.usefixtures("unpublished")

NAMES = ("edited", "headline", "trivial", "steady", "moved", "replaced")
OTHER = (
    b"<!doctype html><html lang='en'><head><title>Fish prices fall</title></head><body><article>"
    b"<h1>Fish prices fall</h1><p>Cod and herring were cheaper at the market of Tarrow than at any"
    b" time in the last six winters, traders said after a morning of heavy landings.</p>"
    b"<p>Restaurants bought more than usual, and two smokehouses will work through the weekend to"
    b" keep up with what the boats brought in.</p></article></body></html>"
)


def replaced(news, path, *pairs):
    """Change words of a page, and leave its feed as it is."""
    for old, new in pairs:
        assert old.encode() in news.pages[path]
        news.pages[path] = news.pages[path].replace(old.encode(), new.encode())


@contextlib.contextmanager
def edited(folder):
    """Ingest six pages, change five, and ingest again."""
    with serving(feeds=1, articles=len(NAMES)) as news:
        paths = dict(zip(NAMES, news.lists["/feed-0.xml"], strict=True))
        for path in paths.values():
            publish_now(news, path)
        (folder / "feeds.opml").write_bytes(news.opml())
        settings = Settings(data=folder, workers=1, host_delay=0.0, allow_hosts=news.host)
        ingest_feeds(settings, IngestRequest())
        replaced(
            news, paths["edited"],
            ("4.2 million crowns", "5.1 million crowns"),
            ("longer than for any train,” said Mayor Ruth Callender",
             "much longer than for any train,” said Mayor Ruth Callender"),
            ("twice a day, according to the harbour office, which plans a night service for next summer",
             "twice a day, according to Captain Jonas Albrecht"),
        )  # fmt: skip
        replaced(news, paths["headline"], (" opens its new ferry landing", " opens costly landing"))
        replaced(
            news, paths["trivial"],
            ("“We have", '"We have'), ("train,”", 'train,"'), ("Monday, nine", "Monday – nine"),
            ("</article>", "<p>23 comments</p><p>Updated 14:05</p></article>"),
        )  # fmt: skip
        news.pages["/2024/landing-at-its-new-address"] = news.pages.pop(paths["moved"])
        news.pages["/2024/fish-prices"] = OTHER
        news.redirects |= {
            paths["moved"]: "/2024/landing-at-its-new-address",
            paths["replaced"]: "/2024/fish-prices",
        }
        pass_hours(settings, 1.1)
        ingest_feeds(settings, IngestRequest())
        yield SimpleNamespace(news=news, paths=paths, settings=settings)


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    with edited(tmp_path_factory.mktemp("edits")) as found:
        yield found


@pytest.fixture
def going_on(tmp_path):
    """The same for a test that changes more pages."""
    with edited(tmp_path) as found:
        yield found


def of(news, name):
    return f"url LIKE '%{news.paths[name]}'"


def test_edit_is_a_revision_with_what_it_changed(news):
    ((added, cut, is_headline, is_text),) = query(
        news.settings,
        "SELECT words_added, words_cut, is_headline_changed, is_text_changed"
        f" FROM edits WHERE {of(news, 'edited')}",
    )
    assert (added, cut, is_headline, is_text) == (5, 12, False, True)
    ((altered, names, numbers, diff),) = query(
        news.settings,
        "SELECT statements_altered, names_added, numbers_changed, diff"
        f" FROM edits WHERE {of(news, 'edited')}",
    )
    assert altered[0]["after"].startswith("We have waited for this boat much")
    assert names == ["Jonas Albrecht"]
    assert numbers == [{"before": "4.2 million", "after": "5.1 million"}]
    assert "for this boat {+much+} longer" in diff
    assert "[-4.2-] {+5.1+} million" in diff


def test_headline_change_has_both_headlines(news):
    ((before, after, is_text_changed, outlet),) = query(
        news.settings, "SELECT previous_title, title, is_text_changed, outlet FROM headline_changes"
    )
    assert before == after.replace(" opens costly landing", " opens its new ferry landing")
    assert not is_text_changed
    assert outlet


def test_trivial_change_is_no_revision_and_no_changed_page(news):
    where = of(news, "trivial")
    assert query(news.settings, f"SELECT max(revision) FROM articles WHERE {where}") == [(1,)]
    found = query(news.settings, f"SELECT outcome FROM visits WHERE {where} ORDER BY visited_at")
    assert found == [("fetched",), ("unchanged",)]


def test_pages_without_a_change_have_no_edit(news):
    assert query(news.settings, "SELECT count(*) FROM edits") == [(2,)]
    assert query(news.settings, "SELECT count(*) FROM linked_batches WHERE step = 'edits'") == [
        (2,)
    ]


def test_moved_page_is_the_same_article(news):
    settings, new_url = news.settings, news.news.url("/2024/landing-at-its-new-address")
    ((article_id,),) = query(settings, f"SELECT article_id FROM articles WHERE {of(news, 'moved')}")
    ((known, old_url),) = query(
        settings,
        f"SELECT known_article_id, requested_url FROM moves WHERE canonical_url = '{new_url}'",
    )
    assert (known, old_url) == (article_id, news.news.url(news.paths["moved"]))
    assert query(settings, f"SELECT count(*) FROM articles WHERE url = '{new_url}'") == [(0,)]
    publish(settings.folder)
    with open_snapshot(settings.folder) as con:
        shown = find_article(con, new_url)
    assert shown
    assert shown.article_id == article_id


def test_page_that_leads_to_another_article_has_not_moved(news):
    found = query(news.settings, "SELECT count(DISTINCT article_id) FROM articles WHERE title = 'Fish prices fall'")  # fmt: skip
    assert found == [(1,)]
    outcome = query(
        news.settings,
        f"SELECT outcome FROM visits WHERE {of(news, 'replaced')} ORDER BY visited_at DESC LIMIT 1",
    )
    assert outcome == [("moved",)]


def test_edit_at_the_new_address_is_a_revision_of_the_article(going_on):
    news = going_on
    server, path = news.news, "/2024/landing-at-its-new-address"
    server.pages[path] = server.pages[path].replace(b"4.2 million", b"6.3 million")
    server.lists["/feed-0.xml"] = [*server.lists["/feed-0.xml"], path]
    del server.pages[news.paths["replaced"]]
    server.pages |= dict.fromkeys((news.paths["moved"], news.paths["replaced"]), server.pages[path])
    server.refresh()
    pass_hours(news.settings, 0.3)
    ingest_feeds(news.settings, IngestRequest(is_forced=True))
    new_url = server.url(path)
    assert query(
        news.settings,
        f"SELECT revision, numbers_changed[1].after, url FROM edits WHERE url = '{new_url}'",
    ) == [(2, "6.3 million", new_url)]


def test_page_that_goes_back_to_its_first_version_has_a_third_revision(going_on):
    news = going_on
    path = news.paths["headline"]
    replaced(news.news, path, (" opens costly landing", " opens its new ferry landing"))
    for _ in range(2):
        pass_hours(news.settings, 5)
        ingest_feeds(news.settings, IngestRequest())
        changes = query(
            news.settings,
            "SELECT revision, previous_title LIKE '%costly%', title LIKE '%costly%'"
            f" FROM headline_changes WHERE {of(news, 'headline')} ORDER BY revision",
        )
        assert changes == [(2, False, True), (3, True, False)]
    (title,) = query(
        news.settings, f"SELECT title FROM latest_articles WHERE {of(news, 'headline')}"
    )
    assert "costly" not in title[0]
