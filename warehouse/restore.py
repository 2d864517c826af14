"""Brings a warehouse back: the damaged file is set aside, the best sound one takes its place.

The best is the live file without its write-ahead log where only the log is damaged, and
else the newest snapshot that can be read through. Nothing is deleted: what is replaced
lies in the quarantine folder. The spool's batches are appended afterwards, the ledger
knowing those it has.
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
from warehouse.health import read_through
from warehouse.lock import writer_lock
from warehouse.publish import snapshots
from warehouse.quoting import identifier

# The file is as it should be; another program, the disk or an old version is in the way.
_NOT_DAMAGE = (
    SchemaTooNewError,
    StorageTooNewError,
    WarehouseBusyError,
    WarehouseUnwritableError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did.

    Attributes:
        damage: What was wrong with the live file, None when it was sound and kept.
        source: The file that is the live file now, None where there was no sound one and
            an empty warehouse was begun.
        set_aside: Where the files that it replaced lie.
        newest_at: When the newest batch that it brought was committed, None without one.
        recovery: What became of the batches in the spool.
    """

    damage: str | None
    source: Path | None
    set_aside: tuple[Path, ...]
    newest_at: datetime | None
    recovery: Recovery


def restore(
    folder: DataFolder, *, now: datetime, number: int | None = None, wait_s: float = 30.0
) -> Restored:
    """Make the live file sound again and append what the spool has.

    Args:
        folder: The data folder.
        now: The instant that names the folder of what is set aside.
        number: Go back to this snapshot, even from a sound file.
        wait_s: Seconds to wait for another writer.

    Raises:
        WarehouseMissingError: There is nothing to restore, or not the snapshot asked for.
        WarehouseDamagedError: The snapshot that was asked for cannot be read.
    """
    aside = folder.quarantine / f"live-{now:%Y%m%dT%H%M%S.%fZ}"
    with writer_lock(folder.lock, wait_s=wait_s):
        try:
            damage, source, moved = _mend(folder, aside, number)
        except OSError as exc:
            raise WarehouseUnwritableError(folder.root, exc.strerror or str(exc)) from exc
        with open_locked(folder, wait_s=wait_s) as con:
            ((newest_at,),) = con.execute("SELECT max(committed_at) FROM batches").fetchall()
            recovery = append_waiting(con, folder)
            con.execute("CHECKPOINT")
    return Restored(
        damage=damage, source=source, set_aside=moved, newest_at=newest_at, recovery=recovery
    )


def _mend(
    folder: DataFolder, aside: Path, number: int | None
) -> tuple[str | None, Path | None, tuple[Path, ...]]:
    """Return what was wrong, the file that is live now, and where the old ones lie."""
    if number is not None:
        damage: str | None = f"snapshot {number} was asked for"
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
    """Return what is wrong with the live file; it is opened as its writer would."""
    if not folder.live.exists():
        if not snapshots(folder):
            raise WarehouseMissingError(folder.live)
        return "the live file is gone"
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
    """Put a copy of `source`, or an empty file, in the place of the live file, in one step."""
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
    """Drop what only snapshots have: the schemas of the full-text index."""
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
