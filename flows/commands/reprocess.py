"""`onrecord reprocess`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from flows.commands.options import AsJson, Data, Since, Until


def reprocess(
    *,
    data: Data = None,
    transform: Annotated[
        list[str] | None,
        typer.Option("--transform", "-t", help="clean, mentions, quotations or dates; default all"),
    ] = None,
    since: Since = None,
    until: Until = None,
    source: Annotated[str | None, typer.Option(help="One source alone, as in `sources`")] = None,
    is_all: Annotated[
        bool, typer.Option("--all", help="Also what the current version made")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is stale")] = False,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's log")] = False,
) -> None:
    """Compute again what older versions of the transforms made.

    Annotations are computed from the stored text, cleaned text ([b]clean[/b]) from the
    archive. Old rows stay; views show the newest. A run that was stopped is finished by
    the next.

    Example: [b]onrecord reprocess --transform quotations --since 2024-01-01[/b]
    """
    from datetime import UTC

    from flows.orchestration.prefect_setup import prepare_prefect, require_room
    from flows.reprocessing import ReprocessWish, check_wish, reprocess_articles, stale_articles
    from flows.settings import read_settings
    from warehouse.stale import count_stale

    settings = read_settings(data=data)
    wish = ReprocessWish(
        transforms=tuple(transform) if transform else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
        source=source,
        is_all=is_all,
    )
    check_wish(wish)
    stale = count_stale(stale_articles(settings, wish, datetime.now(UTC)))
    if dry_run or not stale:
        typer.echo(f'{{"stale":{stale}}}' if as_json else f"{stale:,} articles are stale")
        return
    require_room(settings.folder)
    prepare_prefect(settings.folder, is_verbose=verbose)

    from flows.orchestration.with_prefect import run_flow
    from flows.reprocess import reprocess as flow
    from flows.stopping import stoppable
    from flows.terminal.progress import progress
    from flows.terminal.report import summary
    from flows.terminal.tables import write_json

    with stoppable(), progress() as on_report:
        report = run_flow(
            flow,
            lambda: reprocess_articles(settings, wish, on_report=on_report),
            wish, settings, on_report,
        )  # fmt: skip
    if report is None:
        return
    if as_json:
        write_json(report.as_json())
    else:
        typer.echo(summary(report))
