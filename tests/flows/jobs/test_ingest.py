"""Ingest runs against a publisher on loopback, without Prefect."""

import socket

import pytest

from flows.errors import FeedListError
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.warehouses import query

pytestmark = pytest.mark.usefixtures("unpublished")


@pytest.fixture
def news():
    with serving(feeds=3, articles=4) as server:
        yield server


@pytest.fixture
def settings(tmp_path, news):
    (tmp_path / "feeds.opml").write_bytes(news.opml())
    return Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host)


def ingest(settings, **asked):
    return ingest_feeds(settings, IngestRequest(**asked))


def test_feeds_are_polled_and_their_articles_are_stored(settings, news):
    report = ingest(settings)
    assert (report.polls.polled, report.polls.new, report.polls.new_entries) == (3, 3, 12)
    assert (report.count.seen, report.count.appended, report.count.rejected) == (12, 12, 0)
    assert query(settings, "SELECT count(*), count(DISTINCT article_id) FROM articles") == [
        (12, 12)
    ]
    [(title, published_from, warc_file)] = query(
        settings,
        "SELECT title, published_from, warc_file FROM articles JOIN documents USING (document_id)"
        " WHERE articles.url LIKE '%/0/article-0'",
    )
    assert title.endswith("opens its new ferry landing 0 of 0")
    assert published_from == "feed"
    assert (settings.folder.archive / warc_file).exists()


def test_unlisted_feed_cannot_be_polled(settings):
    with pytest.raises(FeedListError, match=r"has no feed 'https://nowhere\.example/rss'"):
        ingest(settings, only="https://nowhere.example/rss")


def test_run_with_nothing_due_does_nothing(settings, news):
    ingest(settings)
    asked = news.asked.total()
    assert ingest(settings) is None
    assert news.asked.total() == asked
    assert query(settings, "SELECT count(DISTINCT run_id) FROM runs") == [(1,)]


def test_unchanged_feeds_answer_304_and_no_page_is_fetched_again(settings, news):
    ingest(settings)
    report = ingest(settings, is_forced=True)
    assert (report.polls.polled, report.polls.unchanged) == (3, 3)
    assert report.count.seen == 0
    assert sum(news.not_modified.values()) == 3
    assert all(news.asked[path] == 1 for paths in news.lists.values() for path in paths)


def test_overlap_is_measured_with_the_previous_poll_only(settings, news):
    shown = news.lists["/feed-1.xml"]
    ingest(settings)
    for paths in (shown[:3], ["/1/article-8", "/1/article-9"], [*shown[:3], "/1/article-9"], shown):
        news.lists["/feed-1.xml"] = paths
        news.pages |= {path: news.article(path) for path in paths}
        news.refresh()
        ingest(settings, is_forced=True)
    assert query(
        settings,
        "SELECT overlap, is_gap_risk, new_entries FROM polls"
        " WHERE url LIKE '%feed-1.xml' ORDER BY polled_at",
    ) == [(None, False, 4), (1.0, False, 0), (0.0, True, 2), (0.25, False, 0), (0.75, False, 0)]


def test_changed_article_is_fetched_again_and_gains_a_revision(settings, news):
    ingest(settings)
    path = news.lists["/feed-1.xml"][2]
    news.pages[path] = news.article(path, extra="A night boat is not planned after all.")
    news.refresh()
    report = ingest(settings, is_forced=True)
    assert (report.polls.new, report.polls.unchanged, report.polls.changed_entries) == (1, 2, 1)
    assert (report.count.seen, report.count.appended) == (1, 1)
    assert query(
        settings,
        f"SELECT revision, revision_cause FROM articles WHERE url LIKE '%{path}' ORDER BY 1",
    ) == [(1, "first"), (2, "edited")]


def test_failing_feed_is_reported_and_the_others_are_loaded(settings, news):
    news.statuses["/feed-0.xml"] = 500
    news.pages["/feed-1.xml"] = b"<!doctype html><html><body>Please log in</body></html>"
    report = ingest(settings)
    assert (report.polls.polled, report.polls.failed, report.count.appended) == (3, 2, 4)
    codes = {url.rpartition("/")[2]: code for url, code, _ in report.polls.failures}
    assert codes == {"feed-0.xml": "server_error", "feed-1.xml": "not_a_feed"}


def test_gone_feed_is_no_longer_polled_and_stays_in_the_list(settings, news):
    news.statuses["/feed-0.xml"] = 410
    assert ingest(settings).polls.gone == 1
    ingest(settings, is_forced=True)
    assert news.asked["/feed-0.xml"] == 1
    assert query(settings, "SELECT state FROM latest_feeds WHERE url LIKE '%feed-0.xml'") == [
        ("gone",)
    ]


def test_missing_page_is_rejected_and_a_failing_one_is_retried(settings, news):
    gone, failing = news.lists["/feed-0.xml"][:2]
    news.statuses |= {gone: 404, failing: 503}
    report = ingest(settings)
    assert (report.count.seen, report.count.appended, report.count.rejected) == (11, 10, 1)
    assert [r.reason for r in report.rejections] == ["not_found"]
    waiting = query(
        settings,
        "SELECT url, attempts, failure FROM latest_fetches WHERE next_fetch_at IS NOT NULL",
    )
    assert waiting == [(news.url(failing), 1, "server_error")]


def test_feed_text_replaces_an_unavailable_page(settings, news):
    path = news.lists["/feed-0.xml"][0]
    news.statuses[path] = 404
    feed = news.pages["/feed-0.xml"].decode()
    full = "<p>The landing of Aren was opened on Monday by the mayor.</p>" * 8
    feed = feed.replace(
        "<rss version='2.0'>",
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>",
    )
    feed = feed.replace(
        "</item>", f"<content:encoded><![CDATA[{full}]]></content:encoded></item>", 1
    )
    news.pages["/feed-0.xml"] = feed.encode()
    report = ingest(settings)
    assert (report.count.seen, report.count.rejected) == (12, 0)
    [(flags,)] = query(settings, f"SELECT flags FROM articles WHERE url LIKE '%{path}'")
    assert "feed_text" in flags


def test_unlisted_feed_is_not_polled_and_its_history_is_kept(settings, news):
    ingest(settings)
    del news.lists["/feed-2.xml"]
    settings.folder.feed_list.write_bytes(news.opml())
    report = ingest(settings, is_forced=True)
    assert report.polls.polled == 2
    assert query(settings, "SELECT state, count(*) FROM latest_feeds GROUP BY 1 ORDER BY 1") == [
        ("listed", 2), ("removed", 1)
    ]  # fmt: skip
    assert query(settings, "SELECT count(*) FROM articles") == [(12,)]


def test_single_feed_can_be_polled(settings, news):
    report = ingest(settings, only=news.url("/feed-1.xml"))
    assert (report.polls.polled, report.count.appended) == (1, 4)


def test_missing_feed_list_says_what_to_do(tmp_path):
    with pytest.raises(FeedListError, match="run `onrecord init`"):
        ingest(Settings(data=tmp_path))


def test_no_feed_is_backed_off_while_the_network_is_down(tmp_path, monkeypatch):
    def no_answer(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_answer)
    outlines = "".join(f"<outline xmlUrl='https://{name}.example/feed'/>" for name in "abc")
    (tmp_path / "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    settings = Settings(data=tmp_path, workers=1, host_delay=0.0)
    report = ingest(settings)
    assert report.polls.excused == 3
    assert query(settings, "SELECT DISTINCT failures FROM polls") == [(0.0,)]
