"""Pauses of feeds: with an end and a reason, which the feed list keeps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.errors import RangeError
from flows.feeds.feed_list import listed_feeds, write_feed_list
from flows.feeds.opml import ListedFeed, read_opml, write_opml
from flows.feeds.pauses import feeds_to_poll_from, pause_feeds, pause_from, resume_feeds
from warehouse.folder import DataFolder

NOW = datetime(2024, 6, 3, 8, 30, tzinfo=UTC)
BAY = ListedFeed(url="https://bay.example/feed", title="Bay")
TIDE = ListedFeed(url="https://tide.example/feed", title="Tide")


@pytest.fixture
def folder(tmp_path):
    at = DataFolder(tmp_path)
    write_feed_list(at.feed_list, [BAY, TIDE])
    return at


def test_pause_lasts_until_its_day_begins(folder):
    pause_feeds(folder, {BAY.address}, pause_from(NOW, until=date(2024, 6, 5), reason="strike"))
    early = feeds_to_poll_from(folder, datetime(2024, 6, 4, 23, 59, tzinfo=UTC))
    assert [(feed.title, feed.pause_reason) for feed in early if feed.paused_at] == [
        ("Bay", "strike")
    ]
    late = feeds_to_poll_from(folder, datetime(2024, 6, 5, tzinfo=UTC))
    assert list(late) == list(listed_feeds(folder)) == [BAY, TIDE]


def test_pause_without_an_end_does_not_end(folder):
    pause_feeds(folder, {BAY.address}, pause_from(NOW))
    before = folder.feed_list.read_bytes()
    later = feeds_to_poll_from(folder, NOW + timedelta(days=9999))
    assert [feed.title for feed in later if feed.paused_at] == ["Bay"]
    assert folder.feed_list.read_bytes() == before
    resume_feeds(folder, {BAY.address})
    assert listed_feeds(folder) == (BAY, TIDE)


@pytest.mark.parametrize("until", [date(2024, 6, 2), date(2024, 6, 3)])
def test_pause_that_would_be_over_is_refused(until):
    with pytest.raises(RangeError, match="expected a day after 2024-06-03"):
        pause_from(NOW, until=until)


def test_end_and_reason_are_in_the_list():
    paused = replace(
        BAY, paused_at=NOW, paused_until=NOW + timedelta(days=2), pause_reason='a "long" <strike>'
    )
    assert read_opml(write_opml([paused, TIDE], title="feeds")).feeds == (paused, TIDE)


@pytest.mark.parametrize(
    ("written", "until"),
    [
        pytest.param('o:pausedUntil="2024-06-05"', datetime(2024, 6, 5, tzinfo=UTC), id="day"),
        pytest.param('o:pausedUntil="soon"', None, id="unreadable"),
        pytest.param('o:pausedUntil=""', None, id="empty"),
    ],
)
def test_end_that_is_written_by_hand(written, until):
    content = (
        '<opml version="2.0" xmlns:o="urn:onrecord:feed-list"><body><outline text="Bay" '
        f'xmlUrl="https://bay.example/feed" o:pausedAt="2024-06-03" {written}/></body></opml>'
    )
    [feed] = read_opml(content.encode()).feeds
    assert (feed.paused_at, feed.paused_until) == (datetime(2024, 6, 3, tzinfo=UTC), until)


def test_end_without_a_pause_means_nothing():
    content = (
        '<opml version="2.0"><body><outline text="Bay" xmlUrl="https://bay.example/feed" '
        'pausedUntil="2024-06-05" pauseReason="strike"/></body></opml>'
    )
    assert read_opml(content.encode()).feeds == (BAY,)
