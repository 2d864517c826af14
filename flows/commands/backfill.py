"""`onrecord backfill` and `onrecord backfills`."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

import typer

from flows.commands.options import AsJson, Data, Until
from flows.ranges.windows import PARALLEL_WINDOWS, Origin


def backfill(
    places: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, patterns; addresses of sitemaps or feeds"),
    ] = None,
    *,
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day, as 2024-06-03")],
    until: Until = None,
    origin: Annotated[
        Origin, typer.Option("--from", help="Where documents are taken from")
    ] = Origin.ARCHIVE,
    source: Annotated[str | None, typer.Option(help="One source alone: its host")] = None,
    captured_since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of capture, for WARC")
    ] = None,
    captured_until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of capture, included")
    ] = None,
    data: Data = None,
    force: Annotated[bool, typer.Option("--force", help="Do again what is done")] = False,
    parallel: Annotated[
        int, typer.Option(min=1, help="Days that are fetched side by side, each host at its pace")
    ] = PARALLEL_WINDOWS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done")] = False,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's log")] = False,
) -> None:
    """Fill a range of days; what is stopped goes on where it was.

    Days are those of publication, for the archive those of acquisition.

    Example: [b]onrecord backfill --from sitemap --source harbour-times.example --since 2024-06-01[/b]
    """
    from datetime import UTC

    from flows.orchestration.prefect_setup import prepare_prefect, require_room
    from flows.ranges.backfilling import backfill_range, plan_backfill
    from flows.ranges.backfills import show_plan
    from flows.ranges.estimating import estimate
    from flows.ranges.windows import BackfillWish
    from flows.settings import read_settings
    from flows.terminal.tables import write_json

    settings = read_settings(data=data)
    wish = BackfillWish(
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
    plan = plan_backfill(settings, wish)
    if dry_run:
        show_plan(plan, estimate(settings, plan), as_json=as_json)
        return
    if not plan.open:
        typer.echo("{}" if as_json else "every window is done: --force does them again")
        return
    require_room(settings.folder)
    prepare_prefect(settings.folder, is_verbose=verbose)

    from flows.backfill import backfill as flow
    from flows.orchestration.with_prefect import run_flow
    from flows.stopping import stoppable
    from flows.terminal.progress import progress
    from flows.terminal.report import plain, summary

    with stoppable(), progress() as on_report:
        report = run_flow(
            flow,
            lambda: backfill_range(settings, wish, plan=plan, on_report=on_report),
            wish, settings, plan, on_report,
        )  # fmt: skip
    if report is None:
        return
    if as_json:
        write_json(report.as_json())
    else:
        for problem in plan.pages.listing.problems if plan.pages else ():
            sys.stderr.write(f"not reached: {plain(problem)}\n")
        typer.echo(summary(report))


def backfills(*, data: Data = None, as_json: AsJson = False) -> None:
    """List backfills with their progress.

    Example: [b]onrecord backfills[/b]
    """
    from flows.ranges.backfills import read_backfills, show_backfills
    from flows.settings import read_settings

    show_backfills(read_backfills(read_settings(data=data)), as_json=as_json)
