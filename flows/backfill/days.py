"""Fetches the pages of several days in parallel, so that host delays overlap.

All days share one fetcher, so no host gets more requests than with one day at a time.
Batches are kept separate by day, so that each window records its own result.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from flows.backfill.listing import PagePlan
from flows.feeds.entry_rows import entry_row, page_of
from flows.runs.items import Item
from flows.runs.pages import FLUSH_S, PageStream
from flows.runs.run import Run
from transforms.feeds.feed_records import FeedEntry
from warehouse.article_queries import known_urls
from warehouse.connect import open_live


@dataclass(frozen=True, slots=True)
class DayBatch:
    """Items of one day.

    Attributes:
        is_last: Whether this is the last batch of the day.
        seconds: Wall seconds since the day was started.
    """

    day: date
    items: list[Item]
    is_last: bool
    seconds: float


@dataclass(slots=True, kw_only=True)
class _Day:
    """A day that is being fetched, with the items that are in no batch yet."""

    day: date
    wanted: dict[str, FeedEntry]
    seen_at: datetime
    started: float = field(default_factory=time.monotonic)
    items: list[Item] = field(default_factory=list)

    def take(self, item: Item) -> None:
        [fetch] = item.rows["fetches"]
        entry = entry_row(self.wanted[fetch["canonical_url"]], self.seen_at)
        self.items.append(replace(item, rows={**item.rows, "entries": [entry]}))

    def batch(self, *, is_last: bool) -> DayBatch:
        items, self.items = self.items, []
        return DayBatch(self.day, items, is_last, time.monotonic() - self.started)


def fetch_days(
    run: Run, plan: PagePlan, days: Sequence[date], *, parallel: int, is_forced: bool
) -> Iterator[DayBatch]:
    """Yield the pages of `days` in batches as they arrive.

    Args:
        run: The run.
        plan: The pages listed for each day.
        days: The days, in the order in which to start them.
        parallel: Maximum number of days in progress.
        is_forced: Also fetch pages that the warehouse already has.
    """
    open_days: dict[str, _Day] = {}
    waiting, flushed = list(reversed(days)), time.monotonic()
    with PageStream(run, now=lambda: datetime.now(UTC)) as stream:
        while waiting or open_days:
            while waiting and len(open_days) < parallel:
                day = _begin(run, plan, waiting.pop(), open_days, is_forced=is_forced)
                open_days[day.day.isoformat()] = day
                stream.add(day.day.isoformat(), [page_of(entry) for entry in day.wanted.values()])
            if (came := stream.take()) is not None:
                key, item = came
                if item is None:
                    yield open_days.pop(key).batch(is_last=True)
                else:
                    open_days[key].take(item)
            is_due = time.monotonic() - flushed >= FLUSH_S
            yield from _full(open_days, run.settings.batch_documents, is_due=is_due)
            flushed = time.monotonic() if is_due else flushed


def _begin(
    run: Run, plan: PagePlan, day: date, others: dict[str, _Day], *, is_forced: bool
) -> _Day:
    """Return a day with its new pages, without those of a day in progress."""
    entries = plan.listing.entries.get(day, {})
    claimed = {url for other in others.values() for url in other.wanted}
    if not is_forced:
        with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
            claimed |= known_urls(con, entries)
    wanted = {url: entry for url, entry in entries.items() if url not in claimed}
    return _Day(day=day, wanted=wanted, seen_at=datetime.now(UTC))


def _full(open_days: dict[str, _Day], most: int, *, is_due: bool) -> Iterator[DayBatch]:
    """Yield all days' items if a flush is due, the fullest day's if a batch is full."""
    if is_due:
        yield from (day.batch(is_last=False) for day in open_days.values() if day.items)
    elif sum(len(day.items) for day in open_days.values()) >= most:
        yield max(open_days.values(), key=lambda day: len(day.items)).batch(is_last=False)
