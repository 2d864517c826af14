"""What to expect from a feed, after one look at it: its pace, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from transforms.feeds.feed_records import FeedEntry, ParsedFeed
from transforms.feeds.polling import PollPolicy, interval_wished_s

_DAY_S = 86_400.0
_OLD = timedelta(days=30)
_FEW_DATES = 3  # fewer may have the same date by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOutlook:
    """The pace of a feed, as its dates and headers tell it.

    Attributes:
        dated: Entries with a date that can be used.
        first_at: Date of its oldest entry.
        last_at: Date of its newest entry.
        per_day: Entries per day between the two; None with fewer than two dates.
        first_interval_s: Seconds from the first poll to the second.
        usual_interval_s: Seconds between polls after a while; None without `per_day`.
        wished_s: Minimum seconds between polls that the feed and its server ask for.
    """

    dated: int
    first_at: datetime | None
    last_at: datetime | None
    per_day: float | None
    first_interval_s: float
    usual_interval_s: float | None
    wished_s: float


def look_ahead(
    feed: ParsedFeed, headers: Mapping[str, str], *, now: datetime, policy: PollPolicy | None = None
) -> FeedOutlook:
    """Return the pace of a feed.

    Args:
        feed: The feed.
        headers: The headers of its response by lower-case name.
        now: When it was fetched.
        policy: The numbers of the polling policy; None for the defaults.
    """
    policy = policy or PollPolicy()
    dates = sorted(entry.published_at for entry in feed.entries if entry.published_at)
    wished = interval_wished_s(headers, ttl_s=feed.ttl_s, now=now)
    span_s = (dates[-1] - dates[0]).total_seconds() if dates else 0.0
    per_day = (len(dates) - 1) / span_s * _DAY_S if span_s else None
    usual = None
    if per_day:
        # Polling settles where about half of the entries are new.
        settled = len(feed.entries) / 2 / per_day * _DAY_S
        usual = max(min(max(settled, policy.min_interval_s), policy.max_interval_s), wished)
    return FeedOutlook(
        dated=len(dates),
        first_at=dates[0] if dates else None,
        last_at=dates[-1] if dates else None,
        per_day=per_day,
        first_interval_s=max(policy.first_interval_s, wished),
        usual_interval_s=usual,
        wished_s=wished,
    )


def find_problems(
    feed: ParsedFeed, headers: Mapping[str, str], *, now: datetime
) -> tuple[str, ...]:
    """Return what is wrong with a feed, one sentence each."""
    return tuple(_problems(feed, headers, now))


def _problems(feed: ParsedFeed, headers: Mapping[str, str], now: datetime) -> Iterator[str]:
    if not feed.entries and not feed.sitemaps:
        yield "it has no entries"
    yield from _missing(feed)
    yield from _wrong_dates(feed.entries, now)
    if not headers.get("etag") and not headers.get("last-modified"):
        yield "its server sends no ETag and no Last-Modified, so each poll transfers the whole feed"
    for left_out, why in (
        (feed.duplicates, "have the key of another one and are left out"),
        (feed.unusable, "have neither a link nor an identifier and are left out"),
        (feed.over_limit, "are over the limit and are left out"),
    ):
        if left_out:
            yield f"{left_out:,} of {feed.seen:,} items {why}"
    if feed.flags:
        yield f"oddities in the document: {', '.join(feed.flags)}"


def _missing(feed: ParsedFeed) -> Iterator[str]:
    """Yield how many entries lack a date, a link or a title; those of sitemaps have no title."""
    entries = feed.entries
    without = {
        "date": sum(entry.published_at is None for entry in entries),
        "link to a page": sum(entry.url is None for entry in entries),
        "title": 0 if "sitemap" in feed.kind else sum(not entry.title for entry in entries),
    }
    for what, missing in without.items():
        if missing:
            yield f"{_of(missing, len(entries))} without a {what}"


def _wrong_dates(entries: tuple[FeedEntry, ...], now: datetime) -> Iterator[str]:
    newest = max((entry.published_at for entry in entries if entry.published_at), default=now)
    if now - newest > _OLD:
        yield f"its newest entry is {(now - newest).days:,} days old"
    if _is_stamped(entries):
        yield "all entries have the same date, so it says nothing about any of them"
    if future := sum("future_date" in entry.flags for entry in entries):
        yield f"{_of(future, len(entries))} dated in the future"


def _of(part: int, whole: int) -> str:
    return "all entries are" if part == whole else f"{part:,} of {whole:,} entries are"


def _is_stamped(entries: tuple[FeedEntry, ...]) -> bool:
    """Return whether all entries have one date to the minute, as a script would give them."""
    dates = {entry.published_at for entry in entries}
    precise = all(entry.published_precision != "day" for entry in entries)
    return len(entries) >= _FEW_DATES and len(dates) == 1 and None not in dates and precise
