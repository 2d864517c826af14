"""The spool: batches of rows on disk that wait to be appended to the warehouse.

A batch is a folder of newline-delimited JSON files, one per table. It is written under a
temporary name, synced and renamed, so a batch is never incomplete. It is removed when the
ledger has it. If the warehouse is locked or the disk is full, it waits for the next run.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from warehouse.errors import BatchRefusedError, WarehouseUnwritableError
from warehouse.files import sync_file, sync_folder
from warehouse.lock import is_alive
from warehouse.rows import Row

_HEAD = "batch.json"
_PARTIAL = ".partial-"
_DONE = ".done-"
_STALE_S = 86_400.0  # a batch is written in seconds; a PID may be reused


@dataclass(slots=True, kw_only=True)
class Batch:
    """Rows that are appended to the warehouse in one transaction.

    Attributes:
        run_id: Run that made it.
        seen: Number of documents in it.
        known: Documents that were already in the warehouse.
        rejected: Documents that were refused.
        lines: Lines of the file of each table, in pieces of one or more rows.
    """

    run_id: str
    seen: int = 0
    known: int = 0
    rejected: int = 0
    lines: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rows: Mapping[str, Iterable[Row]]) -> None:
        """Add the rows of one document."""
        self.add_lines(as_lines(rows))

    def add_lines(self, lines: Mapping[str, bytes]) -> None:
        """Add the rows that `as_lines` returned."""
        for table, some in lines.items():
            self.lines[table].append(some)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Keys and counts of a spooled batch."""

    batch_id: str
    run_id: str
    seen: int
    known: int
    rejected: int


@dataclass(frozen=True, slots=True)
class SpooledBatch:
    """A batch on disk."""

    path: Path

    @property
    def head(self) -> Head:
        """Keys and counts of the batch.

        Raises:
            FileNotFoundError: The batch was removed.
            BatchRefusedError: Its head cannot be read.
        """
        try:
            return Head(**orjson.loads((self.path / _HEAD).read_bytes()))
        except (ValueError, TypeError) as exc:
            raise BatchRefusedError(self.path, f"{_HEAD} is damaged: {exc}") from exc

    @property
    def tables(self) -> dict[str, Path]:
        """The file of each table that has rows."""
        return {path.stem: path for path in sorted(self.path.glob("*.ndjson"))}

    def remove(self) -> None:
        """Remove the batch, because the ledger has it; it may already be removed."""
        # Renamed first: a half-removed folder must not look like a batch with fewer rows.
        done = self.path.with_name(f"{_DONE}{self.path.name}")
        with contextlib.suppress(FileNotFoundError):
            self.path.rename(done)
        shutil.rmtree(done, ignore_errors=True)

    def set_aside(self, quarantine: Path) -> Path:
        """Move the batch to the quarantine folder and return its new path."""
        target = quarantine / "spool" / self.path.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            return self.path.rename(target)
        except FileNotFoundError:
            raise
        except OSError as exc:
            raise WarehouseUnwritableError(target.parent, exc.strerror or str(exc)) from exc


def as_lines(rows: Mapping[str, Iterable[Row]]) -> dict[str, bytes]:
    """Return the rows of each table as newline-delimited JSON, without empty tables."""
    lines = {table: b"".join(map(_line, items)) for table, items in rows.items()}
    return {table: some for table, some in lines.items() if some}


def spool(batch: Batch, folder: Path) -> SpooledBatch:
    """Write a batch to a new folder in `folder` and sync it.

    Raises:
        WarehouseUnwritableError: The disk is full or read-only; nothing is left of it.
    """
    batch_id = f"b1-{uuid.uuid4().hex}"
    partial, final = folder / f"{_PARTIAL}{os.getpid()}-{batch_id}", folder / batch_id
    head = Head(batch_id=batch_id, run_id=batch.run_id, seen=batch.seen,
                known=batch.known, rejected=batch.rejected)  # fmt: skip
    try:
        partial.mkdir(parents=True)
        for table, lines in batch.lines.items():
            _write(partial / f"{table}.ndjson", lines)
        _write(partial / _HEAD, [orjson.dumps(asdict(head))])
        sync_folder(partial)
        partial.rename(final)
        sync_folder(folder)
    except OSError as exc:
        shutil.rmtree(partial, ignore_errors=True)
        raise WarehouseUnwritableError(folder, exc.strerror or str(exc)) from exc
    return SpooledBatch(final)


def spooled(folder: Path) -> list[SpooledBatch]:
    """Return the batches that wait in `folder`, oldest first.

    Partial folders of killed processes are removed.
    """
    if not folder.is_dir():
        return []
    waiting = []
    for path in folder.iterdir():
        if _is_left(path):
            shutil.rmtree(path, ignore_errors=True)
        elif not path.name.startswith("."):
            with contextlib.suppress(FileNotFoundError):  # its own run has just removed it
                waiting.append(((path / _HEAD).stat().st_mtime_ns, path))
    return [SpooledBatch(path) for _, path in sorted(waiting)]


def _is_left(path: Path) -> bool:
    """Whether a folder of the spool is the leftover of a killed process."""
    if path.name.startswith(_DONE):
        return True
    pid = path.name.removeprefix(_PARTIAL).partition("-")[0]
    if not path.name.startswith(_PARTIAL) or not pid.isdecimal():
        return False
    with contextlib.suppress(FileNotFoundError):
        return not is_alive(int(pid)) or time.time() - path.stat().st_mtime > _STALE_S
    return False


def _line(row: Row) -> bytes:
    try:
        return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        # A lone surrogate is not valid Unicode, and DuckDB refuses it too.
        return orjson.dumps(_mended(row), option=orjson.OPT_APPEND_NEWLINE)


def _mended(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _mended(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(item) for item in value]
    return value


def _write(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        stream.writelines(lines)
    sync_file(path)
