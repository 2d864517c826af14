"""The newest snapshot, opened once and shared by all requests."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from warehouse.conditions import Connection
from warehouse.connect import connect_snapshot, snapshot_errors
from warehouse.folder import DataFolder

# All requests share it. What does not fit is written to no disk, because readers may write none.
_LIMITS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "memory_limit": "300MB",
    # So many rows of a table are found by their numbers without reading the others.
    "dynamic_or_filter_threshold": "2000",
}
_MOST_ANSWERS, _MOST_ROWS, _MOST_CHARS = 400, 200, 100_000  # 40 MB at most


class KeptAnswers:
    """Answers to the queries of one snapshot, which never change; the least used ones go first."""

    def __init__(self) -> None:
        """Start without answers."""
        self._answers: OrderedDict[Hashable, list[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: Hashable) -> list[Any] | None:
        """Return the rows that were kept for a question, None if there are none."""
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
            return self._answers.get(question)

    def keep(self, question: Hashable, rows: list[Any]) -> None:
        """Keep the rows of a question, unless they are many or long."""
        if len(rows) > _MOST_ROWS or len(str(rows)) > _MOST_CHARS:
            return
        with self._lock:
            self._answers[question] = rows
            if len(self._answers) > _MOST_ANSWERS:
                self._answers.popitem(last=False)


@dataclass(slots=True)
class OpenSnapshot:
    """An open snapshot.

    Attributes:
        con: The connection that each request copies.
        path: The file.
        answers: Answers to queries on it.
        readers: How many requests read it.
    """

    con: Connection
    path: Path
    answers: KeptAnswers = field(default_factory=KeptAnswers)
    readers: int = 0


class Snapshots:
    """Gives each request a connection to the newest snapshot.

    A request goes on with the snapshot that it began with. An older file is closed when its last
    request has ended, so that no removed file keeps its space.
    """

    def __init__(self, folder: DataFolder) -> None:
        """Set up the connections; no file is opened before the first request."""
        self._folder = folder
        self._lock = threading.Lock()
        self._newest: OpenSnapshot | None = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[tuple[Connection, OpenSnapshot]]:
        """Open a connection to the newest snapshot, and tell which one it is.

        Raises:
            WarehouseMissingError: Nothing was published yet.
            SchemaTooOldError: An older onrecord published it.
            WarehouseError: It cannot be read; the message says what to do.
        """
        opened = self._acquire()
        try:
            with opened.con.cursor() as con, snapshot_errors(con, opened.path):
                yield con, opened
        finally:
            self._release(opened)

    def close(self) -> None:
        """Close the newest snapshot when nobody reads it any more."""
        with self._lock:
            opened, self._newest = self._newest, None
            if opened is not None and not opened.readers:
                opened.con.close()

    def _acquire(self) -> OpenSnapshot:
        with self._lock:
            opened = self._newest
            if opened is None or opened.path != self._folder.newest.resolve():
                con, path = connect_snapshot(self._folder, limits=_LIMITS)
                if opened is not None and not opened.readers:
                    opened.con.close()
                opened = self._newest = OpenSnapshot(con, path)
            opened.readers += 1
            return opened

    def _release(self, opened: OpenSnapshot) -> None:
        with self._lock:
            opened.readers -= 1
            if not opened.readers and opened is not self._newest:
                opened.con.close()
