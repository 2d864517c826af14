"""The body of a flow run: runs a job, shows its progress, and returns the run's state."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import TagsContext
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.alerts.after_run import followed
from flows.errors import ChecksFailedError, RunActiveError
from flows.jobs.check import CheckReport
from flows.orchestration.artifacts import ProgressBar, leave_artifacts, leave_findings
from flows.orchestration.setup import hide_cancelled_callbacks
from flows.runs.report import OnReport, RunReport, count_line
from flows.runs.run import JobContext
from flows.settings import read_settings

Report = RunReport | CheckReport
Job = Callable[[JobContext], Report | None]

hide_cancelled_callbacks()  # in each process that runs a flow


@functools.cache
def as_task(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of a step as a Prefect task."""
    return task(name=name, persist_result=False, cache_policy=NO_CACHE)(function)


def run_job(flow_name: str, job: Job, on_report: OnReport = lambda _: None) -> Report | None:
    """Run a job in the body of a flow, its steps as tasks, and create its artifacts.

    Each report becomes a log line and moves the progress bar in Prefect's pages.
    """
    bar = ProgressBar(flow_name)

    def tell(report: RunReport) -> None:
        on_report(report)
        bar.show(report)

    context = JobContext(as_step=as_task, on_report=tell, flow_run_id=flow_run.get_id())
    try:
        # A task with a tag asks the server for a slot before it begins, and fails without it.
        with TagsContext(current_tags=set()):
            report = job(context)
    except ChecksFailedError as exc:
        leave_findings(exc.findings)
        raise
    if isinstance(report, CheckReport):
        leave_findings(report.findings)
    elif report is not None:
        bar.finish(report)
        leave_artifacts(flow_name, report)
    return report


def state_of(flow_name: str, job: Job, *, nothing: str) -> State[Any]:
    """Run the job of a deployed flow and return the state of its run.

    Args:
        flow_name: Name of the flow.
        job: The job.
        nothing: The message if there was nothing to do.
    """
    try:
        with followed(flow_name, read_settings(), flow_run_id=flow_run.get_id()):
            report = run_job(flow_name, job)
    except RunActiveError as exc:
        return Completed(name="Skipped", message=str(exc))
    if report is None:
        return Completed(message=nothing)
    if isinstance(report, CheckReport):
        return Completed(message=report.summary)
    if report.failure:
        return Failed(message=f"{report.failure}; {count_line(report)}")
    return Completed(message=count_line(report))
