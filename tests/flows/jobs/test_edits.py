"""Edits that planned visits find: what is stored, and what `edits` and `diff` show of them."""

from types import SimpleNamespace

import pytest

from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.visits import pass_hours, publish_now
from tests.helpers.warehouses import query

NAMES = ("edited", "headline", "trivial", "steady")


def replaced(news, path, *pairs):
    """Change words of a page, and leave its feed as it is."""
    for old, new in pairs:
        assert old.encode() in news.pages[path]
        news.pages[path] = news.pages[path].replace(old.encode(), new.encode())


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """Ingest four pages, change three, and ingest again."""
    folder = tmp_path_factory.mktemp("edits")
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
        pass_hours(settings, 1.1)
        ingest_feeds(settings, IngestRequest())
        yield SimpleNamespace(news=news, paths=paths, settings=settings)


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
