"""The runs of the last days from the live file, read at most every few seconds.

Many readers may watch a run, and each look keeps its writer waiting for a moment.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flows.runs.dead_runs import is_dead
from warehouse.errors import WarehouseError
from warehouse.folder import DataFolder
from warehouse.live_runs import read_live_runs
from warehouse.run_queries import OpenRun

_SPAN: Final = timedelta(days=2)
_KEPT_S: Final = 2.0

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunsNow:
    """The runs as they are now.

    Attributes:
        rows: The last state of each run of the last two days, the newest first; one whose
            process has died is `interrupted`.
        read_at: When the live file was read, UTC; None if it never could be.
    """

    rows: tuple[Row, ...] = ()
    read_at: datetime | None = None


class LiveRuns:
    """Reads the runs; several threads may ask."""

    def __init__(self, folder: DataFolder) -> None:
        """Set up; nothing is read yet."""
        self._folder = folder
        self._lock = threading.Lock()
        self._tried = float("-inf")
        self._found = RunsNow()

    def now(self) -> RunsNow:
        """Return the runs; while a writer has the live file, those of the last look."""
        with self._lock:
            if time.monotonic() - self._tried >= _KEPT_S:
                self._look()
                self._tried = time.monotonic()
            return self._found

    def _look(self) -> None:
        now = datetime.now(UTC)
        try:
            rows = read_live_runs(self._folder, since=now - _SPAN)
        except WarehouseError:  # a writer has it, or the next run will say what is wrong
            return
        self._found = RunsNow(tuple(_with_end(row, now) for row in rows), now)


def _with_end(row: Row, now: datetime) -> Row:
    if row["state"] != "running":
        return row
    names = OpenRun.__slots__
    if not is_dead(OpenRun(**{name: row[name] for name in names}), now):
        return row
    return row | {"state": "interrupted", "detail": "its process died"}
