"""Reports the state of a warehouse: disk, files, lock, runs and spool.

Every column of every table is read, because DuckDB verifies the checksum of a block when
it reads the block. Nothing here takes the writer's lock or writes to a file.
"""

from __future__ import annotations

import contextlib
import math
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import duckdb

from warehouse.connect import open_file
from warehouse.errors import WarehouseBusyError, WarehouseError
from warehouse.folder import DataFolder
from warehouse.integrity import read_through
from warehouse.lock import is_alive, lock_holder
from warehouse.publish import snapshots
from warehouse.spool import spooled

_UNITS = ("kB", "MB", "GB", "TB")
LOW_DISK_BYTES = 1_000_000_000  # a batch, a snapshot and a spilling query may need more


_OPEN_RUNS = """
SELECT
    run_id,
    arg_max(flow, recorded_at),
    arg_max(host, recorded_at),
    arg_max(pid, recorded_at),
    max(recorded_at)
FROM runs
GROUP BY run_id
HAVING bool_and(state = 'running')
ORDER BY max(recorded_at)
"""


class Level(StrEnum):
    """Severity of a finding."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """Subject, severity and details of a finding, with what to do about a problem."""

    subject: str
    level: Level
    detail: str


def look(folder: DataFolder) -> Iterator[Finding]:
    """Yield findings about disk, lock, files, runs, spool and quarantine."""
    for check in (_disk, _lock, _live, _runs, _spool, _snapshots, _quarantine):
        yield from check(folder)


def _disk(folder: DataFolder) -> Iterator[Finding]:
    root = next(path for path in (folder.root, *folder.root.absolute().parents) if path.exists())
    free = shutil.disk_usage(root).free
    live = folder.live.stat().st_size if folder.live.exists() else 0
    # Publishing copies the live file, and compacting rewrites it.
    level = Level.WARNING if free < max(LOW_DISK_BYTES, 2 * live) else Level.OK
    advice = (
        "" if level is Level.OK else ": free some space, or the next snapshot or batch may not fit"
    )
    yield Finding("disk", level, f"{size(free)} free, live file {size(live)}{advice}")


def _lock(folder: DataFolder) -> Iterator[Finding]:
    holder = lock_holder(folder.lock)
    yield Finding("lock", Level.OK, f"held by process {holder}" if holder else "free")


def _live(folder: DataFolder) -> Iterator[Finding]:
    if not folder.live.exists():
        level = Level.ERROR if snapshots(folder) else Level.WARNING
        advice = "run `onrecord restore`" if snapshots(folder) else "run `onrecord load PATH`"
        yield Finding("live file", level, f"does not exist: {advice}")
        return
    yield _read(folder.live, "live file", "run `onrecord restore`")
    log = folder.live.with_name(f"{folder.live.name}.wal")
    if log.exists():
        yield Finding(
            "write-ahead log",
            Level.OK,
            f"{size(log.stat().st_size)}: a writer is working or was killed; the log is replayed "
            "when the live file is next opened",
        )


def _read(path: Path, subject: str, advice: str) -> Finding:
    try:
        rows = read_through(path)
    except WarehouseBusyError as exc:
        return Finding(subject, Level.OK, f"in use by {exc.holder}, not read")
    except (WarehouseError, duckdb.Error) as exc:
        return Finding(subject, Level.ERROR, f"{getattr(exc, 'reason', exc)}: {advice}")
    count = sum(table[0] for table in rows.values())
    detail = f"{path.name}, {size(path.stat().st_size)}, all {count:,} rows readable"
    return Finding(subject, Level.OK, detail)


def _runs(folder: DataFolder) -> Iterator[Finding]:
    rows: list[tuple[str, str, str, int, datetime]] = []
    with contextlib.suppress(WarehouseError, duckdb.Error), open_file(folder.live) as con:
        rows = con.execute(_OPEN_RUNS).fetchall()
    for run_id, flow, host, pid, recorded_at in rows:
        if host == socket.gethostname() and not is_alive(pid, since=recorded_at):
            detail = f"{run_id} ({flow}) was killed: run it again, completed work is kept"
            yield Finding("run", Level.WARNING, detail)
        else:
            yield Finding("run", Level.OK, f"{run_id} ({flow}) runs on {host} in process {pid}")


def _spool(folder: DataFolder) -> Iterator[Finding]:
    waiting = len(spooled(folder.spool))
    if waiting:
        detail = f"{waiting:,} waiting: the next `onrecord load` or `onrecord ingest` appends them"
        yield Finding("spool", Level.WARNING, detail)
    else:
        yield Finding("spool", Level.OK, "empty")


def _snapshots(folder: DataFolder) -> Iterator[Finding]:
    kept = snapshots(folder)
    if not folder.newest.exists():
        level = Level.ERROR if kept else Level.WARNING
        yield Finding(
            "snapshots", level, f"{folder.newest.name} does not exist: run `onrecord publish`"
        )
    for path in reversed(kept.values()):
        yield _read(path, "snapshot", "remove it, then run `onrecord publish`")
        if path.with_name(f"{path.name}.wal").exists():
            detail = f"another program opened {path.name} for writing: open snapshots read-only"
            yield Finding("snapshot", Level.WARNING, detail)


def _quarantine(folder: DataFolder) -> Iterator[Finding]:
    # A page has its reason in a file beside it; batches and replaced files have folders.
    files = [path for path in folder.quarantine.rglob("*") if path.is_file()]
    if not files:
        yield Finding("quarantine", Level.OK, "empty")
        return
    tops = Counter(path.relative_to(folder.quarantine).parts[0] for path in files)
    pages = [path for path in files if path.parent == folder.quarantine and path.suffix != ".json"]
    batches = [path for path in folder.quarantine.glob("spool/*") if path.is_dir()]
    replaced = sum(count for top, count in tops.items() if top.startswith(("live-", "replaced-")))
    counts = ((len(pages), "page", "pages"), (len(batches), "batch", "batches"),
              (replaced, "replaced file", "replaced files"))  # fmt: skip
    parts = [f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count]
    parts.append(size(sum(path.stat().st_size for path in files)))
    detail = f"{', '.join(parts)} in {folder.quarantine}: look at them, then remove them"
    yield Finding("quarantine", Level.WARNING, detail)


def size(count: float) -> str:
    """Return a number of bytes in decimal units.

    >>> size(512), size(1_500_000), size(2_340_000_000)
    ('512 B', '1.5 MB', '2.3 GB')
    """
    if count < 1000:
        return f"{count:.0f} B"
    power = min(int(math.log(count, 1000)), len(_UNITS))
    return f"{count / 1000**power:.1f} {_UNITS[power - 1]}"
