"""The Prefect flows: thin wrappers around the jobs, each defined once.

Their parameters are the fields of Prefect's form; settings come from the environment.
`onrecord serve` and `prefect.yaml` deploy them, and the command line runs them through
`flows.orchestration.run_flow`, with the settings and the progress bar of the command.

Tasks are coarse, one per step and batch. Prefect neither caches nor persists results,
because our own tables record what was done with each document.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed
from pydantic import Field

from flows.backfill.request import PARALLEL_WINDOWS, BackfillRequest, Origin
from flows.errors import ChecksFailedError, RunActiveError
from flows.inputs.files import InputOptions
from flows.jobs.backfill import backfill_range
from flows.jobs.backup import back_up
from flows.jobs.check import check_warehouse
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.jobs.reprocess import ReprocessRequest, reprocess_articles
from flows.orchestration.artifacts import leave_artifacts, leave_findings
from flows.orchestration.setup import hide_cancelled_callbacks
from flows.runs.report import OnReport, RunReport, count_line
from flows.runs.run import JobContext
from flows.settings import read_settings
from warehouse.publish import is_behind
from warehouse.publish import publish as publish_snapshot

Job = Callable[[JobContext], RunReport | None]

hide_cancelled_callbacks()  # in each process that runs a flow


@functools.cache
def as_task(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of a step as a Prefect task."""
    return task(name=name, persist_result=False, cache_policy=NO_CACHE)(function)


def run_job(flow_name: str, job: Job, on_report: OnReport = lambda _: None) -> RunReport | None:
    """Run a job in the body of a flow, its steps as tasks, and create its artifacts."""
    context = JobContext(as_step=as_task, on_report=on_report, flow_run_id=flow_run.get_id())
    report = job(context)
    if report is not None:
        leave_artifacts(flow_name, report)
    return report


def _state_of(flow_name: str, job: Job, *, nothing: str) -> State:
    try:
        report = run_job(flow_name, job)
    except RunActiveError as exc:
        return Completed(name="Skipped", message=str(exc))
    return Completed(message=count_line(report) if report else nothing)


@flow(name="load", persist_result=False)
def load(
    paths: list[str], columns: dict[str, str] | None = None, sheet: str | None = None
) -> State:
    """Load files and folders into the warehouse and publish a snapshot.

    Args:
        paths: Files and folders; addresses of pages and of web archives.
        columns: Which column has what, where its name does not tell: {"text": "Volltext"}.
        sheet: Sheet of a workbook; the first one if none is named.
    """
    options = InputOptions(columns=columns or {}, sheet=sheet)
    return _state_of(
        "load",
        lambda ctx: load_files(paths, read_settings(), ctx, options=options),
        nothing="",
    )


@flow(name="ingest", persist_result=False)
def ingest(now: bool = False, feed: str | None = None) -> State:  # noqa: FBT001, FBT002  # a checkbox
    """Poll the feeds that are due, load new articles and publish a snapshot.

    Args:
        now: Poll every feed, even if it is not due.
        feed: Poll only the feed with this URL.
    """
    request = IngestRequest(is_forced=now, only=feed)
    return _state_of(
        "ingest",
        lambda ctx: ingest_feeds(read_settings(), request, ctx),
        nothing="no feed or page is due",
    )


@flow(name="backfill", persist_result=False)
def backfill(  # noqa: PLR0917  # the fields of a form; Prefect passes them by name
    since: date,
    until: date | None = None,
    origin: Literal["archive", "warc", "sitemap", "feed", "files"] = "archive",
    source: str | None = None,
    places: list[str] | None = None,
    captured_since: date | None = None,
    captured_until: date | None = None,
    force: bool = False,  # noqa: FBT001, FBT002  # a checkbox
    parallel: Annotated[int, Field(ge=1)] = PARALLEL_WINDOWS,
) -> State:
    """Fill a range of days. Completed windows are skipped.

    Args:
        since: First day of publication; for the archive, of capture.
        until: Last day, included; today if empty.
        origin: Where to take documents from.
        source: Only this source: its host name.
        places: Files, folders and patterns; for sitemaps and feeds, their URLs.
        captured_since: First day of capture, for WARC files.
        captured_until: Last day of capture, included.
        force: Redo completed windows.
        parallel: How many days to fetch at the same time.
    """
    request = BackfillRequest(
        origin=Origin(origin),
        since=since,
        until=until or datetime.now(UTC).date(),
        source=source,
        places=tuple(places or ()),
        captured_since=captured_since,
        captured_until=captured_until,
        is_forced=force,
        is_open_ended=until is None,
        parallel=parallel,
    )
    return _state_of(
        "backfill",
        lambda ctx: backfill_range(read_settings(), request, ctx),
        nothing="every window is already completed",
    )


@flow(name="reprocess", persist_result=False)
def reprocess(
    transforms: list[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    source: str | None = None,
    everything: bool = False,  # noqa: FBT001, FBT002  # a checkbox
) -> State:
    """Recompute what older versions of the transforms produced.

    Args:
        transforms: Names of transforms; all if empty.
        since: First day of publication.
        until: Last day, included.
        source: Only this source.
        everything: Also recompute what the current version produced.
    """
    request = ReprocessRequest(
        transforms=tuple(transforms) if transforms else None,
        since=since,
        until=until,
        source=source,
        is_all=everything,
    )
    return _state_of(
        "reprocess",
        lambda ctx: reprocess_articles(read_settings(), request, ctx),
        nothing="nothing is stale",
    )


@flow(name="check", persist_result=False)
def check() -> State:
    """Run the data checks; a finding of severity error fails the run."""
    context = JobContext(as_step=as_task, flow_run_id=flow_run.get_id())
    try:
        report = check_warehouse(read_settings(), context)
    except ChecksFailedError as exc:
        leave_findings(exc.findings)
        raise
    leave_findings(report.findings)
    return Completed(message=report.summary)


@flow(name="publish", persist_result=False)
def publish() -> State:
    """Publish a snapshot if the newest one is out of date."""
    settings = read_settings()
    if not is_behind(settings.folder, wait_s=settings.lock_wait_s):
        return Completed(message="the newest snapshot is up to date")
    path = publish_snapshot(settings.folder, wait_s=settings.lock_wait_s)
    return Completed(message=path.name)


@flow(name="backup", persist_result=False)
def backup() -> State:
    """Back up the data folder to where the setting `backup_to` says; keep `backup_keep` points."""
    settings = read_settings()
    context = JobContext(as_step=as_task, flow_run_id=flow_run.get_id())
    report = back_up(settings, settings.backup_to, context, keep=settings.backup_keep)
    return Completed(message=report.summary)
