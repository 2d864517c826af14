"""Errors of the warehouse; each one says what to do.

WarehouseError
├── WarehouseBusyError(path, holder)       try again later: another process writes
├── WarehouseDamagedError(path, reason)    stop: restore a snapshot
│   └── SnapshotDamagedError(path, reason) publish again: readers get a new snapshot
├── IndexDamagedError(path, reason)        stop: remove the search index and publish again
├── WarehouseUnwritableError(path, reason) stop: disk full, read-only or no permission
├── WarehouseMemoryError(path, reason)     stop: allow more memory or use smaller batches
├── BatchRefusedError(path, reason)        continue: the batch is set aside
├── WarehouseMissingError(path)            stop: nothing was loaded or published yet
├── SchemaTooNewError(path, found, known)  stop: a newer onrecord made this file
├── SchemaTooOldError(path)                publish again: an older onrecord made this file
├── StorageTooNewError(path, reason)       stop: a newer DuckDB made this file
├── MigrationError(name, reason)           stop: the file was rolled back
├── ExportError(target, reason)            stop: the target cannot take the export
├── ExtensionMissingError(name, package)   stop: install the wheel that fits DuckDB
├── WatchError(name, problem)              stop: choose another name
└── QueryError(problem)                    fix the query
    └── SearchSyntaxError(problem)         fix the question of a search
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from transforms.errors import OnrecordError

_LIMITS: Final = {
    "File too large": "raise the limit on the size of files (`ulimit -f`)",
    "Too many open files": "raise the limit on open files (`ulimit -n`)",
}


class WarehouseError(OnrecordError):
    """The root of every error of the warehouse; each says what to do."""


class WarehouseBusyError(WarehouseError):
    """Another process held the live file for longer than the time to wait."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(path, holder)
        self.path, self.holder = path, holder

    def __str__(self) -> str:
        return f"{self.path} is locked by {self.holder}: end that process or try again later"


class WarehouseDamagedError(WarehouseError):
    """The file is not a DuckDB database, or its checksums do not match."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"{self.path} is damaged or not a warehouse ({self.reason}): run `onrecord restore` to "
            "set it aside and replace it by the newest sound snapshot"
        )


class SnapshotDamagedError(WarehouseDamagedError):
    """The newest snapshot is damaged; the live file may be sound."""

    def __str__(self) -> str:
        return f"{self.path} is damaged ({self.reason}): run `onrecord publish` to replace it"


class IndexDamagedError(WarehouseError):
    """A file of the full-text index is missing or cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"the search index {self.path} is damaged ({self.reason}): remove that folder and run "
            "`onrecord publish`"
        )


class WarehouseUnwritableError(WarehouseError):
    """The disk is full or read-only, or the folder is not writable."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        advice = next(
            (advice for sign, advice in _LIMITS.items() if sign in self.reason),
            "free some space or use another disk",
        )
        return f"{self.path} cannot be written ({self.reason}): {advice}, then run again"


class WarehouseMemoryError(WarehouseError):
    """DuckDB needed more memory than it is allowed to use."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"{self.path} needs more memory ({self.reason}): close other programs or set a "
            "smaller ONRECORD_BATCH_DOCUMENTS"
        )


class BatchRefusedError(WarehouseError):
    """The rows of a spooled batch do not fit the warehouse; none was appended."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"batch {self.path} cannot be appended ({self.reason}): the next run moves it to the "
            "quarantine folder; load its documents again"
        )


class WarehouseMissingError(WarehouseError):
    """There is no warehouse yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return (
            f"{self.path} does not exist: run `onrecord init` or `onrecord load PATH`, or name the "
            "data folder with --data"
        )


class SchemaTooNewError(WarehouseError):
    """The file has migrations that this version of onrecord does not have."""

    def __init__(self, path: Path, found: str, known: str) -> None:
        super().__init__(path, found, known)
        self.path, self.found, self.known = path, found, known

    def __str__(self) -> str:
        return (
            f"{self.path} was made by a newer onrecord (migration {self.found}, this version "
            f"knows up to {self.known}): update onrecord, or put back the warehouse from before the "
            "update, published/before-*.duckdb (see Upgrade in the README)"
        )


class SchemaTooOldError(WarehouseError):
    """A snapshot lacks a table, view or column that this version queries."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path} was made by an older onrecord: run `onrecord publish`"


class StorageTooNewError(WarehouseError):
    """The file has a storage format that this DuckDB cannot read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path} was written by a newer DuckDB: update duckdb ({self.reason})"


class MigrationError(WarehouseError):
    """A migration failed, or its file was edited after it was applied."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name, self.reason = name, reason

    def __str__(self) -> str:
        return f"migration {self.name}: {self.reason}"


class ExportError(WarehouseError):
    """The target of an export cannot be read or written."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(target, reason)
        self.target, self.reason = target, reason

    def __str__(self) -> str:
        return f"export to {self.target}: {self.reason}"


class ExtensionMissingError(WarehouseError):
    """A DuckDB extension is not installed for the running version."""

    def __init__(self, name: str, package: str) -> None:
        super().__init__(name, package)
        self.name, self.package = name, package

    def __str__(self) -> str:
        return f"the DuckDB extension {self.name} is not installed: pip install {self.package}"


class QueryError(WarehouseError):
    """A query was refused or took too long."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem


class SearchSyntaxError(QueryError):
    """The question of a search cannot be read; the message says at which character."""

    exit_code = 2

    @property
    def at(self) -> int | None:
        """The character that the message names, counted from 1; None if it names none."""
        found = re.search(r"\bat character (\d+)", str(self))
        return int(found[1]) if found else None


class WatchError(WarehouseError):
    """A watch cannot be added, or there is none with this name."""

    exit_code = 2

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name, self.problem = name, problem

    def __str__(self) -> str:
        return f"watch {self.name}: {self.problem}"
