"""The pages of several days at once: hosts of one day work while those of another rest.

All days share one fetcher, so a host is asked no more often than by one day alone; the
batches of each day stay its own, so its window says what became of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from flows.ingestion import fetch_options
from flows.items import Item
from flows.page_stream import FLUSH_S, PageStream
from flows.ranges.listed_pages import PagePlan, entry_row, page_of
from flows.runs import Run
from transforms.feeds.feed_records import FeedEntry
from warehouse.article_queries import known_urls
from warehouse.connect import open_live


@dataclass(frozen=True, slots=True)
class DayBatch:
    """Items of one day.

    Attributes:
        is_last: Nothing more comes of the day.
        seconds: Wall seconds since the day was begun.
    """

    day: date
    items: list[Item]
    is_last: bool
    seconds: float


@dataclass(slots=True, kw_only=True)
class _Day:
    """A day under way, with what has come of it and is in no batch yet."""

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
    """Yield the pages of `days` in batches as they come; each day ends with its last batch.

    Args:
        run: The run.
        plan: What is listed for each day.
        days: The days, in the order in which they are begun.
        parallel: How many are under way at once.
        is_forced: Also what the warehouse has.
    """
    open_days: dict[str, _Day] = {}
    waiting, flushed = list(reversed(days)), time.monotonic()
    with PageStream(fetch_options(run.settings), now=lambda: datetime.now(UTC)) as stream:
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
    """Return a day with the pages that neither the warehouse nor a day under way has."""
    entries = plan.listing.entries.get(day, {})
    claimed = {url for other in others.values() for url in other.wanted}
    if not is_forced:
        with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
            claimed |= known_urls(con, entries)
    wanted = {url: entry for url, entry in entries.items() if url not in claimed}
    return _Day(day=day, wanted=wanted, seen_at=datetime.now(UTC))


def _full(open_days: dict[str, _Day], most: int, *, is_due: bool) -> Iterator[DayBatch]:
    """Yield what is to go in: the fullest day where all hold a batch, every day when it is due."""
    if is_due:
        yield from (day.batch(is_last=False) for day in open_days.values() if day.items)
    elif sum(len(day.items) for day in open_days.values()) >= most:
        yield max(open_days.values(), key=lambda day: len(day.items)).batch(is_last=False)
