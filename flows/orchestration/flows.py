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

from prefect import Flow, flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed
from pydantic import Field

from flows.alerts.after_run import followed
from flows.alerts.flow_runs import tell_flow_run
from flows.backfill.plan import estimate, plan_backfill, work_line
from flows.backfill.request import PARALLEL_WINDOWS, BackfillRequest, Origin
from flows.inputs.files import InputOptions
from flows.jobs.backfill import backfill_range
from flows.jobs.backup import back_up
from flows.jobs.check import check_warehouse
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files, survey_files
from flows.jobs.reprocess import (
    ReprocessRequest,
    refused_pages,
    reprocess_articles,
    stale_articles,
)
from flows.logs import start_logs
from flows.metrics.update import update_metrics
from flows.orchestration.flow_body import as_task, state_of
from flows.orchestration.run_names import run_name
from flows.permissions import keep_private
from flows.printable import number
from flows.runs.publication import publish_if_behind
from flows.runs.run import JobContext
from flows.settings import Settings, read_settings
from warehouse.stale import count_stale

# The fields of Prefect's form are booleans, choices and texts, so flags are parameters here.
# ruff: noqa: FBT001, FBT002

Transform = Literal["clean", "mentions", "quotations", "dates", "keyphrases", "topics"]
DayOrder = Literal["day-first", "month-first"]


def _named(name: str) -> Callable[[Callable[..., State[Any]]], Flow[..., State[Any]]]:
    """Return a decorator that makes a flow whose runs have names that say what they did."""

    def name_of_run() -> str:
        return run_name(name, flow_run.get_parameters(), datetime.now(UTC))

    return functools.partial(flow, name=name, flow_run_name=name_of_run, persist_result=False)


def _served_settings() -> Settings:
    """Return the settings of a flow run in a process of its own, and show its log."""
    keep_private()
    settings = read_settings()
    start_logs(settings.log_format, settings.log_level, is_served=True)
    return settings


@_named("load")
def load(
    paths: list[str],
    columns: dict[str, str] | None = None,
    sheet: str | None = None,
    dates: DayOrder | None = None,
    dry_run: bool = False,
) -> State[Any]:
    """Load files and folders into the warehouse and publish a snapshot.

    Args:
        paths: Files and folders; addresses of pages and of web archives.
        columns: Which column has what, where its name does not tell: {"text": "Volltext"}.
        sheet: Sheet of a workbook; the first one if none is named.
        dates: How to read 04/05/2024, if nothing else tells.
        dry_run: Only count what would be loaded.
    """
    is_month_first = None if dates is None else dates == "month-first"
    options = InputOptions(columns=columns or {}, sheet=sheet, is_month_first=is_month_first)
    if dry_run:
        survey = survey_files(paths, options=options, now=datetime.now(UTC))
        found = f"{number(survey.documents, 'document')} to load"
        more = f"{number(survey.pages, 'page')} to fetch, {len(survey.rejections):,} rejected"
        return Completed(message=f"dry run: {found}, {more}")
    return state_of(
        "load",
        lambda ctx: load_files(paths, _served_settings(), ctx, options=options),
        nothing="",
    )


@_named("ingest")
def ingest(now: bool = False, feed: str | None = None) -> State[Any]:
    """Poll the feeds that are due, load new articles and publish a snapshot.

    Args:
        now: Poll every feed, even if it is not due.
        feed: Poll only the feed with this title, or with this URL as `onrecord feeds` shows it:
            Prefect stores what is written here, so leave out logins and keys.
    """
    request = IngestRequest(is_forced=now, only=feed)
    return state_of(
        "ingest",
        lambda ctx: ingest_feeds(_served_settings(), request, ctx),
        nothing="nothing is due",
    )


@_named("backfill")
def backfill(  # noqa: PLR0917  # the fields of a form; Prefect passes them by name
    since: date,
    until: date | None = None,
    origin: Literal["archive", "warc", "sitemap", "feed", "files"] = "archive",
    source: str | None = None,
    places: list[str] | None = None,
    captured_since: date | None = None,
    captured_until: date | None = None,
    force: bool = False,
    parallel: Annotated[int, Field(ge=1)] = PARALLEL_WINDOWS,
    dry_run: bool = False,
) -> State[Any]:
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
        dry_run: Only estimate documents, requests and time.
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
    if dry_run:
        settings = read_settings()
        estimates = estimate(settings, plan_backfill(settings, request))
        return Completed(message=f"dry run: {work_line(estimates)}")
    return state_of(
        "backfill",
        lambda ctx: backfill_range(_served_settings(), request, ctx),
        nothing="every window is already completed",
    )


@_named("reprocess")
def reprocess(  # noqa: PLR0917  # the fields of a form; Prefect passes them by name
    transforms: list[Transform] | None = None,
    since: date | None = None,
    until: date | None = None,
    source: str | None = None,
    everything: bool = False,
    dry_run: bool = False,
) -> State[Any]:
    """Recompute what older versions of the transforms produced.

    Args:
        transforms: Names of transforms; all if empty.
        since: First day of publication.
        until: Last day, included.
        source: Only this source.
        everything: Also recompute what the current version produced.
        dry_run: Only count the stale articles.
    """
    request = ReprocessRequest(
        transforms=tuple(transforms) if transforms else None,
        since=since,
        until=until,
        source=source,
        is_all=everything,
    )
    if dry_run:
        settings = read_settings()
        stale = count_stale(stale_articles(settings, request, datetime.now(UTC)))
        refused = number(len(refused_pages(settings, request)), "refused page")
        return Completed(message=f"dry run: {stale:,} articles are stale, {refused} to try again")
    return state_of(
        "reprocess",
        lambda ctx: reprocess_articles(_served_settings(), request, ctx),
        nothing="nothing is stale",
    )


@_named("check")
def check() -> State[Any]:
    """Run the data checks; a finding of severity error fails the run."""
    return state_of("check", lambda ctx: check_warehouse(_served_settings(), ctx), nothing="")


@_named("publish")
def publish() -> State[Any]:
    """Publish a snapshot if the newest one is out of date."""
    settings = _served_settings()
    with followed("publish", settings):
        path = publish_if_behind(settings)
        if path is None:
            return Completed(message="the newest snapshot is up to date")
        update_metrics(settings)
        return Completed(message=path.name)


@_named("backup")
def backup() -> State[Any]:
    """Back up the data folder to where the setting `backup_to` says; keep `backup_keep` points."""
    settings, flow_run_id = _served_settings(), flow_run.get_id()
    context = JobContext(as_step=as_task, flow_run_id=flow_run_id)
    with followed("backup", settings, flow_run_id=flow_run_id):
        report = back_up(settings, settings.backup_to, context, keep=settings.backup_keep)
    return Completed(message=report.summary)


@_named("alert")
def alert(run: str = "a run", state: str = "Failed", flow_run_id: str | None = None) -> State[Any]:
    """Look for what needs a person, and tell of a run that could not tell of its own failure.

    Args:
        run: Name of the flow run that failed.
        state: Its state in Prefect.
        flow_run_id: Its key in Prefect.
    """
    is_told = tell_flow_run(
        _served_settings(), name=run, state=state, flow_run_id=flow_run_id, now=datetime.now(UTC)
    )
    return Completed(message=f"told of {run}" if is_told else f"{run} told of its failure itself")
