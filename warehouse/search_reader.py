"""The newest snapshot and its index, opened once and shared by many searches.

To open the index takes as long as a search. A reader keeps it open until a newer snapshot or
index is there.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from warehouse.connect import translated
from warehouse.errors import WarehouseError
from warehouse.folder import DataFolder
from warehouse.search import open_whole_index
from warehouse.search_index import Month, indexed_snapshot, search_folder

# All searches share it.
_MEMORY: Final = "400MB"
_AT_ONCE: Final = 2  # more would share the same cores, and need more memory

_Version = tuple[Path, int]


@dataclass(slots=True)
class _Opened:
    """An open index and how many searches read it."""

    con: duckdb.DuckDBPyConnection
    months: Sequence[Month]
    version: _Version
    is_of_snapshot: bool  # not of the one before, whose rows may have other numbers
    searches: int = 0


class SearchReader:
    """Gives each search a connection to the newest snapshot and its index."""

    def __init__(self, folder: DataFolder) -> None:
        """Set up the reader; no file is opened before the first search."""
        self._folder = folder
        self._lock = threading.Lock()
        self._newest: _Opened | None = None
        self._free = threading.BoundedSemaphore(_AT_ONCE)

    @contextlib.contextmanager
    def reading(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Sequence[Month]]]:
        """Open a connection with the databases `m0`, `m1`, ... of all months and `snapshot`.

        Raises:
            WarehouseMissingError: Nothing was published yet.
            IndexDamagedError: A file of the index is missing or cannot be read.
            WarehouseError: The snapshot cannot be read; the message says what to do.
        """
        opened = self._acquire()
        try:
            with opened.con.cursor() as con, translated(opened.version[0]):
                yield con, opened.months
        finally:
            self._release(opened)

    @contextlib.contextmanager
    def searching(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Sequence[Month]]]:
        """Open a connection as `reading` does, for a search that ends soon; few run at a time."""
        with self._free, self.reading() as opened:
            yield opened

    @contextlib.contextmanager
    def reading_of(
        self, snapshot: Path
    ) -> Iterator[tuple[duckdb.DuckDBPyConnection, Sequence[Month]] | None]:
        """Open a connection as `reading` does; None if this snapshot has no index that is complete."""
        try:
            opened = self._acquire()
        except WarehouseError:
            yield None
            return
        try:
            if not opened.is_of_snapshot or opened.version[0] != snapshot:
                yield None
                return
            with opened.con.cursor() as con, translated(snapshot):
                yield con, opened.months
        finally:
            self._release(opened)

    def close(self) -> None:
        """Close the index when nobody reads it any more."""
        with self._lock:
            opened, self._newest = self._newest, None
            if opened is not None and not opened.searches:
                opened.con.close()

    def close_older(self) -> None:
        """Close the index of a snapshot that is not the newest any more, unless somebody reads it."""
        with self._lock:
            opened = self._newest
            if opened and not opened.searches and opened.version != self._version():
                self._newest = None
                opened.con.close()

    def _acquire(self) -> _Opened:
        with self._lock:
            opened, version = self._newest, self._version()
            if opened is None or opened.version != version:
                con, months = open_whole_index(self._folder, memory=_MEMORY)
                is_of_snapshot = (
                    indexed_snapshot(self._folder) == version[0].name and self._version() == version
                )
                if opened is not None and not opened.searches:
                    opened.con.close()
                opened = self._newest = _Opened(con, months, version, is_of_snapshot)
            opened.searches += 1
            return opened

    def _release(self, opened: _Opened) -> None:
        with self._lock:
            opened.searches -= 1
            if not opened.searches and opened is not self._newest:
                opened.con.close()

    def _version(self) -> _Version:
        """Return what changes with each snapshot and each index."""
        try:
            at = (search_folder(self._folder) / "manifest.json").stat().st_mtime_ns
        except FileNotFoundError:
            at = 0
        return self._folder.newest.resolve(), at
