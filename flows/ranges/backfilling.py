"""What a backfill run does, without Prefect: plan windows, take each in, record how it went.

Windows are rows, so a backfill that was stopped goes on where it was: what is completed
is not done again, and within a window what the warehouse knows is passed over.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.archive.warc_download import download, is_address
from flows.archive.warc_items import read_pages
from flows.batches import PLAIN, Steps, append_spooled, finish_run, take_in, worker_options
from flows.documents import read_items
from flows.errors import FetchError, TransientFetchError
from flows.ingestion import fetch_options
from flows.items import Flush, Item
from flows.ranges.listed_pages import PagePlan, plan_pages
from flows.ranges.side_by_side import fetch_days
from flows.ranges.windows import (
    BackfillWish,
    Origin,
    Window,
    check_range,
    day_windows,
    file_windows,
    loose_files,
)
from flows.runs import Heartbeat, Run, RunReport
from flows.secrets import mask_url
from flows.settings import Settings
from flows.slots import running
from flows.workers import Workers
from transforms.records import Rejection
from warehouse.append import AppendCount, append_rows
from warehouse.connect import open_live
from warehouse.run_queries import finished_windows, planned_windows

OnReport = Callable[[RunReport], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a backfill would do.

    Attributes:
        windows: All of them, in order.
        finished: Keys of those that are done and not wanted again.
        pages: What the sitemaps or feeds list; None for what lies on disk.
    """

    windows: tuple[Window, ...]
    finished: frozenset[str]
    pages: PagePlan | None = None

    @property
    def open(self) -> list[Window]:
        """The windows that are still to be done."""
        return [window for window in self.windows if window.window_id not in self.finished]


def plan_backfill(settings: Settings, wish: BackfillWish) -> Plan:
    """Return the windows of a backfill; sitemaps and feeds are read for it.

    Raises:
        RangeError: The days or the source cannot be what they are.
        InputError: A file or folder does not exist.
    """
    check_range(wish, datetime.now(UTC).date())
    pages = None
    if wish.origin in {Origin.SITEMAP, Origin.FEED}:
        pages = plan_pages(settings, wish)
        windows = day_windows(wish, pages.place)
    else:
        windows = file_windows(wish, settings.folder.archive)
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        finished = finished_windows(con, [window.window_id for window in windows])
    return Plan(
        windows=tuple(windows),
        finished=frozenset() if wish.is_forced else frozenset(finished),
        pages=pages,
    )


