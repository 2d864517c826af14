"""The newest snapshot, opened once and shared by all requests."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from warehouse.conditions import Connection
from warehouse.connect import connect_snapshot, snapshot_errors
from warehouse.folder import DataFolder

# All requests share it. What does not fit is written to no disk, because readers may write none.
_MEMORY: Final = "400MB"


@dataclass(slots=True)
class _Opened:
    """An open snapshot and how many requests read it."""

    con: Connection
    path: Path
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
        self._newest: _Opened | None = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[tuple[Connection, Path]]:
        """Open a connection to the newest snapshot, and tell its file.

        Raises:
            WarehouseMissingError: Nothing was published yet.
            SchemaTooOldError: An older onrecord published it.
            WarehouseError: It cannot be read; the message says what to do.
        """
        opened = self._acquire()
        try:
            with opened.con.cursor() as con, snapshot_errors(con, opened.path):
                yield con, opened.path
        finally:
            self._release(opened)

    def close(self) -> None:
        """Close the newest snapshot when nobody reads it any more."""
        with self._lock:
            opened, self._newest = self._newest, None
            if opened is not None and not opened.readers:
                opened.con.close()

    def _acquire(self) -> _Opened:
        with self._lock:
            opened = self._newest
            if opened is None or opened.path != self._folder.newest.resolve():
                con, path = connect_snapshot(self._folder, limits={"memory_limit": _MEMORY})
                if opened is not None and not opened.readers:
                    opened.con.close()
                opened = self._newest = _Opened(con, path)
            opened.readers += 1
            return opened

    def _release(self, opened: _Opened) -> None:
        with self._lock:
            opened.readers -= 1
            if not opened.readers and opened is not self._newest:
                opened.con.close()
