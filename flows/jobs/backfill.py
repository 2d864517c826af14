"""The job `backfill`: load each window of a plan and record its state.

Windows are rows, so an interrupted backfill resumes: it skips completed windows, and in
other windows the documents that the warehouse already has.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.archive.record_index import RecordIndex
from flows.backfill.days import fetch_days
from flows.backfill.listing import PagePlan
from flows.backfill.plan import Plan, plan_backfill
from flows.backfill.request import BackfillRequest, Origin
from flows.backfill.warc_files import read_pages
from flows.backfill.windows import Window, loose_files
from flows.errors import FetchError, TransientFetchError
from flows.inputs.downloads import downloaded, is_address
from flows.inputs.files import read_items
from flows.inputs.intake import Intake
from flows.inputs.web_archives import skipped_notes
from flows.printable import number
from flows.runs.batches import append_spooled, finish_run, load_items, worker_options
from flows.runs.items import Flush, Item
from flows.runs.lock import running
from flows.runs.publication import published_at_end
from flows.runs.report import RunReport
from flows.runs.retries import is_wall
from flows.runs.run import Heartbeat, JobContext, Run
from flows.runs.workers import Workers
from flows.secrets import mask_url
from flows.settings import Settings
from transforms.records import Rejection
from warehouse.append import AppendCount, append_rows
from warehouse.connect import open_live
from warehouse.run_queries import planned_windows


def backfill_range(
    settings: Settings,
    request: BackfillRequest,
    context: JobContext | None = None,
    *,
    plan: Plan | None = None,
) -> RunReport | None:
    """Fill a range of days and return the report; None if there is nothing to do.

    Args:
        settings: Settings of the run.
        request: The days and sources.
        context: How the job is executed; None to run without Prefect.
        plan: The plan of the request; None to make it here.

    Raises:
        RangeError: The days or the source are not valid.
        RunActiveError: Another run is writing; this run is recorded as skipped.
        WarehouseError: The warehouse cannot be written; completed windows stay completed.
    """
    with published_at_end(settings, context):
        plan = plan or plan_backfill(settings, request)
        if not plan.open:
            return None
        with running("backfill", settings, context, parameters=request.parameters()) as run:
            return _backfill(run, request, plan)


def _backfill(run: Run, request: BackfillRequest, plan: Plan) -> RunReport:
    started = time.monotonic()
    append_spooled(run)
    _record_plan(run, request, plan)
    report = RunReport(run_id=run.run_id, notes=plan.notes)
    with Workers(worker_options(run)) as workers, _index_of(plan) as index:
        work = _Work(
            run=run,
            request=request,
            plan=plan,
            workers=workers,
            heart=Heartbeat(run),
            index=index,
        )
        if plan.pages is None:
            report = _load_files(work, report)
        else:
            report = _load_days(work, plan.pages, report)
    return finish_run(run, report, seconds=time.monotonic() - started)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """The objects that all windows of a run share; `index` is that of web archives on disk."""

    run: Run
    request: BackfillRequest
    plan: Plan
    workers: Workers
    heart: Heartbeat
    index: RecordIndex


def _index_of(plan: Plan) -> RecordIndex:
    places = [window.place for window in plan.windows if window.origin == Origin.WARC]
    return RecordIndex([Path(place) for place in places if not is_address(place)])


def _load(work: _Work, items: Iterable[Item | Flush], report: RunReport) -> RunReport:
    return load_items(work.run, items, work.workers, report, heart=work.heart)


def _load_files(work: _Work, report: RunReport) -> RunReport:
    """Load files one window at a time, because each window keeps every core busy."""
    passed: Counter[str] = Counter()
    windows = work.plan.open
    for number_done, window in enumerate(windows):
        report = replace(report, share=number_done / len(windows))
        before, outcome = report, _Outcome(window)
        items = outcome.watched(_items(work, window, outcome.passed))
        report = _load(work, items, report)
        outcome.count = report.count - before.count
        outcome.seconds = report.seconds - before.seconds
        _finish(work, outcome)
        passed += outcome.passed
    return replace(report, notes=(*report.notes, *skipped_notes(passed)))


def _load_days(work: _Work, pages: PagePlan, report: RunReport) -> RunReport:
    """Fetch and load several days in parallel; record each day when it is finished."""
    started = time.monotonic()
    outcomes = {window.starts_on: _Outcome(window) for window in work.plan.open}
    done = 0
    days = fetch_days(
        work.run, pages, list(outcomes),
        parallel=work.request.parallel, is_forced=work.request.is_forced,
    )  # fmt: skip
    for batch in work.run.stages.each(days, lambda _: "fetch"):
        before, outcome = report, outcomes[batch.day]
        items = outcome.watched(batch.items)
        seconds = time.monotonic() - started
        report = replace(report, seconds=seconds, share=done / len(outcomes))
        report = _load(work, items, report)
        outcome.count += report.count - before.count
        outcome.waiting += sum(map(is_wall, report.rejections[len(before.rejections) :]))
        outcome.seconds = batch.seconds
        if batch.is_last:
            done += 1
            outcome.limits = pages.listing.limits_on(batch.day)
            _finish(work, outcome)
    return report


@dataclass(slots=True)
class _Outcome:
    """The result of a window so far.

    Attributes:
        passed: Counts of skipped captures, by reason.
        waiting: Number of pages that will be tried again.
        limits: Limits that may have hidden pages of the window, one line each.
    """

    window: Window
    count: AppendCount = field(default_factory=AppendCount)
    seconds: float = 0.0
    passed: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    limits: list[str] = field(default_factory=list)

    def watched(self, items: Iterable[Item | Flush]) -> Iterator[Item | Flush]:
        """Yield `items` unchanged; count those that will be tried again."""
        for item in items:
            if isinstance(item, Item) and item.content is None:
                self.waiting += 1
            yield item


def _finish(work: _Work, outcome: _Outcome) -> None:
    """Record the state of a finished window."""
    is_final = _is_final(outcome.window, work.run)
    notes = skipped_notes(outcome.passed) + outcome.limits
    if outcome.waiting:
        notes.append(f"{number(outcome.waiting, 'page')} will be tried again")
    if not is_final:
        notes.append("the day is not over yet")
    is_done = is_final and not outcome.waiting and not outcome.limits
    row = _row(work.request, outcome.window, "completed" if is_done else "incomplete") | {
        "run_id": work.run.run_id,
        "seconds": outcome.seconds,
        "detail": "; ".join(notes) or None,
    }
    row |= {name: getattr(outcome.count, name) for name in AppendCount.__slots__}
    _record(work.run.settings, [row])


def _is_final(window: Window, run: Run) -> bool:
    """Whether a window's listing is final."""
    is_fetched = window.origin in {Origin.SITEMAP, Origin.FEED}
    return not is_fetched or window.ends_on < run.now.date()


