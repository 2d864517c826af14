"""One execution of a job: its key, its context, and its states in the warehouse."""

from __future__ import annotations

import contextlib
import os
import socket
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ParamSpec, Protocol, TypeVar

import orjson

from flows.events import ClockSet, RunStarted
from flows.fetching.credentials import read_credentials
from flows.logs import lines_of, log
from flows.machine_faults import machine_fault
from flows.metrics.update import update_metrics
from flows.rules import read_rules
from flows.runs.clock import RunClock, jump_note
from flows.runs.dead_runs import close_dead_runs, end_event
from flows.runs.interruption import raise_if_stopped, stoppable, was_interrupted
from flows.runs.page_archive import PageArchive
from flows.runs.report import OnReport, RunReport
from flows.runs.stages import Stages
from flows.settings import Settings
from transforms.cleaning.rules import NO_RULES, Rules
from transforms.errors import OnrecordError
from warehouse.append import AppendCount, append_rows, run_count
from warehouse.conditions import Connection
from warehouse.connect import open_live
from warehouse.publish import open_for_notes

HEARTBEAT_S = 60.0
_WITHOUT_PAGES = frozenset({"backup", "check", "compact"})  # flows that analyse no pages

P = ParamSpec("P")
R = TypeVar("R")


class StepWrapper(Protocol):
    """Wraps the function of a step, so that Prefect can show it as a task."""

    def __call__(self, name: str, function: Callable[P, R], /) -> Callable[P, R]:
        """Return the callable to use instead of `function`."""


