"""Closes runs that died: killed, or ended by a crash or a power cut before they could say so.

Whether a run is alive is decided by the slot, if it needed the slot, by its process, if it ran
on this machine, and otherwise by the age of its last sign of life.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flows.events import RunEnded, RunFailed, RunInterrupted
from flows.logs import Event
from warehouse.append import AppendCount, append_rows, run_count
from warehouse.conditions import Connection
from warehouse.lock import is_alive
from warehouse.run_queries import OpenRun, open_runs

SLOTTED: Final = frozenset({"ingest", "backfill", "reprocess", "rebuild", "compact", "retry"})
# A run shows signs of life between batches; a backup shows none and may take hours.
SILENCE: Final = timedelta(days=1)


def close_dead_runs(con: Connection, *, holds_slot: bool) -> list[dict[str, object]]:
    """Record the runs that have died as interrupted; return their rows.

    Args:
        con: The live file.
        holds_slot: Whether the caller holds the slot, so that no other run can have it.
    """
    now = datetime.now(UTC)
    dead = [run for run in open_runs(con) if is_dead(run, now, holds_slot=holds_slot)]
    rows = [_closed(run, run_count(con, run.run_id), now) for run in dead]
    append_rows(con, "runs", rows)
    return rows


def is_dead(run: OpenRun, now: datetime, *, holds_slot: bool = False) -> bool:
    """Return whether a run whose last state is `running` has certainly ended."""
    if holds_slot and run.flow in SLOTTED:
        return True
    if run.host == socket.gethostname():
        return not is_alive(run.pid, since=run.recorded_at)
    return now - run.recorded_at >= SILENCE


def _closed(run: OpenRun, count: AppendCount, now: datetime) -> dict[str, object]:
    counted = {name: getattr(count, name) for name in AppendCount.__slots__}
    return counted | {
        "run_id": run.run_id,
        "flow": run.flow,
        "state": "interrupted",
        "recorded_at": now,
        "started_at": run.started_at,
        "detail": f"the process died after {run.recorded_at:%Y-%m-%d %H:%M:%S} UTC",
        "parameters": run.parameters,
        "flow_run_id": run.flow_run_id,
        "host": run.host,
        "pid": run.pid,
    }


def end_event(row: Mapping[str, Any]) -> Event:
    """Return the event for the last state of a run: a row of `runs`."""
    kinds: dict[str, type[Event]] = {"failed": RunFailed, "interrupted": RunInterrupted}
    kind = kinds.get(row["state"], RunEnded)
    return kind(**{name: row.get(name) for name in kind.field_names()})
