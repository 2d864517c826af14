"""Captures of an ingest run, and readers that take only documents from them."""

import os
from collections import Counter
from datetime import date

import pytest

from flows.archive.reader import read_capture
from flows.archive.remnants import archive_files
from flows.archive.warc_reader import read_archive
from flows.backfill.request import BackfillRequest, Origin
from flows.backfill.warc_files import read_pages
from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.feeds.replay import Replay
from flows.jobs.backfill import backfill_range
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.rebuild import rebuild, replayed_items
from flows.settings import Settings
from tests.helpers.captures import captures_of
from tests.helpers.fault_server import FaultServer, answer, redirect, serving_faults
from tests.helpers.feed_builders import item, rss
from tests.helpers.news_server import serving
from tests.helpers.warehouses import query
from transforms.records import Document

pytestmark = pytest.mark.usefixtures("unpublished")


@pytest.fixture
def news():
    with serving(feeds=2, articles=2) as server:
        yield server


@pytest.fixture
def settings(tmp_path, news):
    data = tmp_path / "data"
    data.mkdir()
    (data / "feeds.opml").write_bytes(news.opml())
    return Settings(data=data, workers=1, host_delay=0.0, allow_hosts=news.host)


def ingest(settings, **asked):
    return ingest_feeds(settings, IngestRequest(**asked))


def captures(settings):
    return [
        capture
        for path in sorted(settings.folder.archive.iterdir())
        for _, capture in captures_of(path, with_unused=True)
    ]


def revisits(settings):
    records = [
        record for path in settings.folder.archive.iterdir() for record in read_archive(path)
    ]
    return [record for record in records if record.type == "revisit"]


def test_every_response_is_archived_and_polls_refer_to_theirs(settings, news):
    missing, failing = news.lists["/feed-0.xml"]
    news.statuses |= {missing: 404, failing: 500}
    ingest(settings)
    news.statuses["/feed-1.xml"] = 503
    ingest(settings, is_forced=True)
    found = captures(settings)
    assert Counter((capture.unused, capture.http_status) for capture in found) == {
        (None, 200): 4,  # two feeds, two pages
        ("robots", 200): 1,  # robots.txt is kept for a day
        ("not_found", 404): 1,
        ("server_error", 500): 1,
        ("not_modified", 304): 1,
        ("server_error", 503): 1,
    }
    places = query(
        settings,
        "SELECT warc_file, warc_offset, http_status, url, bytes FROM polls ORDER BY polled_at",
    )
    for file, offset, status, url, size in places:
        capture = read_capture(settings.folder.archive, file, offset)
        assert (capture.http_status, capture.url) == (status, url)
        assert size == (len(capture.body) if status == 200 else None)
    assert Counter(status for _, _, status, _, _ in places) == {200: 2, 304: 1, 503: 1}


def make_rich_archive(settings, news):
    """Archive every kind of response, and a document that came twice."""
    missing = news.lists["/feed-0.xml"][0]
    news.statuses[missing] = 404
    news.without_etag.update(news.lists["/feed-1.xml"])
    ingest(settings)
    news.pages["/feed-1.xml"] = news.pages["/feed-1.xml"].replace(b"Update", b"Corrected")
    ingest(settings, is_forced=True)


def test_unchanged_page_is_archived_as_a_revisit(settings, news):
    make_rich_archive(settings, news)
    again = [capture for capture in captures(settings) if capture.unused == "unchanged"]
    assert {capture.url: capture.body for capture in again} == {
        news.url(path): news.pages[path] for path in news.lists["/feed-1.xml"]
    }
    assert len(revisits(settings)) == 3  # and one 304
    assert query(settings, "SELECT count(*) FROM documents") == [(3,)]


def test_readers_take_only_documents_from_the_archive(settings, news, tmp_path):
    make_rich_archive(settings, news)
    loaded = {key for (key,) in query(settings, "SELECT document_id FROM documents")}
    with FeedReaders(ReaderOptions(processes=1)) as readers:
        found = list(replayed_items(archive_files(settings.folder.archive), Replay([], readers)))
    items = [item for item in found if item.content is not None]
    assert {item.content.document_id for item in items} == loaded
    assert len(items) == len(loaded)

    asked = BackfillRequest(origin=Origin.ARCHIVE, since=date(2000, 1, 1), until=date(2100, 1, 1))
    passed: Counter[str] = Counter()
    pages = [
        page
        for path in sorted(settings.folder.archive.iterdir())
        for page in read_pages(path, asked, passed)
    ]
    assert all(isinstance(page.content, Document) for page in pages)
    assert {page.content.document_id for page in pages} == loaded
    assert passed == {"feeds": 3, "without a page": 5}  # robots.txt, 404, 304, two unchanged

    report = rebuild(settings, tmp_path / "new")
    assert (report.count.seen, report.count.rejected) == (3, 0)


def test_unchanged_feed_is_stored_once(tmp_path):
    feed = rss(item(), head=f"<description>{os.urandom(9000).hex()}</description>")
    routes = {
        "/feed": answer(feed, "Content-Type: application/rss+xml"),  # without validators
        "/old": redirect("/feed", "301 Moved"),
    }
    server = FaultServer(routes)
    with serving_faults(server):
        (tmp_path / "feeds.opml").write_text(
            f"<opml version='2.0'><body><outline xmlUrl='{server.url('/old')}'/></body></opml>"
        )
        settings = Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=server.name)
        sizes = []
        for _ in range(3):
            ingest(settings, is_forced=True)
            sizes.append(sum(path.stat().st_size for path in settings.folder.archive.iterdir()))
    first, second = revisits(settings)
    assert {record.fields["onrecord-refers-to-offset"] for record in (first, second)} == {
        str(query(settings, "SELECT min(warc_offset) FROM polls")[0][0])
    }
    assert sizes[0] > 9000
    assert sizes[2] - sizes[0] < 5000
    found = [capture for capture in captures(settings) if capture.unused is None]
    assert [capture.body for capture in found if "feed_id" in capture.notes] == [feed] * 3
    assert [capture.unused for capture in captures(settings)].count("redirect") == 3


def test_responses_to_a_backfill_are_archived_too(settings, news):
    there, missing = news.lists["/feed-0.xml"]
    news.statuses |= {missing: 410, "/old-sitemap.xml": 404}
    urls = "".join(
        f"<url><loc>{news.url(path)}</loc><lastmod>2024-06-05</lastmod></url>"
        for path in (there, missing)
    )
    news.pages["/sitemap.xml"] = (
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"
    ).encode()
    asked = BackfillRequest(
        origin=Origin.SITEMAP,
        since=date(2024, 6, 5),
        until=date(2024, 6, 5),
        places=(news.url("/sitemap.xml"), news.url("/old-sitemap.xml")),
    )
    report = backfill_range(settings, asked)
    assert (report.count.appended, report.count.rejected) == (1, 1)
    assert Counter((capture.unused, capture.http_status) for capture in captures(settings)) == {
        (None, 200): 2,  # the sitemap and the page
        ("robots", 200): 1,
        ("not_found", 404): 1,
        ("gone", 410): 1,
    }
