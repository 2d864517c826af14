"""`onrecord ingest`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.options import AsJson, Data


def ingest(
    *,
    data: Data = None,
    now: Annotated[bool, typer.Option("--now", help="Poll every feed, due or not")] = False,
    feed: Annotated[str | None, typer.Option(help="Poll this feed alone, due or not")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if a feed failed or a page was rejected")
    ] = False,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's log")] = False,
) -> None:
    """Poll the feeds that are due, fetch new articles, append them, publish a snapshot.

    Example: [b]onrecord ingest --now[/b]
    """
    from datetime import UTC, datetime

    from flows.ingestion import PLAIN_INGEST, Wish, find_work, ingest_feeds
    from flows.orchestration.prefect_setup import prepare_prefect, require_room
    from flows.settings import read_settings
    from flows.terminal.report import summary
    from flows.terminal.tables import write_json

    settings = read_settings(data=data)
    wish = Wish(is_forced=now, only=feed)
    dues, pages = find_work(settings, wish, datetime.now(UTC))
    if not dues and not pages:
        typer.echo("{}" if as_json else "nothing is due")
        return
    require_room(settings.folder)
    prepare_prefect(settings.folder, is_verbose=verbose)

    from flows.ingest import ingest as flow
    from flows.orchestration.with_prefect import run_flow
    from flows.stopping import stoppable
    from flows.terminal.progress import progress

    with stoppable(), progress() as on_report:
        report = run_flow(
            flow,
            lambda: ingest_feeds(settings, wish, PLAIN_INGEST, on_report=on_report),
            now, feed, settings, on_report,
        )  # fmt: skip
    if report is None:
        return
    if as_json:
        write_json(report.as_json())
    else:
        typer.echo(summary(report))
    failed = report.polls.failed if report.polls else 0
    if strict and (report.count.rejected or failed):
        raise typer.Exit(3)
