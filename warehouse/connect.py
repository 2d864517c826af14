"""Opens the live file for its one writer, and snapshots for readers.

The storage version is explicit: DuckDB 1.5 can read the files of later versions, and a
stale write-ahead log beside a file is refused instead of replayed. No connection loads
extensions from elsewhere or reads Python variables. Readers cannot access files, change
settings or write.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb

from warehouse.errors import (
    SchemaTooOldError,
    SnapshotDamagedError,
    StorageTooNewError,
    WarehouseBusyError,
    WarehouseDamagedError,
    WarehouseError,
    WarehouseMemoryError,
    WarehouseMissingError,
    WarehouseUnwritableError,
)
from warehouse.files import copy_file
from warehouse.folder import DataFolder
from warehouse.lock import pauses, writer_lock
from warehouse.migrate import is_current, migrate
from warehouse.quoting import identifier, quoted

STORAGE_VERSION = "v1.5.0"
_SNAPSHOT_WAIT_S = 1.0  # a program that opened the snapshot for writing may close it soon

_Config = dict[str, str | bool | int | float | list[str]]

_CLOSED: _Config = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
WRITER: _Config = _CLOSED | {"storage_compatibility_version": STORAGE_VERSION}
_READER: _Config = _CLOSED | {
    "enable_external_access": False,
    "allow_unsigned_extensions": False,
    "allow_persistent_secrets": False,
}
_UNWRITABLE = re.compile(
    r"No space left on device|Disk quota exceeded|File too large|Too many open files"
    r"|Read-only file system|Permission denied|Cannot open file"
    r"|max_temp_directory_size"  # by default the free space of the disk
)
# Errors of the file, not of a statement. A full disk can raise other classes as well.
_OF_THE_FILE = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.OutOfMemoryException,
)
_TOO_NEW = re.compile(r"version number|newer version|storage version", re.IGNORECASE)
_HOLDER = re.compile(r"held in (.+?)\.(?:\s|$)")


@contextlib.contextmanager
def open_live(folder: DataFolder, *, wait_s: float = 30.0) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the live file as its only writer, at the newest schema.

    Args:
        folder: The data folder; the file is created if it does not exist.
        wait_s: Seconds to wait for another process to release it.

    Raises:
        WarehouseError: The file cannot be opened; the message says what to do. DuckDB
            errors about the file in the body of the `with` are translated too.
    """
    with writer_lock(folder.lock, wait_s=wait_s), open_locked(folder, wait_s=wait_s) as con:
        yield con