def _items(work: _Work, window: Window, passed: Counter[str]) -> Iterable[Item | Flush]:
    run, request = work.run, work.request
    path, days = Path(window.place), (request.since, request.until)
    if request.origin == Origin.ARCHIVE:
        return read_pages(path, request, passed)
    if is_address(window.place):
        return (replace(item, days=days) for item in _download(run, window.place, request, passed))
    if request.origin == Origin.WARC:
        pages = read_pages(path, request, passed, index=work.index)
        return (replace(item, days=days) for item in pages)
    is_named = not path.is_dir()
    intake = Intake(skipped=passed)
    files = [path] if is_named else loose_files(path)
    found = read_items(files, now=run.now, intake=intake, is_named=is_named)
    return (replace(item, days=days) for item in found)


def _download(run: Run, url: str, request: BackfillRequest, passed: Counter[str]) -> Iterator[Item]:
    """Yield the pages of a web archive at an address; one that cannot be had now waits."""
    settings = run.settings
    try:
        with downloaded(url, settings.folder.downloads, settings.fetch_options) as path:
            yield from read_pages(path, request, passed, name=mask_url(url))
    except TransientFetchError:
        yield Item(mask_url(url), None)
    except FetchError as exc:
        refusal = Rejection(item=exc.url, stage="fetch", reason=exc.code, detail=exc.detail)
        yield Item(exc.url, refusal)


def _record_plan(run: Run, request: BackfillRequest, plan: Plan) -> None:
    settings = run.settings
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        planned = planned_windows(con, request.backfill_id)
    new = [window for window in plan.windows if window.window_id not in planned]
    _record(
        settings,
        [
            _row(request, window, "completed" if window.window_id in plan.finished else "planned")
            for window in new
        ],
    )


def _row(request: BackfillRequest, window: Window, state: str) -> dict[str, Any]:
    return {
        "backfill_id": request.backfill_id,
        "window_id": window.window_id,
        "origin": str(window.origin),
        "place": mask_url(window.place) if is_address(window.place) else window.place,
        "source_id": request.source,
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
