"""Run a job for a command, with its progress and report on the terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.alerts.after_run import followed
from flows.logs import start_logs
from flows.orchestration.prefect_api import choose_api
from flows.orchestration.setup import prepare_prefect, require_room
from flows.output.tables import write_json
from flows.pool import start_forkserver
from flows.printable import plain
from flows.runs.interruption import stoppable
from flows.runs.report import RunReport, progress_line, summary
from flows.runs.run import JobContext
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.jobs.check import CheckReport


# Flows that analyse pages: the processes load their word lists while this one loads the rest.
_WITH_WORKERS = frozenset({"load", "ingest", "backfill", "reprocess"})

R = TypeVar("R", RunReport, "CheckReport")


def run_command(
    flow: str,
    job: Callable[[JobContext], R | None],
    settings: Settings,
    *,
    parameters: Mapping[str, Any],
    is_verbose: bool = False,
) -> R | None:
    """Run a job and return its report: as a flow run if a Prefect server answers.

    Args:
        flow: Name of a function in `flows.orchestration.flows`.
        job: The job, with the settings of the command.
        settings: Settings of the command.
        parameters: The parameters that Prefect shows.
        is_verbose: Whether Prefect's log is shown.

    Raises:
        ServerError: A flow run is required, but the named server does not answer.
    """
    if flow in _WITH_WORKERS:
        start_forkserver()
    with followed(flow, settings):
        return _run(flow, job, settings, parameters, is_verbose=is_verbose)


def _run(
    flow: str,
    job: Callable[[JobContext], R | None],
    settings: Settings,
    parameters: Mapping[str, Any],
    *,
    is_verbose: bool,
) -> R | None:
    require_room(settings.folder)
    logs = start_logs(settings.log_format, settings.log_level)
    is_plain = settings.log_format != "json"  # programs want nothing but JSON
    api = choose_api(settings)
    if is_plain:
        sys.stderr.write(f"{api.line}\n")
    # Lines of the log tell how the run proceeds.
    is_shown = is_plain and not logs.shows_progress
    with stoppable(), progress(is_shown=is_shown) as on_report:
        if not api.is_flow_run:
            return job(JobContext(on_report=on_report))
        prepare_prefect(settings.folder, is_verbose=is_verbose)
        if api.url is not None:
            os.environ["PREFECT_API_URL"] = api.url

        # Prefect reads its settings when it is imported.
        from flows.orchestration import flows
        from flows.orchestration.run_flow import run_flow

        return cast(
            "R | None",
            run_flow(getattr(flows, flow), job, parameters=parameters, on_report=on_report),
        )


def show_report(report: RunReport, *, as_json: bool) -> None:
    """Print the report of a run; exit with 1 if the run failed."""
    if as_json:
        write_json(report.as_json())
    else:
        typer.echo(summary(report))
    if report.failure:
        typer.echo(f"onrecord: the run failed: {plain(report.failure)}", err=True)
        raise typer.Exit(1)


@contextlib.contextmanager
def progress(*, is_shown: bool = True) -> Iterator[Callable[[RunReport], None]]:
    """Yield a function that shows the report so far on standard error.

    On a terminal it is a bar; lines of the log are printed above it. Elsewhere it is a line
    each time, unless `is_shown` is False.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _print_line if is_shown else lambda _: None
        return
    columns = (
        SpinnerColumn(),
        BarColumn(20),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda report: bar.update(task, description=progress_line(report))


def _print_line(report: RunReport) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {progress_line(report)}\n")
    sys.stderr.flush()