@contextlib.contextmanager
def open_locked(folder: DataFolder, *, wait_s: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the live file like `open_live`; the caller holds the writer's lock."""
    if not folder.live.exists() and folder.newest.exists():
        # A new empty file would be published and hide the collected rows.
        raise WarehouseDamagedError(folder.live, "the file is missing, but snapshots exist")
    with open_writable(folder.live, wait_s=wait_s) as con:
        migrate(con, folder.live, before_upgrade=partial(_keep_snapshot, folder))
        yield con


def _keep_snapshot(folder: DataFolder, migration: str) -> None:
    """Keep the newest snapshot as `before-<migration>.duckdb`, and no older one of that kind.

    An older onrecord can go on with it. Publishing removes all snapshots but the last three.

    Raises:
        WarehouseUnwritableError: The disk is full or read-only; nothing was migrated.
    """
    if not folder.newest.exists():
        return
    kept = folder.published / f"before-{migration}.duckdb"
    try:
        for older in folder.published.glob("before-*.duckdb"):
            older.unlink()
        try:
            kept.hardlink_to(folder.newest.resolve())
        except OSError:  # the file system has no hard links
            copy_file(folder.newest, kept)
    except OSError as exc:
        raise WarehouseUnwritableError(kept, exc.strerror or str(exc)) from exc


@contextlib.contextmanager
def open_writable(path: Path, *, wait_s: float = 0.0) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a file for writing without migrations; create it if it does not exist."""
    con = _connect(path, WRITER, read_only=False, wait_s=wait_s)
    with _closing(con), translated(path):
        con.execute("SET TimeZone = 'UTC'")
        yield con


@contextlib.contextmanager
def open_snapshot(
    folder: DataFolder, *, limits: _Config | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the newest snapshot read-only, without access to files and settings.

    Args:
        folder: The data folder.
        limits: Settings of DuckDB that limit what a query may use.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        SchemaTooOldError: An older onrecord published it, and it lacks a table, view or
            column of a query.
        SnapshotDamagedError: It is damaged.
    """
    with _told_as_snapshot():
        con, path = connect_snapshot(folder, limits=limits)
        with _closing(con), snapshot_errors(con, path):
            yield con


def connect_snapshot(
    folder: DataFolder, *, limits: _Config | None = None
) -> tuple[duckdb.DuckDBPyConnection, Path]:
    """Return a connection like that of `open_snapshot`, to be closed by the caller, and its file.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        WarehouseError: It cannot be read; the message says what to do.
    """
    con, path = _connect_newest(folder, _READER | (limits or {}))
    with contextlib.suppress(duckdb.InvalidInputException):
        # Fails if it is already open in this process; these settings are then in force.
        con.execute("SET GLOBAL TimeZone = 'UTC'")
        con.execute("SET lock_configuration = true")
    return con, path


@contextlib.contextmanager
def snapshot_errors(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Turn errors of queries on a snapshot into errors that say what to do.

    Raises:
        SchemaTooOldError: An older onrecord published it, and it lacks a table, view or
            column of a query.
        SnapshotDamagedError: It is damaged.
    """
    with _told_as_snapshot(), translated(path), _told_if_old(con, path):
        yield


@contextlib.contextmanager
def _told_as_snapshot() -> Iterator[None]:
    """Raise SnapshotDamagedError for a damaged file: to restore the live file is no help."""
    try:
        yield
    except WarehouseDamagedError as exc:
        raise SnapshotDamagedError(exc.path, exc.reason) from exc


@contextlib.contextmanager
def open_file(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open any database file read-only, for our own SQL.

    A write-ahead log beside it is replayed in memory; neither file is changed.
    """
    con = _connect(path, _CLOSED, read_only=True, wait_s=0.0)
    with _closing(con), translated(path), _told_if_old(con, path):
        con.execute("SET TimeZone = 'UTC'")
        yield con


@contextlib.contextmanager
def _told_if_old(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Raise SchemaTooOldError if an old file lacks a table, view or column of a query."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as exc:
        if is_current(con):
            raise
        raise SchemaTooOldError(path) from exc


def _connect_newest(folder: DataFolder, config: _Config) -> tuple[duckdb.DuckDBPyConnection, Path]:
    """Open the newest snapshot; try again if it was replaced and removed meanwhile."""
    # DuckDB caches open databases by path, so the numbered name is used: it is never reused.
    path = folder.newest.resolve()
    while path.exists():
        try:
            return _connect(path, config, read_only=True, wait_s=_SNAPSHOT_WAIT_S), path
        except WarehouseError:
            if folder.newest.resolve() == path:
                raise
            path = folder.newest.resolve()
    raise WarehouseMissingError(folder.newest)


def attach_newest(con: duckdb.DuckDBPyConnection, folder: DataFolder, name: str) -> None:
    """Attach the newest snapshot read-only; try again if it was replaced meanwhile.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        WarehouseError: It cannot be read; the message says what to do.
    """
    path = folder.newest.resolve()
    while path.exists():
        try:
            con.execute(f"ATTACH {quoted(path)} AS {identifier(name)} (READ_ONLY)")
        except duckdb.Error as exc:
            if folder.newest.resolve() == path:
                raise _translate(exc, path) from exc
            path = folder.newest.resolve()
        else:
            return
    raise WarehouseMissingError(folder.newest)


def _connect(
    path: Path, config: _Config, *, read_only: bool, wait_s: float
) -> duckdb.DuckDBPyConnection:
    holder = "another process"
    for _ in pauses(wait_s):
        try:
            return duckdb.connect(path, read_only=read_only, config=config)
        except duckdb.Error as exc:
            if "Could not set lock" not in str(exc):
                raise _translate(exc, path) from exc
            found = _HOLDER.search(str(exc))
            holder = found[1] if found else holder
    raise WarehouseBusyError(path, holder)


@contextlib.contextmanager
def _closing(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Close a connection; end a statement first that a signal interrupted.

    DuckDB's Python client keeps such a statement, and with it the database. The next
    `duckdb.connect` to the file in this process would then wait forever and use a whole
    core. Any further statement ends the interrupted one.
    """
    try:
        yield
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # there may be no transaction
            con.interrupt()  # the client has not told the other threads of the statement
            con.rollback()
        raise
    finally:
        con.close()


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn DuckDB errors about the file at `path` into errors that say what to do."""
    try:
        yield
    except duckdb.Error as exc:
        if isinstance(exc, _OF_THE_FILE) or _UNWRITABLE.search(str(exc)):
            raise _translate(exc, path) from exc
        raise


def _translate(exc: Exception, path: Path) -> WarehouseError:
    # After a first error, the original one is below the first line: "Original error: ...".
    text = str(exc)
    reason = text.partition("\n")[0]
    if "Could not set lock" in text:
        holder = _HOLDER.search(text)
        return WarehouseBusyError(path, holder[1] if holder else "another process")
    if found := _UNWRITABLE.search(text):
        return WarehouseUnwritableError(path, reason if found[0] in reason else found[0])
    if isinstance(exc, duckdb.OutOfMemoryException):
        return WarehouseMemoryError(path, reason)
    if _TOO_NEW.search(reason):
        return StorageTooNewError(path, reason)
    return WarehouseDamagedError(path, reason)
