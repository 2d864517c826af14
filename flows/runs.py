"""One execution of a flow: its key, its states in the warehouse, its report."""

from __future__ import annotations

import contextlib
import os
import socket
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from flows.errors import TallyError
from flows.settings import Settings
from flows.stopping import stoppable, was_interrupted
from flows.tallies import PollTally
from transforms.errors import OnrecordError
from transforms.records import Rejection
from warehouse.append import AppendCount, append_rows, run_count
from warehouse.connect import open_live
from warehouse.errors import WarehouseError
from warehouse.run_queries import RowCounts

HEARTBEAT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a flow.

    Attributes:
        now: The instant that all its rows carry, and that nothing is published after.
        parameters: What it was asked to do, without secrets.
        flow_run_id: Prefect's key of it, None without Prefect.
    """

    run_id: str
    flow: str
    now: datetime
    settings: Settings
    parameters: dict[str, Any]
    flow_run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run did, each document counted once.

    Attributes:
        polls: What became of the feeds, None where none were polled.
        rejections: Every refusal, in order.
        snapshot: The snapshot that readers see now, None when nothing was published.
        seconds: Wall seconds.
    """

    run_id: str
    count: AppendCount = field(default_factory=AppendCount)
    rows: RowCounts = field(default_factory=RowCounts)
    polls: PollTally | None = None
    rejections: tuple[Rejection, ...] = ()
    snapshot: Path | None = None
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the report for machines: plain values under the names of the columns."""
        return {
            "run_id": self.run_id,
            **{name: getattr(self.count, name) for name in AppendCount.__slots__},
            "rows": {name: getattr(self.rows, name) for name in RowCounts.__slots__},
            "polls": asdict(self.polls) if self.polls else None,
            "rejections": [
                {name: getattr(rejection, name) for name in Rejection.__slots__}
                for rejection in self.rejections
            ],
            "snapshot": str(self.snapshot) if self.snapshot else None,
            "seconds": round(self.seconds, 3),
        }


def begin_run(
    flow: str,
    settings: Settings,
    *,
    parameters: dict[str, Any],
    now: datetime,
    flow_run_id: str | None = None,
    state: str = "running",
    detail: str | None = None,
) -> Run:
    """Return a new run, recorded as running unless it is said to be skipped.

    Raises:
        WarehouseError: The warehouse cannot be written; nothing was done yet.
    """
    run = Run(
        run_id=f"run-{uuid.uuid4().hex}",
        flow=flow,
        now=now,
        settings=settings,
        parameters=parameters,
        flow_run_id=flow_run_id,
    )
    record_state(run, state, detail=detail)
    return run


def record_state(
    run: Run, state: str, report: RunReport | None = None, *, detail: str | None = None
) -> None:
    """Append the state that `run` reached to the table `runs`."""
    row: dict[str, Any] = {
        "run_id": run.run_id,
        "flow": run.flow,
        "state": state,
        "recorded_at": datetime.now(UTC),
        "started_at": run.now,
        "detail": detail,
        "parameters": orjson.dumps(run.parameters).decode(),
        "flow_run_id": run.flow_run_id,
        "host": socket.gethostname(),
        "pid": os.getpid(),
    }
    if report is not None:
        row |= {name: getattr(report.count, name) for name in AppendCount.__slots__}
        row["seconds"] = report.seconds
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        append_rows(con, "runs", [row])


@contextlib.contextmanager
def failure_recorded(run: Run) -> Iterator[None]:
    """Record the run as failed or interrupted where the body of the `with` raises."""
    with stoppable():
        try:
            yield
        except BaseException as exc:
            is_stopped = was_interrupted(exc)
            detail = "stopped by a signal" if is_stopped else str(exc) or type(exc).__name__
            # The first error is the one to tell.
            with contextlib.suppress(OnrecordError, WarehouseError):
                state = "interrupted" if is_stopped else "failed"
                record_state(run, state, _committed(run), detail=detail)
            raise


def _committed(run: Run) -> RunReport:
    """Return what the ledger has of a run that ended before it could report itself."""
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        count = run_count(con, run.run_id)
    seconds = (datetime.now(UTC) - run.now).total_seconds()
    return RunReport(run_id=run.run_id, count=count, seconds=seconds)


class Heartbeat:
    """Shows how far a run is, in `runs`, at most once a minute."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._beaten = time.monotonic()

    def beat(self, report: RunReport) -> None:
        """Record that the run is alive, with what it has done so far."""
        if time.monotonic() - self._beaten >= HEARTBEAT_S:
            record_state(self._run, "running", report)
            self._beaten = time.monotonic()


def with_batch(report: RunReport, count: AppendCount, rejections: list[Rejection]) -> RunReport:
    """Return `report` with one more batch in it."""
    return replace(report, count=report.count + count, rejections=(*report.rejections, *rejections))


def check_tally(report: RunReport, *, seen: int) -> None:
    """Raise TallyError unless the documents read are those that were counted, each once."""
    count = report.count
    if not seen == count.seen == count.appended + count.known + count.rejected:
        raise TallyError((seen, count))
