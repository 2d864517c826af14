"""The commands that run jobs: ingest, serve, backfill, backfills and reprocess."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.backfill.request import PARALLEL_WINDOWS, Origin
from flows.cli.options import (
    AsJson,
    Data,
    LogFormatOption,
    LogLevelOption,
    Since,
    Until,
    Verbose,
)  # fmt: skip

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.backfill.plan import Plan
    from flows.backfill.request import BackfillRequest
    from flows.settings import Settings

_NOTHING = {
    Origin.ARCHIVE: "the archive has no pages yet",
    Origin.WARC: "no web archive was found",
    Origin.SITEMAP: "the sitemaps list no page of these days",
    Origin.FEED: "the feeds list no page of these days",
    Origin.FILES: "no file was found",
}


def ingest(
    *,
    data: Data = None,
    now: Annotated[
        bool,
        typer.Option("--now", help="Poll every feed that is not paused, even if it is not due"),
    ] = False,
    feed: Annotated[
        str | None, typer.Option(help="Poll only this feed (URL or title), even if it is paused")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if a feed failed or a page was rejected")
    ] = False,
    as_json: AsJson = False,
    verbose: Verbose = False,
    log_format: LogFormatOption = None,
    log_level: LogLevelOption = None,
) -> None:
    """Poll the feeds that are due, load new articles and publish.

    Pages of recent articles are visited again, to find edits that no feed announces: see the
    setting [b]revisit[/b].

    Example: [b]onrecord ingest --now[/b]
    """
    from datetime import UTC, datetime

    from flows.alerts.after_run import after_nothing_due, failure_followed
    from flows.cli.run_command import run_command, show_report
    from flows.jobs.ingest import IngestRequest, find_work, ingest_feeds, nothing_due
    from flows.runs.publication import publish_if_behind
    from flows.secrets import mask_url
    from flows.settings import read_settings

    settings = read_settings(data=data, log_format=log_format, log_level=log_level)
    request = IngestRequest(is_forced=now, only=feed)
    with failure_followed("ingest", settings):
        dues, has_pages = find_work(settings, request, datetime.now(UTC))
        if not dues and not has_pages:
            publish_if_behind(settings)
    if any(due.feed.is_paused for due in dues):
        sys.stderr.write("this feed is paused: it is polled once and stays paused\n")
    if not dues and not has_pages:
        typer.echo("{}" if as_json else nothing_due(settings, datetime.now(UTC)))
        after_nothing_due(settings, now=datetime.now(UTC))
        return
    report = run_command(
        "ingest",
        lambda context: ingest_feeds(settings, request, context),
        settings,
        parameters={"now": now, "feed": mask_url(feed) if feed else None},
        is_verbose=verbose,
    )
    if report is None:
        return
    show_report(report, as_json=as_json)
    failed = report.polls.failed if report.polls else 0
    if strict and (report.count.rejected or failed):
        raise typer.Exit(3)


def serve(
    *, data: Data = None, log_format: LogFormatOption = None, log_level: LogLevelOption = None
) -> None:
    """Run all schedules, Prefect's server and the pages until Ctrl-C.

    If [b]PREFECT_API_URL[/b] names a server, that one is used; otherwise one is started
    on this machine. The pages are those of [b]onrecord web[/b]; with [b]ONRECORD_WEB_PORT=0[/b]
    there are none. Metrics for Prometheus are at the address that [b]ONRECORD_METRICS_HOST[/b]
    and [b]ONRECORD_METRICS_PORT[/b] name.

    Example: [b]onrecord serve[/b]
    """
    import os

    from flows.events import ServeStopped
    from flows.logs import log, start_logs
    from flows.metrics.exposition import metrics_served
    from flows.orchestration.pages import pages_served
    from flows.orchestration.prefect_api import serving_alone
    from flows.orchestration.schedules import read_schedule
    from flows.orchestration.server import exposure_warning
    from flows.orchestration.setup import prepare_prefect
    from flows.orchestration.supervision import keep_serving
    from flows.rules import read_rules
    from flows.settings import read_settings

    settings = read_settings(data=data, log_format=log_format, log_level=log_level)
    logs = start_logs(settings.log_format, settings.log_level, is_served=True)
    os.environ |= {"ONRECORD_LOG_FORMAT": logs.format, "ONRECORD_LOG_LEVEL": logs.level}
    read_rules(settings.folder.rules)
    for name in ("ingest", "publish", "check", "backup"):
        read_schedule(f"schedule_{name}", getattr(settings, f"schedule_{name}"))
    prepare_prefect(settings.folder)
    if warning := exposure_warning(settings.serve_host):
        sys.stderr.write(f"{warning}\n")
    server_log = settings.folder.root / "prefect" / "server.log"
    with (
        serving_alone(settings.folder),
        metrics_served(
            settings.metrics_host, settings.metrics_port, settings.folder
        ) as metrics_url,
        pages_served(settings),
    ):
        keep_serving(settings, server_log=server_log, metrics_url=metrics_url)
    log(ServeStopped())


def backfill(
    places: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or patterns; URLs of sitemaps, feeds or web archives"),
    ] = None,
    *,
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day: 2024-06-03")],
    until: Until = None,
    origin: Annotated[
        Origin, typer.Option("--from", help="Where to take documents from")
    ] = Origin.ARCHIVE,
    source: Annotated[str | None, typer.Option(help="Only this source: its host name")] = None,
    captured_since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day of capture, for web archives"),
    ] = None,
    captured_until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of capture, included")
    ] = None,
    data: Data = None,
    force: Annotated[bool, typer.Option("--force", help="Redo completed windows")] = False,
    parallel: Annotated[
        int, typer.Option(min=1, help="Days to fetch at the same time; each host keeps its pace")
    ] = PARALLEL_WINDOWS,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done")
    ] = False,
    as_json: AsJson = False,
    verbose: Verbose = False,
    log_format: LogFormatOption = None,
    log_level: LogLevelOption = None,
) -> None:
    """Fill a range of days; an interrupted backfill resumes.

    Days are days of publication; with [b]--from archive[/b], days of capture.

    Example: [b]onrecord backfill --from sitemap --source harbour-times.example --since 2024-06-01[/b]
    """
    from datetime import UTC

    from flows.backfill.plan import estimate, plan_backfill
    from flows.backfill.request import BackfillRequest
    from flows.cli.backfills import show_plan
    from flows.settings import read_settings

    settings = read_settings(data=data, log_format=log_format, log_level=log_level)
    request = BackfillRequest(
        origin=origin,
        since=since.date(),
        until=until.date() if until else datetime.now(UTC).date(),
        source=source,
        places=tuple(places or ()),
        captured_since=captured_since.date() if captured_since else None,
        captured_until=captured_until.date() if captured_until else None,
        is_forced=force,
        is_open_ended=until is None,
        parallel=parallel,
    )
    plan = plan_backfill(settings, request)
    if dry_run:
        show_plan(plan, estimate(settings, plan), as_json=as_json)
    elif plan.open:
        _fill(settings, request, plan, is_verbose=verbose, as_json=as_json)
    else:
        _publish_only("backfill", settings)
        nothing = f"there is nothing to fill: {_NOTHING[origin]}"
        done = "every window is completed; --force redoes them"
        typer.echo("{}" if as_json else done if plan.windows else nothing)


def _fill(
    settings: Settings,
    request: BackfillRequest,
    plan: Plan,
    *,
    is_verbose: bool,
    as_json: bool,
) -> None:
    """Fill the open windows of a plan, and show the report."""
    from flows.cli.run_command import run_command, show_report
    from flows.jobs.backfill import backfill_range

    report = run_command(
        "backfill",
        lambda context: backfill_range(settings, request, context, plan=plan),
        settings,
        parameters=request.parameters()
        | {"force": request.is_forced, "parallel": request.parallel},
        is_verbose=is_verbose,
    )
    if report is not None:
        show_report(report, as_json=as_json)


def _publish_only(command: str, settings: Settings) -> None:
    """Publish what an earlier run could not; the command has nothing else to do."""
    from flows.alerts.after_run import failure_followed
    from flows.runs.publication import publish_if_behind

    with failure_followed(command, settings):
        publish_if_behind(settings)


def backfills(*, data: Data = None, as_json: AsJson = False) -> None:
    """List backfills and their progress.

    Example: [b]onrecord backfills[/b]
    """
    from flows.cli.backfills import read_backfills, show_backfills
    from flows.settings import read_settings

    show_backfills(read_backfills(read_settings(data=data)), as_json=as_json)


def reprocess(
    *,
    data: Data = None,
    transform: Annotated[
        list[str] | None,
        typer.Option(
            "--transform",
            "-t",
            help="clean, mentions, quotations, dates, keyphrases or topics; default all",
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    source: Annotated[
        str | None, typer.Option(help="Only this source, as named in the table `sources`")
    ] = None,
    is_all: Annotated[
        bool, typer.Option("--all", help="Also recompute what the current version produced")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count stale articles")] = False,
    as_json: AsJson = False,
    verbose: Verbose = False,
    log_format: LogFormatOption = None,
    log_level: LogLevelOption = None,
) -> None:
    """Recompute what older versions of the transforms produced.

    Annotations are recomputed from the stored text, and text ([b]clean[/b]) from the
    archive. Articles whose rules in [b]rules.toml[/b] have changed are read again too. Old rows are kept; views show the newest. An interrupted run is finished by
    the next one.

    Example: [b]onrecord reprocess --transform quotations --since 2024-01-01[/b]
    """
    from datetime import UTC

    from flows.cli.run_command import run_command, show_report
    from flows.jobs.reprocess import (
        ReprocessRequest,
        check_request,
        refused_pages,
        reprocess_articles,
        stale_articles,
    )
    from flows.settings import read_settings
    from warehouse.stale import count_stale

    settings = read_settings(data=data, log_format=log_format, log_level=log_level)
    request = ReprocessRequest(
        transforms=tuple(transform) if transform else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
        source=source,
        is_all=is_all,
    )
    check_request(request)
    stale = count_stale(stale_articles(settings, request, datetime.now(UTC)))
    refused = len(refused_pages(settings, request))
    if dry_run:
        _show_stale(stale, refused, as_json=as_json)
        return
    if not (stale or refused):
        _publish_only("reprocess", settings)
        _show_stale(stale, refused, as_json=as_json)
        return
    report = run_command(
        "reprocess",
        lambda context: reprocess_articles(settings, request, context),
        settings,
        parameters=request.parameters(),
        is_verbose=verbose,
    )
    if report is not None:
        show_report(report, as_json=as_json)


def _show_stale(stale: int, refused: int, *, as_json: bool) -> None:
    from flows.printable import number

    if as_json:
        typer.echo(f'{{"stale":{stale},"refused":{refused}}}')
        return
    again = f", {number(refused, 'refused page')} to try again" if refused else ""
    typer.echo(f"{stale:,} articles are stale{again}")
