"""Batches of rows on disk, on their way to the warehouse.

A batch is a folder of newline-delimited JSON, one file a table, that appears under its
name in one step (written beside it, synced, renamed). It leaves when the ledger has it.
So a batch is never half there, and one that finds the warehouse locked or the disk full
waits for the next run.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from warehouse.errors import WarehouseUnwritableError
from warehouse.rows import Row

_HEAD = "batch.json"
_PARTIAL = ".partial-"


@dataclass(slots=True, kw_only=True)
class Batch:
    """Rows that go into the warehouse in one transaction.

    Attributes:
        run_id: Run that made it.
        seen: Documents in it, of which `known` were in the warehouse before and
            `rejected` were refused.
        rows: Rows of each table.
    """

    run_id: str
    seen: int = 0
    known: int = 0
    rejected: int = 0
    rows: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rows: Mapping[str, Iterable[Row]]) -> None:
        """Add the rows of one document."""
        for table, items in rows.items():
            self.rows[table].extend(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a spooled batch says of itself."""

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
        """What the batch says of itself."""
        return Head(**orjson.loads((self.path / _HEAD).read_bytes()))

    @property
    def tables(self) -> dict[str, Path]:
        """The file of each table that it has rows for."""
        return {path.stem: path for path in sorted(self.path.glob("*.ndjson"))}

    def remove(self) -> None:
        """Drop the batch: the ledger has it."""
        shutil.rmtree(self.path)


def spool(batch: Batch, folder: Path) -> SpooledBatch:
    """Write `batch` below `folder`, synced; raises WarehouseUnwritableError."""
    batch_id = f"b1-{uuid.uuid4().hex}"
    partial, final = folder / f"{_PARTIAL}{os.getpid()}-{batch_id}", folder / batch_id
    head = Head(batch_id=batch_id, run_id=batch.run_id, seen=batch.seen,
                known=batch.known, rejected=batch.rejected)  # fmt: skip
    try:
        partial.mkdir(parents=True)
        for table, rows in batch.rows.items():
            if rows:
                _write(partial / f"{table}.ndjson", b"".join(map(_line, rows)))
        _write(partial / _HEAD, orjson.dumps(asdict(head)))
        _sync(partial)
        partial.rename(final)
        _sync(folder)
    except OSError as exc:
        shutil.rmtree(partial, ignore_errors=True)
        raise WarehouseUnwritableError(folder, exc.strerror or str(exc)) from exc
    return SpooledBatch(final)


def spooled(folder: Path) -> list[SpooledBatch]:
    """Return the batches that wait in `folder`, oldest first; drops what the dead left half."""
    if not folder.is_dir():
        return []
    for partial in folder.glob(f"{_PARTIAL}*"):
        pid = int(partial.name.removeprefix(_PARTIAL).partition("-")[0])
        if not _is_alive(pid):
            shutil.rmtree(partial, ignore_errors=True)
    waiting = [path for path in folder.iterdir() if (path / _HEAD).is_file()]
    return [SpooledBatch(path) for path in sorted(waiting, key=lambda p: (p.stat().st_mtime_ns, p))]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _line(row: Row) -> bytes:
    try:
        return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # a lone surrogate is no Unicode text: DuckDB refuses it too
        return orjson.dumps(_mended(row), option=orjson.OPT_APPEND_NEWLINE)


def _mended(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _mended(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(item) for item in value]
    return value


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
