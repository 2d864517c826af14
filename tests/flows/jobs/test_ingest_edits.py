"""Entries that their feed changes or renames: which pages are fetched again, and how often."""

import re
from collections import Counter

import pytest

from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.walls import let_time_pass
from tests.helpers.warehouses import query

pytestmark = pytest.mark.usefixtures("unpublished")

FEED = "/feed-0.xml"
GUID = re.compile(rb"<guid>([^<]*)</guid>")
TITLE = re.compile(rb"<title>([^<]*)</title><link>")


@pytest.fixture
def news():
    with serving(feeds=1, articles=1) as server:
        yield server


@pytest.fixture
def settings(tmp_path, news):
    (tmp_path / "feeds.opml").write_bytes(news.opml())
    return Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host)


def ingest(settings):
    return ingest_feeds(settings, IngestRequest(is_forced=True))


def show(news, paths):
    news.lists[FEED] = paths
    news.pages |= {path: news.pages.get(path) or news.article(path) for path in paths}
    news.refresh()


def rename(news, stamp, *, only=None):
    """Give new GUIDs to the entries of the feed, or only to the entry of one page."""

    def renamed(match):
        is_meant = only is None or match[1].endswith(only.encode())
        return b"<guid>%s#%s</guid>" % (match[1], stamp.encode()) if is_meant else match[0]

    news.refresh()
    news.pages[FEED] = GUID.sub(renamed, news.pages[FEED])


def revisions(settings, path):
    return query(
        settings,
        f"SELECT revision, revision_cause FROM articles WHERE url LIKE '%{path}' ORDER BY 1",
    )


def test_renamed_entry_of_an_edited_page_gives_a_revision(settings, news):
    [path] = news.lists[FEED]
    ingest(settings)
    news.pages[path] = news.article(path, extra="The night service has to wait for a new boat.")
    rename(news, "2")
    report = ingest(settings)
    assert (report.polls.changed_entries, report.count.appended) == (1, 1)
    assert revisions(settings, path) == [(1, "first"), (2, "edited")]
    assert ingest(settings).count.seen == 0  # once per change


def test_renamed_entry_of_an_unchanged_page_gives_no_revision_and_no_transfer(settings, news):
    [path] = news.lists[FEED]
    ingest(settings)
    rename(news, "2")
    report = ingest(settings)
    assert (news.asked[path], news.not_modified[path]) == (2, 1)
    assert (report.count.seen, report.count.rejected) == (0, 0)
    assert revisions(settings, path) == [(1, "first")]
    assert query(settings, "SELECT http_status, count(document_id) FROM fetches GROUP BY 1 ORDER BY 1") == [
        (200, 1), (304, 1)
    ]  # fmt: skip


def test_entry_in_a_second_feed_is_not_an_edit(settings, news):
    [path] = news.lists[FEED]
    ingest(settings)
    news.lists["/feed-9.xml"] = [path]
    news.refresh()
    news.pages["/feed-9.xml"] = news.pages["/feed-9.xml"].replace(b"Update", b"From the harbour:")
    settings.folder.feed_list.write_bytes(news.opml())
    ingest(settings)
    assert news.asked[path] == 1
    assert query(settings, "SELECT status FROM entries ORDER BY seen_at") == [
        ("new",),
        ("renamed",),
    ]


def test_feed_that_renames_all_entries_at_every_poll_causes_no_fetches(settings, news):
    paths = [f"/0/article-{number}" for number in range(6)]
    show(news, paths)
    ingest(settings)
    for stamp in ("a", "b", "c"):
        rename(news, stamp)
        ingest(settings)
        let_time_pass(settings)
    assert Counter(news.asked[path] for path in paths) == {1: 6}


def test_edit_is_found_in_a_feed_that_renames_all_entries(settings, news):
    paths = [f"/0/article-{number}" for number in range(6)]
    show(news, paths)
    ingest(settings)
    news.pages[paths[4]] = news.article(paths[4], extra="The night service has to wait.")
    rename(news, "a")
    ingest(settings)
    assert [news.asked[path] for path in paths] == [1, 1, 1, 1, 2, 1]
    assert revisions(settings, paths[4]) == [(1, "first"), (2, "edited")]


def test_single_entry_that_is_renamed_at_every_poll_is_fetched_ever_more_rarely(settings, news):
    [path] = news.lists[FEED]
    ingest(settings)
    for stamp in range(3):
        rename(news, str(stamp))
        ingest(settings)
    assert news.asked[path] == 2
    asked = []
    for hour in range(8):
        let_time_pass(settings, minutes=60)
        rename(news, f"hour-{hour}")
        ingest(settings)
        asked.append(news.asked[path])
    assert asked == [3, 4, 4, 4, 4, 5, 5, 5]  # after 15 minutes, one hour and four hours


def test_titles_that_rotate_under_a_stable_key_are_limited_too(settings, news):
    paths = [f"/0/article-{number}" for number in range(3)]
    show(news, paths)
    ingest(settings)
    for number in range(5):
        news.refresh()
        news.pages[FEED] = TITLE.sub(
            rb"<title>\1, read %d times</title><link>" % number, news.pages[FEED]
        )
        ingest(settings)
    assert [news.asked[path] for path in paths] == [2, 2, 2]


def test_real_edits_one_after_the_other_are_all_stored(settings, news):
    [path] = news.lists[FEED]
    for number in range(4):
        news.pages[path] = news.article(path, extra=f"Boat {number} has left for Aren.")
        rename(news, str(number))
        ingest(settings)
    assert [revision for revision, _ in revisions(settings, path)] == [1, 2, 3, 4]
