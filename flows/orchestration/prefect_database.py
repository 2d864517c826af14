"""The SQLite file in which our Prefect server keeps its history of runs.

It holds nothing that a run needs: due times, progress and reports are in the warehouse. So a
lost or damaged file costs only what Prefect's pages show, and the server starts with a new
one. This module does not import Prefect.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

_ELSEWHERE: Final = (
    "PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL",
)  # fmt: skip
_LEAST_FREE_BYTES: Final = 4_000_000
_LOCK_WAIT_S: Final = 2.0
# Prefect's note of what it has put into the database; it would leave a new one without it.
_NOTE: Final = "memo_store.toml"
# The codes of `sqlite3` for a file whose content is not what SQLite wrote.
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# A lock for writing, and a look at every page; what a look at the first page shows.
_CHECK: Final = ("BEGIN IMMEDIATE", "ROLLBACK", "PRAGMA quick_check(1)")
_LOOK: Final = ("SELECT count(*) FROM sqlite_master",)
_LOCKED: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True, slots=True)
class PrefectDatabase:
    """The file, and which one it was when the server was up.

    Attributes:
        path: The file; None if the server keeps its history elsewhere.
        identity: Device and inode of the file; None if there was none.
    """

    path: Path | None
    identity: tuple[int, int] | None = None

    @classmethod
    def of_environment(cls) -> PrefectDatabase:
        """Return the database of a server that is started with this environment."""
        if any(name in os.environ for name in _ELSEWHERE):
            return cls(None)
        path = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect") / "prefect.db"
        return cls(path, _identity(path))

    def loss(self) -> str | None:
        """Return why a running server has lost the file, None if it has not.

        A server does not notice that its file was deleted or replaced, and answers from its
        memory for a while if it was overwritten.
        """
        if self.path is None or self.identity is None:
            return None
        if self._is_replaced:
            return f"its database {self.path} was deleted or replaced"
        if _code(_error_of(self.path, _LOOK, wait_s=0.0)) in _DAMAGED:
            return f"its database {self.path} is damaged"
        return None

    @property
    def _is_replaced(self) -> bool:
        return (
            self.path is not None
            and self.identity is not None
            and _identity(self.path) != self.identity
        )

    def problem(self) -> str | None:
        """Return why a server cannot use the file; None if the file is sound or new.

        No server may be running on it.
        """
        if self.path is None:
            return None
        if self._is_replaced:
            return f"its database {self.path} was deleted or replaced"
        with contextlib.suppress(OSError):
            if shutil.disk_usage(self.path.parent).free < _LEAST_FREE_BYTES:
                return f"the disk of its database {self.path} is full: free some space"
        if not self.path.exists():
            return None
        return _problem_of(self.path)

    def make_way(self, now: datetime) -> Path | None:
        """Rename a damaged file, so that a server makes a new one; return the new name.

        What belongs to a damaged or deleted file is removed. No server may be running on it.

        Raises:
            OSError: The folder cannot be written.
        """
        if self.path is None:
            return None
        is_damaged = _code(_error_of(self.path)) in _DAMAGED
        if not (is_damaged or self._is_replaced):
            return None
        for name in (_NOTE, f"{self.path.name}-wal", f"{self.path.name}-shm"):
            self.path.with_name(name).unlink(missing_ok=True)
        if not is_damaged:
            return None
        kept = self.path.with_name(f"{self.path.name}.damaged-{now:%Y%m%dT%H%M%S}")
        self.path.rename(kept)
        return kept


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _problem_of(path: Path) -> str | None:
    error = _error_of(path)
    if error is None:
        return None
    if _code(error) in _LOCKED:
        return f"its database {path} is locked by another program: end that program"
    return f"its database {path} cannot be used ({error})"


def _code(error: sqlite3.Error | None) -> int:
    """Return the primary code of an error, which is in its lowest byte; 0 for none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _error_of(
    path: Path, check: tuple[str, ...] = _CHECK, *, wait_s: float = _LOCK_WAIT_S
) -> sqlite3.Error | None:
    """Return the error of a check of an existing file, None if there is none."""
    if not path.exists():
        return None
    found: list[tuple[object, ...]] = []
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=wait_s)) as con:
            for statement in check:
                found = con.execute(statement).fetchall()
    except sqlite3.Error as exc:
        return exc
    if check == _LOOK or found == [("ok",)]:
        return None
    damaged = sqlite3.DatabaseError(*found[0])
    damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return damaged
