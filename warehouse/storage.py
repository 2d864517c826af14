"""The size of the data folder and the free space of its disk, measured once a day."""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb

from warehouse.folder import DataFolder
from warehouse.publish import snapshots

_DAY = timedelta(days=1)
_APART = timedelta(hours=20)  # a daily run is not always punctual
_KNOWN_DAYS = 30
_LEAST_BYTES = 500_000_000  # less growth in a day is nothing to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """One measurement; sizes in bytes, `warehouse_bytes` with the snapshots."""

    measured_at: datetime
    free_bytes: int
    warehouse_bytes: int
    archive_bytes: int

    @property
    def ours(self) -> int:
        """Bytes of warehouse, snapshots and archive."""
        return self.warehouse_bytes + self.archive_bytes


def free_bytes(folder: DataFolder) -> int:
    """Return the free space of the disk of the data folder, in bytes."""
    root = next(path for path in (folder.root, *folder.root.absolute().parents) if path.exists())
    return shutil.disk_usage(root).free


def measure(folder: DataFolder, now: datetime) -> Storage:
    """Return the sizes now; every file of the archive is looked at."""
    live = folder.live.stat().st_size if folder.live.exists() else 0
    return Storage(
        measured_at=now,
        free_bytes=free_bytes(folder),
        warehouse_bytes=live + sum(map(_size, snapshots(folder).values())),
        archive_bytes=_tree_bytes(folder.archive),
    )


def is_due(history: Sequence[Storage], now: datetime) -> bool:
    """Whether the last measurement is about a day old."""
    return not history or now - history[-1].measured_at >= _APART


def storage_history(con: duckdb.DuckDBPyConnection, now: datetime) -> list[Storage]:
    """Return the measurements of the last 30 days, oldest first."""
    names = list(Storage.__slots__)
    rows = con.execute(
        f"SELECT {', '.join(names)} FROM storage WHERE measured_at > ? ORDER BY measured_at",
        [now - _KNOWN_DAYS * _DAY],
    ).fetchall()
    return [Storage(**dict(zip(names, row, strict=True))) for row in rows]


def days_left(history: Sequence[Storage], free: int) -> float | None:
    """Return the days until the disk is full at the pace of the last week.

    The pace is the growth of our own files, or the loss of free space if that is larger,
    because other programs may use the disk too.

    Args:
        history: Measurements, oldest first.
        free: Free bytes now.

    Returns:
        None if less than two days were measured, or if nothing grows.

    Examples:
        >>> from datetime import UTC
        >>> day = datetime(2024, 7, 1, tzinfo=UTC)
        >>> history = [
        ...     Storage(
        ...         measured_at=day + timedelta(days=at),
        ...         free_bytes=100 - 10 * at,
        ...         warehouse_bytes=10 * at,
        ...         archive_bytes=0,
        ...     )
        ...     for at in range(4)
        ... ]
        >>> days_left(history, 70)
        7.0
    """
    if not history:
        return None
    last = history[-1]
    week = [one for one in history if last.measured_at - one.measured_at <= 7 * _DAY]
    days = (last.measured_at - week[0].measured_at) / _DAY
    if days < 2:
        return None
    grown = max(last.ours - week[0].ours, week[0].free_bytes - last.free_bytes) / days
    return free / grown if grown > 0 else None


def unusual_growth(history: Sequence[Storage]) -> tuple[float, float] | None:
    """Return the bytes per day of the last day and the usual ones, if the last are unusual.

    Unusual is more than four times the median of at least a week, and half a gigabyte.
    """
    daily = [
        (later.ours - earlier.ours) / ((later.measured_at - earlier.measured_at) / _DAY)
        for earlier, later in pairwise(history)
        if later.measured_at > earlier.measured_at
    ]
    if len(daily) < 8:
        return None
    usual = statistics.median(daily[:-1])
    is_unusual = daily[-1] > max(4 * usual, usual + _LEAST_BYTES)
    return (daily[-1], usual) if is_unusual else None


def _tree_bytes(root: Path) -> int:
    return sum(_size(Path(folder, name)) for folder, _, names in os.walk(root) for name in names)


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):  # it was removed meanwhile
        return path.stat().st_size
    return 0
