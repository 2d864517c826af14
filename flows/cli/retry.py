"""The command `retry`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import AsJson, Data, LogFormatOption, LogLevelOption, Since, Until

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.jobs.retry import Retried


def retry(
    *,
    data: Data = None,
    reason: Annotated[
        list[str],
        typer.Option("--reason", help="Reason of the rejection, as in `rejections`; repeatable"),
    ],
    since: Since = None,
    until: Until = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would be done")
    ] = False,
    as_json: AsJson = False,
    log_format: LogFormatOption = None,
    log_level: LogLevelOption = None,
) -> None:
    """Try rejected items again, for example after a fault of this machine.

    Days are days of the rejection. Documents in the archive or in the quarantine are analysed
    again without a request. Pages that are in neither are fetched by the next [b]ingest[/b].
    Files that are in neither are named, so that you can load them again.

    Example: [b]onrecord retry --reason extract_error --since 2024-06-03[/b]
    """
    from flows.cli.run_command import progress, show_report
    from flows.jobs.retry import RetryRequest, plan_retry, retry_rejected
    from flows.logs import start_logs
    from flows.runs.interruption import stoppable
    from flows.runs.run import JobContext
    from flows.settings import read_settings

    settings = read_settings(data=data, log_format=log_format, log_level=log_level)
    request = RetryRequest(
        reasons=tuple(reason),
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    if dry_run:
        _show_plan(plan_retry(settings, request), as_json=as_json)
        return
    logs = start_logs(settings.log_format, settings.log_level)
    is_shown = settings.log_format != "json" and not logs.shows_progress
    with stoppable(), progress(is_shown=is_shown) as on_report:
        report = retry_rejected(settings, request, JobContext(on_report=on_report))
    if report is None:
        typer.echo(
            "{}" if as_json else "nothing to retry: no item was last rejected for this reason"
        )
        return
    show_report(report, as_json=as_json)


def _show_plan(plan: Retried, *, as_json: bool) -> None:
    from flows.output.tables import write_json
    from flows.printable import number, plain

    if as_json:
        write_json(
            {
                "documents": len(plan.documents),
                "pages": len(plan.pages),
                "waiting": len(plan.waiting),
                "lost": plan.lost,
            }
        )
        return
    typer.echo(f"{number(len(plan.documents), 'document')} would be analysed again")
    for note in plan.notes():
        typer.echo(f"note: {plain(note)}")