def plain_step(_name: str, function: Callable[P, R], /) -> Callable[P, R]:
    """Return `function` itself: the step runs without Prefect."""
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """How a job is executed and how it reports its progress.

    Attributes:
        as_step: Wraps the function of each step.
        on_report: Called with the report so far after each batch.
        flow_run_id: The flow run's key in Prefect; None without Prefect.
    """

    as_step: StepWrapper = plain_step
    on_report: OnReport = lambda _: None
    flow_run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a job.

    Attributes:
        flow: Name of the flow that the job belongs to.
        now: The instant that all its rows carry; no article can be published later.
        parameters: What the run was asked to do, without secrets.
        rules: The user's rules for single publishers, as they were when the run began.
        stages: The seconds of its stages.
        pages: The pages that it fetches, in the archive.
        clock: Its clocks.
    """

    run_id: str
    flow: str
    now: datetime
    settings: Settings
    parameters: dict[str, Any]
    context: JobContext = JobContext()
    rules: Rules = NO_RULES
    stages: Stages = field(default_factory=Stages)
    pages: PageArchive = field(default_factory=PageArchive)
    clock: RunClock = field(default_factory=RunClock)


def begin_run(
    flow: str,
    settings: Settings,
    context: JobContext | None = None,
    *,
    parameters: dict[str, Any],
    now: datetime,
    state: str = "running",
    detail: str | None = None,
    holds_slot: bool = False,
) -> Run:
    """Return a new run and record it, by default as running; close the runs that have died.

    Raises:
        RulesError: The user's rules cannot be used; nothing was done yet.
        SecretsError: The user's secrets cannot be used; nothing was done yet.
        WarehouseError: The warehouse cannot be written; nothing was done yet.
    """
    read_credentials(settings.folder.secrets)
    run = Run(
        run_id=f"run-{uuid.uuid4().hex}",
        flow=flow,
        now=now,
        settings=settings,
        parameters=parameters,
        context=context or JobContext(),
        rules=NO_RULES if flow in _WITHOUT_PAGES else read_rules(settings.folder.rules),
    )
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        dead = close_dead_runs(con, holds_slot=holds_slot)
        row = append_state(con, run, state, detail=detail)
    for ended in dead:
        log(end_event(ended))
    tell_state(run, row)
    if state == "running":
        log(RunStarted(run_id=run.run_id, flow=flow, flow_run_id=run.context.flow_run_id))
    return run


def record_state(
    run: Run, state: str, report: RunReport | None = None, *, detail: str | None = None
) -> None:
    """Append the state of `run` to the table `runs`, and tell it."""
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        row = append_state(con, run, state, report, detail=detail)
    tell_state(run, row)


def append_state(
    con: Connection,
    run: Run,
    state: str,
    report: RunReport | None = None,
    *,
    detail: str | None = None,
) -> dict[str, Any]:
    """Append the state of `run` to the table `runs`; return its row.

    At its end, its stages are appended too, and whether the clock was set meanwhile.
    """
    row: dict[str, Any] = {
        "run_id": run.run_id,
        "flow": run.flow,
        "state": state,
        "recorded_at": datetime.now(UTC),
        "started_at": run.now,
        "detail": detail,
        "parameters": orjson.dumps(run.parameters).decode(),
        "flow_run_id": run.context.flow_run_id,
        "host": socket.gethostname(),
        "pid": os.getpid(),
    }
    if report is not None:
        row |= {name: getattr(report.count, name) for name in AppendCount.__slots__}
        row["seconds"] = report.seconds
        row["detail"] = detail or "; ".join(report.notes) or None
    if state != "running" and (jump_s := run.clock.jump_s()):
        row["detail"] = "; ".join(filter(None, (row["detail"], jump_note(jump_s))))
        log(ClockSet(seconds=jump_s))
    append_rows(con, "runs", [row])
    if state != "running":
        append_rows(con, "stages", _stage_rows(run))
    return row


def tell_state(run: Run, row: Mapping[str, Any]) -> None:
    """Log the last state of `run`, and write it to the metrics.

    The metrics of a completed run are updated by the job, after it has published.
    """
    if row["state"] != "running":
        log(end_event(row))
        if row["state"] != "completed":
            update_metrics(run.settings)


def record_stages(run: Run) -> None:
    """Record the seconds of stages that followed the last state of `run`."""
    rows = _stage_rows(run)
    with open_for_notes(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        append_rows(con, "stages", rows)


def _stage_rows(run: Run) -> list[dict[str, object]]:
    now = datetime.now(UTC)
    return [
        {"run_id": run.run_id, "stage": stage, "seconds": seconds, "recorded_at": now}
        for stage, seconds in run.stages.take().items()
    ]


@contextlib.contextmanager
def failure_recorded(run: Run) -> Iterator[None]:
    """Record the run as failed or interrupted if the body of the `with` raises.

    All lines that are logged meanwhile have the key of the run.

    Raises:
        MachineError: The body ended because of a fault of this machine that no part of it
            expected.
    """
    with stoppable(), lines_of(run.run_id):
        try:
            yield
        except BaseException as exc:
            is_stopped = was_interrupted(exc)
            if is_stopped:
                # The signal may have come between two lines of a `with` statement's own code.
                # Let go of what these frames hold, such as the writer's lock.
                traceback.clear_frames(exc.__traceback__)
            is_known = is_stopped or isinstance(exc, OnrecordError)
            fault = None if is_known else machine_fault(exc)
            told = fault or exc
            detail = "stopped by a signal" if is_stopped else str(told) or type(told).__name__
            # Report the first error, not one that follows from it.
            with contextlib.suppress(OnrecordError):
                state = "interrupted" if is_stopped else "failed"
                record_state(run, state, _committed(run), detail=detail)
            if fault is not None:
                raise fault from exc
            raise
        finally:
            run.pages.close()


def _committed(run: Run) -> RunReport:
    """Return the ledger's counts for a run that ended before it could report itself."""
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        count = run_count(con, run.run_id)
    return RunReport(run_id=run.run_id, count=count, seconds=run.clock.seconds)


class Heartbeat:
    """Records the progress of a run in `runs`, at most once a minute."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._beaten = time.monotonic()

    def beat(self, report: RunReport) -> None:
        """Record that the run is alive, with its counts so far.

        Raises:
            KeyboardInterrupt: A signal has stopped the run.
        """
        raise_if_stopped()
        if time.monotonic() - self._beaten >= HEARTBEAT_S:
            record_state(self._run, "running", report)
            self._beaten = time.monotonic()
