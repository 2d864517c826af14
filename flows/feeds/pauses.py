"""Pauses of feeds: until they are resumed, or until a day.

A pause is stored in the feed list. One that is over is ended by the next run that polls.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from flows.errors import RangeError
from flows.feeds.feed_list import change_feed_list, listed_feeds
from flows.feeds.opml import ListedFeed
from warehouse.folder import DataFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A pause that a user asks for.

    Attributes:
        at: When it begins, UTC.
        until: When it ends by itself, UTC; None if it does not.
        reason: Why, in the words of the user; None if not stated.
    """

    at: datetime
    until: datetime | None = None
    reason: str | None = None


def pause_from(now: datetime, *, until: date | None = None, reason: str | None = None) -> Pause:
    """Return a pause from now to the beginning of the day `until`, UTC.

    Raises:
        RangeError: The day is not in the future.

    >>> pause_from(datetime(2024, 6, 3, 8, tzinfo=UTC), until=date(2024, 6, 5)).until
    datetime.datetime(2024, 6, 5, 0, 0, tzinfo=datetime.timezone.utc)
    """
    ends_at = datetime.combine(until, time(), UTC) if until else None
    if ends_at is not None and ends_at <= now:
        raise RangeError(f"until: got {until}, expected a day after {now:%Y-%m-%d}")
    return Pause(at=now.replace(microsecond=0), until=ends_at, reason=reason or None)


def pause_feeds(folder: DataFolder, addresses: Collection[str], pause: Pause) -> None:
    """Pause the feeds with these addresses; raises FeedListError as `change_feed_list`."""
    _change(
        folder,
        lambda feed: feed.address in addresses,
        lambda feed: replace(
            feed, paused_at=pause.at, paused_until=pause.until, pause_reason=pause.reason
        ),
    )


def resume_feeds(folder: DataFolder, addresses: Collection[str]) -> None:
    """End the pauses of the feeds with these addresses; raises as `pause_feeds`."""
    _change(folder, lambda feed: feed.address in addresses, _resumed)


def feeds_to_poll_from(folder: DataFolder, now: datetime) -> tuple[ListedFeed, ...]:
    """Return the listed feeds, after ending the pauses that are over; raises as `pause_feeds`."""
    listed = listed_feeds(folder)
    if not any(_is_over(feed, now) for feed in listed):
        return listed
    _change(folder, lambda feed: _is_over(feed, now), _resumed)
    return listed_feeds(folder)


def _change(
    folder: DataFolder,
    is_meant: Callable[[ListedFeed], bool],
    change: Callable[[ListedFeed], ListedFeed],
) -> None:
    change_feed_list(
        folder, lambda feeds: [change(feed) if is_meant(feed) else feed for feed in feeds]
    )


def _resumed(feed: ListedFeed) -> ListedFeed:
    return replace(feed, paused_at=None, paused_until=None, pause_reason=None)


def _is_over(feed: ListedFeed, now: datetime) -> bool:
    return feed.paused_until is not None and feed.paused_until <= now