def backfill_range(
    settings: Settings,
    wish: BackfillWish,
    steps: Steps = PLAIN,
    *,
    plan: Plan | None = None,
    on_report: OnReport = lambda _: None,
    flow_run_id: str | None = None,
) -> RunReport | None:
    """Fill a range of days and return the report, None where every window was done before.

    Raises:
        RangeError: The days or the source cannot be what they are.
        RunActiveError: Another run writes; this one is recorded as skipped.
        WarehouseError: The warehouse cannot be written; what is done stays done.
    """
    plan = plan or plan_backfill(settings, wish)
    if not plan.open:
        return None
    with running(
        "backfill", settings, parameters=wish.parameters(), flow_run_id=flow_run_id
    ) as run:
        started = time.monotonic()
        append_spooled(run)
        _record_plan(run, wish, plan)
        report = RunReport(run_id=run.run_id)
        with Workers(worker_options(run)) as workers:
            work = _Work(
                run=run,
                wish=wish,
                plan=plan,
                steps=steps,
                workers=workers,
                on_report=on_report,
                heart=Heartbeat(run),
            )
            if plan.pages is None:
                report = _do_files(work, report)
            else:
                report = _do_days(work, plan.pages, report)
        return finish_run(run, report, steps.publish, seconds=time.monotonic() - started)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What every window of a run is done with."""

    run: Run
    wish: BackfillWish
    plan: Plan
    steps: Steps
    workers: Workers
    on_report: OnReport
    heart: Heartbeat


def _take_in(work: _Work, items: Iterable[Item | Flush], report: RunReport) -> RunReport:
    return take_in(
        work.run, items, work.steps, work.workers, report,
        on_batch=work.on_report, heart=work.heart,
    )  # fmt: skip


def _do_files(work: _Work, report: RunReport) -> RunReport:
    """Take in what lies on disk, a window after the other: each keeps every core at work."""
    for window in work.plan.open:
        before, outcome = report, _Outcome(window)
        items = outcome.watched(_items(work, window, outcome.passed))
        report = _take_in(work, items, report)
        outcome.count = report.count - before.count
        outcome.seconds = report.seconds - before.seconds
        _finish(work, outcome)
    return report


def _do_days(work: _Work, pages: PagePlan, report: RunReport) -> RunReport:
    """Take in what has to be fetched, several days at once; each is recorded as it ends."""
    started = time.monotonic()
    outcomes = {window.starts_on: _Outcome(window) for window in work.plan.open}
    for batch in fetch_days(
        work.run, pages, list(outcomes),
        parallel=work.wish.parallel, is_forced=work.wish.is_forced,
    ):  # fmt: skip
        before, outcome = report, outcomes[batch.day]
        items = outcome.watched(batch.items)
        report = replace(report, seconds=time.monotonic() - started)
        report = _take_in(work, items, report)
        outcome.count += report.count - before.count
        outcome.seconds = batch.seconds
        if batch.is_last:
            _finish(work, outcome)
    return report


@dataclass(slots=True)
class _Outcome:
    """What became of a window so far.

    Attributes:
        passed: Records that were passed over, by reason.
        waiting: Pages that are to be tried again.
    """

    window: Window
    count: AppendCount = field(default_factory=AppendCount)
    seconds: float = 0.0
    passed: Counter[str] = field(default_factory=Counter)
    waiting: int = 0

    def watched(self, items: Iterable[Item | Flush]) -> Iterator[Item | Flush]:
        """Pass items on; count those that are to be tried again."""
        for item in items:
            if isinstance(item, Item) and item.content is None:
                self.waiting += 1
            yield item


def _finish(work: _Work, outcome: _Outcome) -> None:
    """Record the state that a window has reached."""
    is_over = _is_over(outcome.window, work.run)
    notes = [f"passed over: {count:,} {reason}" for reason, count in sorted(outcome.passed.items())]
    if outcome.waiting:
        notes.append(f"{outcome.waiting:,} pages are to be tried again")
    if not is_over:
        notes.append("the day is not over")
    is_done = is_over and not outcome.waiting
    row = _row(work.wish, outcome.window, "completed" if is_done else "incomplete") | {
        "run_id": work.run.run_id,
        "seconds": outcome.seconds,
        "detail": "; ".join(notes) or None,
    }
    row |= {name: getattr(outcome.count, name) for name in AppendCount.__slots__}
    _record(work.run.settings, [row])


def _is_over(window: Window, run: Run) -> bool:
    """Whether nothing more can come to be listed for a window."""
    is_fetched = window.origin in {Origin.SITEMAP, Origin.FEED}
    return not is_fetched or window.ends_on < run.now.date()


def _items(work: _Work, window: Window, passed: Counter[str]) -> Iterable[Item | Flush]:
    run, wish = work.run, work.wish
    path, days = Path(window.place), (wish.since, wish.until)
    if wish.origin == Origin.ARCHIVE:
        return read_pages(path, wish, passed)
    if is_address(window.place):
        pages = _download(run, window.place, wish, passed)
        return (replace(item, days=days) for item in pages)
    if wish.origin == Origin.WARC:
        return (replace(item, days=days) for item in read_pages(path, wish, passed))
    files = loose_files(path) if path.is_dir() else [path]
    return (replace(item, days=days) for item in read_items(files, now=run.now))


def _download(run: Run, url: str, wish: BackfillWish, passed: Counter[str]) -> Iterator[Item]:
    """Yield the pages of a WARC file on the web; it is dropped when all were taken."""
    folder = run.settings.folder.root / "downloads"
    try:
        path = download(url, folder, fetch_options(run.settings))
    except TransientFetchError:
        yield Item(mask_url(url), None)
    except FetchError as exc:
        refusal = Rejection(item=exc.url, stage="fetch", reason=exc.code, detail=exc.detail)
        yield Item(exc.url, refusal)
    else:
        yield from read_pages(path, wish, passed)
        path.unlink()


def _record_plan(run: Run, wish: BackfillWish, plan: Plan) -> None:
    settings = run.settings
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        planned = planned_windows(con, wish.backfill_id)
    new = [window for window in plan.windows if window.window_id not in planned]
    _record(
        settings,
        [
            _row(wish, window, "completed" if window.window_id in plan.finished else "planned")
            for window in new
        ],
    )


def _row(wish: BackfillWish, window: Window, state: str) -> dict[str, Any]:
    return {
        "backfill_id": wish.backfill_id,
        "window_id": window.window_id,
        "origin": str(window.origin),
        "place": mask_url(window.place) if is_address(window.place) else window.place,
        "source_id": wish.source,
        "starts_on": window.starts_on,
        "ends_on": window.ends_on,
        "state": state,
        "recorded_at": datetime.now(UTC),
    }


def _record(settings: Settings, rows: Sequence[dict[str, Any]]) -> None:
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        con.execute("BEGIN")
        append_rows(con, "backfill_windows", rows)
        con.execute("COMMIT")
