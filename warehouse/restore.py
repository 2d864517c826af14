"""Restores a warehouse: replaces a damaged live file by the best sound one.

If only the write-ahead log is damaged, this is the live file without its log, otherwise
the newest snapshot that can be read completely. Nothing is deleted: replaced files are
moved to the quarantine folder. What can still be read of the damaged file and is newer than
the snapshot is appended, then the batches in the spool; the ledger prevents duplicates.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.append import Recovery, append_waiting
from warehouse.connect import open_locked, open_writable
from warehouse.errors import (
    SchemaTooNewError,
    StorageTooNewError,
    WarehouseBusyError,
    WarehouseError,
    WarehouseMissingError,
    WarehouseUnwritableError,
)
from warehouse.files import copy_file, replace_file
from warehouse.folder import DataFolder
from warehouse.integrity import read_through
from warehouse.lock import writer_lock
from warehouse.publish import snapshots
from warehouse.quoting import identifier
from warehouse.salvage import count_rows_of, row_counts, salvage

# The file is not damaged; another program, the disk or an old version is the problem.
_NOT_DAMAGE = (
    SchemaTooNewError,
    StorageTooNewError,
    WarehouseBusyError,
    WarehouseUnwritableError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """Outcome of a restore.

    Attributes:
        damage: What was wrong with the live file, None if it was sound and kept.
        source: The file that became the live file, None if no sound file existed and an
            empty warehouse was created.
        set_aside: New paths of the replaced files.
        newest_at: When the newest batch of the restored file was committed, None without
            batches.
        recovery: Outcome of the batches in the spool.
        rows: Rows of each table of the restored file, without what was appended to it.
        salvaged: Rows of each table that were read from the damaged file.
        damaged_rows: Rows of each table of the damaged file, readable or not; none if it
            cannot be opened.
    """

    damage: str | None
    source: Path | None
    set_aside: tuple[Path, ...]
    newest_at: datetime | None
    recovery: Recovery
    rows: dict[str, int]
    salvaged: dict[str, int]
    damaged_rows: dict[str, int]


def restore(
    folder: DataFolder, *, now: datetime, number: int | None = None, wait_s: float = 30.0
) -> Restored:
    """Restore the live file and append the batches in the spool.

    Args:
        folder: The data folder.
        now: The current instant, used to name the folder of replaced files.
        number: Snapshot to return to, even if the live file is sound.
        wait_s: Seconds to wait for another writer.

    Raises:
        WarehouseMissingError: There is nothing to restore, or the requested snapshot does
            not exist.
        WarehouseDamagedError: The requested snapshot cannot be read.
    """
    aside = folder.quarantine / f"live-{now:%Y%m%dT%H%M%S.%fZ}"
    with writer_lock(folder.lock, wait_s=wait_s):
        try:
            damage, source, moved = _mend(folder, aside, number)
        except OSError as exc:
            raise WarehouseUnwritableError(folder.root, exc.strerror or str(exc)) from exc
        damaged = [path for path in moved if path.name == folder.live.name]
        if number is not None:  # the newer rows are not wanted
            damaged = []
        with open_locked(folder, wait_s=wait_s) as con:
            ((newest_at,),) = con.execute("SELECT max(committed_at) FROM batches").fetchall()
            rows = row_counts(con)
            salvaged = salvage(con, damaged[0]) if damaged else {}
            recovery = append_waiting(con, folder)
            con.execute("CHECKPOINT")
    return Restored(
        damage=damage,
        source=source,
        set_aside=moved,
        newest_at=newest_at,
        recovery=recovery,
        rows=rows,
        salvaged=salvaged,
        damaged_rows=count_rows_of(damaged[0]) if damaged else {},
    )


def _mend(
    folder: DataFolder, aside: Path, number: int | None
) -> tuple[str | None, Path | None, tuple[Path, ...]]:
    """Return the damage, the new live file and the new paths of the replaced files."""
    if number is not None:
        damage: str | None = f"snapshot {number} was requested"
        asked = _asked(folder, number)
        return damage, asked, (*_log_aside(folder, aside), *_put(asked, folder, aside))
    damage = _damage(folder)
    if damage is None:
        return None, folder.live, ()
    moved = _log_aside(folder, aside)
    if moved and _is_sound(folder.live):
        return damage, folder.live, moved
    source = next(filter(_is_sound, reversed(snapshots(folder).values())), None)
    return damage, source, (*moved, *_put(source, folder, aside))


def _damage(folder: DataFolder) -> str | None:
    """Return what is wrong with the live file, None if it is sound.

    It is opened for writing, as its writer would open it.
    """
    if not folder.live.exists():
        if not snapshots(folder):
            raise WarehouseMissingError(folder.live)
        return "the live file is missing"
    try:
        with open_writable(folder.live):
            pass  # replays its write-ahead log
        read_through(folder.live)
    except _NOT_DAMAGE:
        raise
    except (WarehouseError, duckdb.Error) as exc:
        return str(getattr(exc, "reason", exc))
    return None


def _asked(folder: DataFolder, number: int) -> Path:
    path = snapshots(folder).get(number)
    if path is None:
        raise WarehouseMissingError(folder.published / f"onrecord-{number:06d}.duckdb")
    read_through(path)
    return path


def _log_aside(folder: DataFolder, aside: Path) -> tuple[Path, ...]:
    log = folder.live.with_name(f"{folder.live.name}.wal")
    return (_set_aside(log, aside),) if log.exists() else ()


def _put(source: Path | None, folder: DataFolder, aside: Path) -> tuple[Path, ...]:
    """Replace the live file by a copy of `source`, or an empty file, in one step."""
    partial = folder.live.with_name(f"{folder.live.name}.partial")
    for left in (partial, partial.with_name(f"{partial.name}.wal")):
        left.unlink(missing_ok=True)
    moved: tuple[Path, ...] = ()
    with replace_file(folder.live, partial=partial):
        if source is not None:
            copy_file(source, partial)
        _drop_search(partial)
        if folder.live.exists():
            aside.mkdir(parents=True, exist_ok=True)
            moved = (aside / folder.live.name,)
            try:
                moved[0].hardlink_to(folder.live)  # so that the live name always has a file
            except OSError:  # no hard links here, or another file system
                _set_aside(folder.live, aside)
    return moved


def _set_aside(path: Path, aside: Path) -> Path:
    aside.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(path, aside / path.name))


def _is_sound(path: Path) -> bool:
    try:
        return "batches" in read_through(path)
    except (WarehouseError, duckdb.Error):
        return False


def _drop_search(path: Path) -> None:
    """Drop all schemas except `main`, such as those of a full-text index."""
    with open_writable(path) as con:
        for schema in _other_schemas(con):
            con.execute(f"DROP SCHEMA {identifier(schema)} CASCADE")
        con.execute("CHECKPOINT")


def _other_schemas(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    rows = con.execute(
        "SELECT schema_name FROM duckdb_schemas()"
        " WHERE NOT internal AND schema_name <> 'main' AND database_name = current_database()"
    ).fetchall()
    return (str(name) for (name,) in rows)
