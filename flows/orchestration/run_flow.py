"""Run a job as a Prefect flow, and without Prefect if Prefect fails.

Runs are recorded in our own tables; Prefect only shows them. If its server does not start,
does not answer or goes away, the run continues and prints one line to the terminal.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from prefect import Flow, tags
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.orchestration.flow_body import Job, Report, run_job
from flows.orchestration.leaving import hurry
from flows.orchestration.prefect_api import missing_api
from flows.orchestration.run_names import run_name, run_tags
from flows.runs.interruption import was_interrupted
from flows.runs.report import OnReport
from flows.runs.run import JobContext


class _Body:
    """The body of a flow run: runs the job and keeps its result or error.

    Args:
        name: Name of the flow.
        job: The job.
        on_report: Called with the report so far after each batch.
        patience: Holds settings that are changed until the flow run has ended.
    """

    def __init__(self, name: str, job: Job, on_report: OnReport, patience: ExitStack) -> None:
        self._name, self._job, self._on_report = name, job, on_report
        self._patience = patience
        self.results: list[Report | None] = []
        self.error: BaseException | None = None

    def __call__(self, **_parameters: Any) -> Report | None:
        try:
            self.results.append(run_job(self._name, self._job, self._on_report))
        except BaseException as exc:
            self.error = exc
            raise
        finally:
            if missing_api():  # nobody can receive the final state, so do not wait
                hurry()
                self._patience.enter_context(temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}))
        return self.results[0]


def run_flow(
    flow: Flow[..., Any], job: Job, *, parameters: Mapping[str, Any], on_report: OnReport
) -> Report | None:
    """Run a job as a run of `flow` and return its report.

    If Prefect fails before the job has begun, the job runs without it.

    Args:
        flow: The flow, for its name and its parameters.
        job: The job, with the settings of the command.
        parameters: The parameters that Prefect shows.
        on_report: Called with the report so far after each batch.
    """
    patience = ExitStack()
    body = _Body(flow.name, job, on_report, patience)
    watched: Flow[..., Report | None] = Flow(
        functools.wraps(flow.fn)(body),
        name=flow.name, flow_run_name=run_name(flow.name, parameters, datetime.now(UTC)),
        persist_result=False, validate_parameters=False,
    )  # fmt: skip
    try:
        with patience, tags(*run_tags(flow.name)):
            watched(**parameters)
            return body.results[0]
    except Exception as exc:  # noqa: BLE001  # a failure of Prefect is not a failure of the run
        if body.error is not None:
            if was_interrupted(body.error):
                raise KeyboardInterrupt from None
            raise body.error from None
        if body.results:
            _say(
                "Lost the connection to Prefect; the run finished and is recorded in the warehouse"
            )
            hurry()
            return body.results[0]
        _say(f"Prefect failed ({type(exc).__name__}); running without it")
        return job(JobContext(on_report=on_report))


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
