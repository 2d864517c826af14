"""Pages behind walls: fetched again until the article appears or the page is given up."""

import pytest

from flows.backfill.request import BackfillRequest, Origin
from flows.jobs.backfill import backfill_range
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.captures import captures_of
from tests.helpers.news_server import FIRST_DAY, serving
from tests.helpers.walls import MAINTENANCE, front_page, let_time_pass
from tests.helpers.warehouses import query

pytestmark = pytest.mark.usefixtures("unpublished")

CONTENT = "http://purl.org/rss/1.0/modules/content/"
LAST_FETCH = (
    "SELECT failure, attempts, next_fetch_at IS NULL FROM latest_fetches WHERE url LIKE '%{}'"
)


@pytest.fixture
def news():
    with serving(feeds=1, articles=2) as server:
        yield server


@pytest.fixture
def settings(tmp_path, news):
    (tmp_path / "feeds.opml").write_bytes(news.opml())
    return Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host)


@pytest.fixture
def path(news):
    """Return the path of an article that is behind a wall at first."""
    path = news.lists["/feed-0.xml"][0]
    news.article_there = news.pages[path]
    news.pages[path] = MAINTENANCE
    return path


def ingest(settings, **asked):
    return ingest_feeds(settings, IngestRequest(**asked))


def test_page_behind_a_wall_is_refused_archived_and_waits(settings, news, path):
    report = ingest(settings)
    assert (report.count.seen, report.count.appended, report.count.rejected) == (2, 1, 1)
    assert query(settings, "SELECT stage, reason, item FROM rejections") == [
        ("clean", "maintenance", news.url(path))
    ]
    [(minutes,)] = query(
        settings,
        "SELECT date_diff('minute', fetched_at, next_fetch_at) FROM latest_fetches"
        " WHERE failure = 'maintenance'",
    )
    assert minutes == 15
    bodies = [
        capture.body
        for file in settings.folder.archive.iterdir()
        for _, capture in captures_of(file)
    ]
    assert MAINTENANCE in bodies
    assert ingest(settings) is None  # nothing is due yet
    assert news.asked[path] == 1


def test_article_is_stored_when_the_wall_lifts(settings, news, path):
    ingest(settings)
    news.pages[path] = news.article_there
    let_time_pass(settings)
    report = ingest(settings)
    assert (report.count.seen, report.count.appended, report.count.rejected) == (1, 1, 0)
    assert query(
        settings, f"SELECT revision, revision_cause FROM articles WHERE url LIKE '%{path}'"
    ) == [(1, "first")]
    assert query(settings, LAST_FETCH.format(path)) == [(None, 2, True)]
    assert ingest(settings) is None


def test_wall_that_stays_is_counted_in_each_run_and_given_up(settings, news, path):
    ingest(settings)
    for _ in range(4):
        let_time_pass(settings)
        report = ingest(settings)
        assert (report.count.seen, report.count.rejected) == (1, 1)
    assert query(settings, LAST_FETCH.format(path)) == [("maintenance", 5, True)]
    let_time_pass(settings)
    assert ingest(settings) is None
    assert news.asked[path] == 5
    assert query(settings, "SELECT count(*) FROM rejections") == [(1,)]


def test_changed_entry_of_a_given_up_page_is_fetched_again(settings, news, path):
    ingest(settings)
    for _ in range(4):
        let_time_pass(settings)
        ingest(settings)
    news.pages[path] = news.article_there
    news.pages["/feed-0.xml"] = news.pages["/feed-0.xml"].replace(b"Update", b"Corrected")
    let_time_pass(settings)
    ingest(settings, is_forced=True)
    assert query(settings, "SELECT count(*) FROM articles") == [(2,)]


def test_page_that_is_no_article_is_not_fetched_again(settings, news, path):
    news.pages[path] = front_page()
    assert ingest(settings).count.rejected == 1
    assert query(settings, LAST_FETCH.format(path)) == [(None, 1, True)]
    assert ingest(settings) is None


def test_wall_before_an_edited_article_leaves_the_article(settings, news, path):
    news.pages[path] = news.article_there
    ingest(settings)
    news.pages[path] = MAINTENANCE
    news.pages["/feed-0.xml"] = news.pages["/feed-0.xml"].replace(b"Update", b"Corrected")
    assert ingest(settings, is_forced=True).count.rejected == 1
    news.pages[path] = news.article(path, extra="The night service starts in June.")
    let_time_pass(settings)
    ingest(settings)
    assert query(
        settings,
        f"SELECT revision, revision_cause FROM articles WHERE url LIKE '%{path}' ORDER BY 1",
    ) == [(1, "first"), (2, "edited")]


def test_backfill_leaves_a_day_with_a_wall_incomplete(settings, news, path):
    day = FIRST_DAY.date()
    news.pages["/sitemap.xml"] = (
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        f"<url><loc>{news.url(path)}</loc><lastmod>{day}</lastmod></url></urlset>"
    ).encode()
    asked = BackfillRequest(
        origin=Origin.SITEMAP, since=day, until=day, places=(news.url("/sitemap.xml"),)
    )
    assert backfill_range(settings, asked).count.rejected == 1
    state = "SELECT state, detail FROM latest_backfill_windows"
    assert query(settings, state) == [("incomplete", "1 page will be tried again")]
    news.pages[path] = news.article_there
    assert backfill_range(settings, asked).count.appended == 1
    assert query(settings, state) == [("completed", None)]


def test_wall_that_changes_its_bytes_is_a_wall_each_time(settings, news, path):
    for stamp in (b"at noon", b"at one", b"at one", b"at noon"):
        news.pages[path] = MAINTENANCE.replace(b"shortly", stamp)
        report = ingest(settings)
        assert (report.count.rejected, report.count.known) == (1, 0)
        let_time_pass(settings)
    assert query(settings, LAST_FETCH.format(path)) == [("maintenance", 4, False)]


def test_text_in_the_feed_replaces_a_page_that_is_given_up(settings, news, path):
    full = "<p>The landing of Aren was opened on Monday by the mayor.</p>" * 8
    feed = news.pages["/feed-0.xml"].decode().replace("<rss ", f"<rss xmlns:content='{CONTENT}' ")
    full = f"<content:encoded><![CDATA[{full}]]></content:encoded></item>"
    news.pages["/feed-0.xml"] = feed.replace("</item>", full, 1).encode()
    for _ in range(4):
        assert ingest(settings).count.rejected == 1
        let_time_pass(settings)
    report = ingest(settings)
    assert (report.count.seen, report.count.appended, report.count.rejected) == (1, 1, 0)
    [(flags, text)] = query(settings, f"SELECT flags, text FROM articles WHERE url LIKE '%{path}'")
    assert "feed_text" in flags
    assert text.startswith("The landing of Aren was opened")
    assert query(settings, LAST_FETCH.format(path)) == [("maintenance", 5, True)]
    assert ingest(settings) is None
