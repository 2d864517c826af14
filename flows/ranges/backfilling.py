"""What a backfill run does, without Prefect: plan windows, take each in, record how it went.

Windows are rows, so a backfill that was stopped goes on where it was: what is completed
is not done again, and within a window what the warehouse knows is passed over.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from flows.ranges.listed_pages import PagePlan, fetch_items, plan_pages
from flows.ranges.windows import (
    BackfillWish,
    Origin,
    Window,
    check_range,
    day_windows,
    file_windows,
    loose_files,
)
from flows.runs import Run, RunReport
from flows.secrets import mask_url
from flows.settings import Settings
from flows.slots import running
from flows.workers import Workers
from transforms.records import Rejection
from warehouse.append import append_rows
from warehouse.backfill_queries import documents_per_second, finished_windows, planned_windows
from warehouse.connect import open_live

BYTES_PER_PAGE = 25_000  # of a gzipped WARC file, on average over CC-NEWS
REQUEST_S = 1.0  # a page takes so long where no host asks for pauses
PAGES_PER_S = 20.0  # before this machine has shown what it can do

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one window would take: documents, requests and wall seconds."""

    window: str
    state: str
    documents: int
    requests: int
    seconds: float


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


def estimate(settings: Settings, plan: Plan) -> list[Estimate]:
    """Return what each window would take, by what earlier runs took."""
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        pages_per_s = documents_per_second(con) or PAGES_PER_S
    found = []
    for window in plan.windows:
        is_done = window.window_id in plan.finished
        requests, seconds = 0, 0.0
        if plan.pages is not None:
            urls = plan.pages.urls(window.starts_on)
            documents = requests = len(urls)
            pause_s = max(settings.host_delay, REQUEST_S / settings.concurrency)
            seconds = max(Counter(plan.pages.hosts(urls)).values(), default=0) * pause_s
        else:
            documents, requests = _documents(window.place), int(is_address(window.place))
        seconds = max(seconds, documents / pages_per_s)
        state = "done before" if is_done else "to do"
        found.append(
            Estimate(
                window=window.label,
                state=state,
                documents=documents,
                requests=requests,
                seconds=0.0 if is_done else seconds,
            )
        )
    return found


def _documents(place: str) -> int:
    path = Path(place)
    if is_address(place):
        return 0  # only fetching it tells
    if path.is_dir():
        return len(loose_files(path))
    is_warc = path.name.endswith((".warc", ".warc.gz"))
    return max(1, path.stat().st_size // BYTES_PER_PAGE) if is_warc else 1


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
                run=run, wish=wish, plan=plan, steps=steps, workers=workers, on_report=on_report
            )
            for window in plan.open:
                report = _do(work, window, report)
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


def _do(work: _Work, window: Window, report: RunReport) -> RunReport:
    passed, waiting = Counter[str](), Counter[str]()
    before = report
    items = _watched(_items(work, window, passed), waiting)
    report = take_in(work.run, items, work.steps, work.workers, report, on_batch=work.on_report)
    notes = [f"passed over: {count:,} {reason}" for reason, count in sorted(passed.items())]
    if waiting["pages"]:
        notes.append(f"{waiting['pages']:,} pages are to be tried again")
    if not _is_over(window, work.run):
        notes.append("the day is not over")
    is_done = not waiting["pages"] and _is_over(window, work.run)
    row = _row(work.wish, window, "completed" if is_done else "incomplete") | {
        "run_id": work.run.run_id,
        "seconds": report.seconds - before.seconds,
        "detail": "; ".join(notes) or None,
    }
    for name in ("seen", "appended", "known", "rejected"):
        row[name] = getattr(report.count, name) - getattr(before.count, name)
    _record(work.run.settings, [row])
    return report


def _is_over(window: Window, run: Run) -> bool:
    """Whether nothing more can come to be listed for a window."""
    is_fetched = window.origin in {Origin.SITEMAP, Origin.FEED}
    return not is_fetched or window.ends_on < run.now.date()


def _items(work: _Work, window: Window, passed: Counter[str]) -> Iterable[Item | Flush]:
    run, wish, plan = work.run, work.wish, work.plan
    if plan.pages is not None:
        return fetch_items(run, plan.pages, window.starts_on, is_forced=wish.is_forced)
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


def _watched(items: Iterable[Item | Flush], waiting: Counter[str]) -> Iterator[Item | Flush]:
    """Pass items on; count those that are to be tried again."""
    for item in items:
        if isinstance(item, Item) and item.content is None:
            waiting["pages"] += 1
        yield item


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
