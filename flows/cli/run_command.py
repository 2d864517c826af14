"""Run a job for a command: as a Prefect flow, with its progress and report on the terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.cli.tables import write_json
from flows.logs import start_logs
from flows.orchestration.setup import prepare_prefect, require_room
from flows.rules import read_rules
from flows.runs.interruption import stoppable
from flows.runs.report import RunReport, count_line, poll_lines, summary
from flows.runs.run import JobContext
from flows.settings import Settings


def run_command(
    flow: str,
    job: Callable[[JobContext], RunReport | None],
    settings: Settings,
    *,
    parameters: Mapping[str, Any],
    is_verbose: bool,
) -> RunReport | None:
    """Run a job as a run of the flow with this name, and return its report.

    Args:
        flow: Name of a function in `flows.orchestration.flows`.
        job: The job, with the settings of the command.
        settings: Settings of the command.
        parameters: The parameters that Prefect shows.
        is_verbose: Whether Prefect's log is shown.
    """
    require_room(settings.folder)
    read_rules(settings.folder.rules)  # a broken file fails before Prefect starts
    prepare_prefect(settings.folder, is_verbose=is_verbose)
    logs = start_logs(settings.log_format, settings.log_level)
    # Lines of the log tell how the run proceeds, and programs want nothing but JSON.
    is_shown = not logs.shows_progress and settings.log_format != "json"

    # Prefect reads its settings when it is imported.
    from flows.orchestration import flows
    from flows.orchestration.run_flow import run_flow

    with stoppable(), progress(is_shown=is_shown) as on_report:
        return run_flow(getattr(flows, flow), job, parameters=parameters, on_report=on_report)


def show_report(report: RunReport, *, as_json: bool) -> None:
    """Print the report of a run."""
    if as_json:
        write_json(report.as_json())
    else:
        typer.echo(summary(report))


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
        yield lambda report: bar.update(task, description=_rate(report))


def _rate(report: RunReport) -> str:
    if report.polls is not None and not report.count.seen:
        return poll_lines(report)[0]
    rate = report.count.seen / max(report.seconds, 0.001)
    rest = (report.expected or 0) - report.count.seen
    return f"{count_line(report)}, {rate:.0f}/s" + (f", {rest:,} to come" if rest > 0 else "")


def _print_line(report: RunReport) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {_rate(report)}\n")
    sys.stderr.flush()
