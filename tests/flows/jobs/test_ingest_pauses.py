"""A paused feed is polled only if it is named, and again after it was resumed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows.feeds.feed_list import read_feed_list, write_feed_list
from flows.jobs.ingest import IngestRequest, find_work, ingest_feeds
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.warehouses import query

pytestmark = pytest.mark.usefixtures("unpublished")

PAUSED_AT = datetime(2024, 6, 3, 8, 0, tzinfo=UTC)


@pytest.fixture
def news():
    with serving(feeds=2, articles=0) as server:
        yield server


@pytest.fixture
def settings(tmp_path, news):
    (tmp_path / "feeds.opml").write_bytes(news.opml())
    return Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host)


def set_pause(settings, paused_at, *, ending="feed-0.xml"):
    """Pause or resume a feed."""
    path = settings.folder.feed_list
    feeds = read_feed_list(path).feeds
    write_feed_list(
        path,
        [replace(f, paused_at=paused_at) if f.url.endswith(ending) else f for f in feeds],
    )


def due(settings, **asked):
    found, _ = find_work(settings, IngestRequest(**asked), datetime.now(UTC))
    return sorted(one.url.rpartition("/")[2] for one in found)


def states(settings):
    return query(settings, "SELECT right(url, 10), state FROM latest_feeds ORDER BY 1")


def test_paused_feed_is_not_polled_and_then_once_after_it_was_resumed(settings, news):
    news.statuses["/feed-1.xml"] = 410
    ingest_feeds(settings, IngestRequest())
    assert due(settings, is_forced=True) == ["feed-0.xml"]  # the other one is gone
    set_pause(settings, PAUSED_AT, ending=".xml")
    assert due(settings, is_forced=True) == []
    assert states(settings) == [("feed-0.xml", "paused"), ("feed-1.xml", "paused")]
    set_pause(settings, None)
    assert due(settings) == ["feed-0.xml"]  # it is not due by its interval
    ingest_feeds(settings, IngestRequest())
    assert due(settings) == []
    assert states(settings) == [("feed-0.xml", "listed"), ("feed-1.xml", "paused")]
    set_pause(settings, None, ending="feed-1.xml")
    assert due(settings) == ["feed-1.xml"]  # perhaps it has come back


def test_named_feed_is_polled_and_stays_paused(settings, news):
    set_pause(settings, PAUSED_AT)
    ingest_feeds(settings, IngestRequest())
    assert news.asked["/feed-0.xml"] == 0
    report = ingest_feeds(settings, IngestRequest(only=news.url("/feed-0.xml")))
    assert (report.polls.polled, report.polls.new) == (1, 1)
    assert states(settings)[0] == ("feed-0.xml", "paused")  # although its kind is known now
    assert due(settings, is_forced=True) == ["feed-1.xml"]


def test_feed_can_be_named_by_its_title(settings, news):
    assert due(settings, only="Feed /feed-1.xml") == ["feed-1.xml"]
