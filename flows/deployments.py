"""The flows that are served and deployed: parameters for a form, settings from the environment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed
from pydantic import Field

from flows.backfill import run_backfill
from flows.batches import Steps
from flows.check import run_check
from flows.errors import RunActiveError
from flows.ingest import poll
from flows.ingestion import IngestSteps, Wish, ingest_feeds
from flows.load import analyse, append, publish
from flows.orchestration.artifacts import leave_artifacts
from flows.ranges.windows import PARALLEL_WINDOWS, BackfillWish, Origin
from flows.reprocess import run_reprocess
from flows.reprocessing import ReprocessWish
from flows.runs import RunReport
from flows.settings import read_settings
from flows.terminal.report import count_line
from warehouse.publish import is_behind
from warehouse.publish import publish as publish_snapshot


def _done(report: RunReport | None, nothing: str) -> State:
    return Completed(message=count_line(report) if report else nothing)


def _skipped(error: RunActiveError) -> State:
    return Completed(name="Skipped", message=str(error))


@flow(name="ingest", persist_result=False)
def ingest(now: bool = False, feed: str | None = None) -> State:  # noqa: FBT001, FBT002  # a checkbox
    """Poll what is due, fetch and analyse new articles, append them, publish a snapshot.

    Args:
        now: Poll every feed, due or not.
        feed: Poll the feed at this address alone.
    """
    try:
        report = ingest_feeds(
            read_settings(),
            Wish(is_forced=now, only=feed),
            IngestSteps(poll=poll, batch=Steps(analyse=analyse, append=append, publish=publish)),
            flow_run_id=flow_run.get_id(),
        )
    except RunActiveError as exc:
        return _skipped(exc)
    if report is not None:
        leave_artifacts("ingest", report)
    return _done(report, "nothing is due")


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
    """Fill a range of days; windows that are done are not done again.

    Args:
        since: First day: of publication, for the archive of acquisition.
        until: Last day, included; today where left out.
        origin: Where documents are taken from.
        source: One source alone: its host.
        places: Files, folders and patterns; for sitemaps and feeds their addresses.
        captured_since: First day of capture, for WARC files.
        captured_until: Last day of capture, included.
        force: Do again what is done.
        parallel: How many days are fetched side by side; each host keeps its pace.
    """
    wish = BackfillWish(
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
    try:
        return _done(run_backfill(None, wish), "every window was done before")
    except RunActiveError as exc:
        return _skipped(exc)


@flow(name="reprocess", persist_result=False)
def reprocess(
    transforms: list[Literal["clean", "mentions", "quotations", "dates"]] | None = None,
    since: date | None = None,
    until: date | None = None,
    source: str | None = None,
    everything: bool = False,  # noqa: FBT001, FBT002  # a checkbox
) -> State:
    """Compute again what older versions of the transforms made.

    Args:
        transforms: Which ones; all where left out.
        since: First day of publication.
        until: Last day, included.
        source: One source alone.
        everything: Also what the current version made.
    """
    wish = ReprocessWish(
        transforms=tuple(transforms) if transforms else None,
        since=since,
        until=until,
        source=source,
        is_all=everything,
    )
    try:
        return _done(run_reprocess(None, wish), "nothing is stale")
    except RunActiveError as exc:
        return _skipped(exc)


@flow(name="check", persist_result=False)
def check() -> State:
    """Run the data checks; a finding of severity error fails the run."""
    return Completed(message=run_check().summary)


@flow(name="publish", persist_result=False)
def publish_snapshots() -> State:
    """Publish a snapshot where readers do not see all that the warehouse holds."""
    settings = read_settings()
    if not is_behind(settings.folder, wait_s=settings.lock_wait_s):
        return Completed(message="readers see everything")
    path = publish_snapshot(settings.folder, wait_s=settings.lock_wait_s)
    return Completed(message=path.name)
