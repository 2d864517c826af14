"""Publishes a snapshot: a copy of the live file that readers may keep open.

The writer makes it itself, while no connection is open: checkpoint, close, copy, sync,
then a new name that is never reused, and a link under the name that stays. A reader of
an older snapshot keeps it; the last three are kept, and are the backup.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from pathlib import Path

from warehouse.connect import open_locked
from warehouse.errors import WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock
from warehouse.search_index import update_index

KEPT = 3

_SNAPSHOT = re.compile(r"onrecord-(\d{6,})\.duckdb")
_FICLONE = 0x40049409  # ioctl_ficlone(2): share the blocks where the file system can


def publish(folder: DataFolder, *, wait_s: float = 30.0) -> Path:
    """Publish what the live file holds now and return the snapshot's path.

    Raises:
        WarehouseBusyError: Another process writes for longer than `wait_s` seconds.
        WarehouseUnwritableError: The disk is full or read-only; what was published
            before stays as it is.
    """
    with writer_lock(folder.lock, wait_s=wait_s):
        with open_locked(folder, wait_s=wait_s) as con:
            con.execute("CHECKPOINT")
        # Closed before the copy: closing the copy's own descriptor of the live file
        # would drop the lock that DuckDB holds on it.
        try:
            snapshot = _publish(folder)
        except OSError as exc:
            raise WarehouseUnwritableError(folder.published, exc.strerror or str(exc)) from exc
    # The index is made from the snapshot, while the next batch may be appended already.
    update_index(folder, wait_s=wait_s)
    return snapshot


def _publish(folder: DataFolder) -> Path:
    folder.published.mkdir(parents=True, exist_ok=True)
    for left in folder.published.glob("*.tmp"):
        left.unlink()
    numbers = sorted(snapshots(folder))
    final = folder.published / f"onrecord-{(numbers or [0])[-1] + 1:06d}.duckdb"
    partial = final.with_suffix(".tmp")
    link = folder.published / "onrecord.link.tmp"
    _copy(folder.live, partial)
    partial.rename(final)
    link.symlink_to(final.name)
    link.rename(folder.newest)
    for old in numbers[: -(KEPT - 1)]:
        (folder.published / f"onrecord-{old:06d}.duckdb").unlink(missing_ok=True)
    return final


def snapshots(folder: DataFolder) -> list[int]:
    """Return the numbers of the snapshots that are kept."""
    if not folder.published.is_dir():
        return []
    return [
        int(m[1]) for path in folder.published.iterdir() if (m := _SNAPSHOT.fullmatch(path.name))
    ]


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        try:
            fcntl.ioctl(written.fileno(), _FICLONE, read.fileno())
        except OSError as exc:
            if exc.errno not in (
                errno.EOPNOTSUPP,
                errno.ENOTTY,
                errno.EXDEV,
                errno.EINVAL,
                errno.ENOSYS,
            ):
                raise
            while os.sendfile(written.fileno(), read.fileno(), None, 64 * 1024 * 1024):
                pass
        os.fsync(written.fileno())
