"""Run a job for a command: as a Prefect flow, with its progress and report on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:  # the command line starts without DuckDB and pydantic
    from flows.runs.report import RunReport
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
    from flows.orchestration.setup import prepare_prefect, require_room

    require_room(settings.folder)
    prepare_prefect(settings.folder, is_verbose=is_verbose)

    from flows.cli.progress import progress
    from flows.orchestration import flows
    from flows.orchestration.run_flow import run_flow
    from flows.runs.interruption import stoppable

    with stoppable(), progress() as on_report:
        return run_flow(getattr(flows, flow), job, parameters=parameters, on_report=on_report)


def show_report(report: RunReport, *, as_json: bool) -> None:
    """Print the report of a run."""
    from flows.cli.tables import write_json
    from flows.runs.report import summary

    if as_json:
        write_json(report.as_json())
    else:
        typer.echo(summary(report))
