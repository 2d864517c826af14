"""Writes the live file anew: deleted and replaced blocks are left behind.

A file of DuckDB never shrinks by itself. The new file has the same tables, views,
comments and rows in the same order, and takes the old one's place in one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.connect import open_locked, open_writable
from warehouse.errors import WarehouseDamagedError, WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.health import read_through
from warehouse.lock import writer_lock
from warehouse.migrate import migrate
from warehouse.spool import sync_file, sync_folder


@dataclass(frozen=True, slots=True)
class Compacted:
    """Size of the live file before and after, in bytes, and the rows of its tables."""

    before: int
    after: int
    rows: int


def compact(folder: DataFolder, *, wait_s: float = 30.0) -> Compacted:
    """Write the live file anew and return what that saved.

    Raises:
        WarehouseBusyError: Another process writes for longer than `wait_s` seconds.
        WarehouseUnwritableError: The disk has no room for a second file.
        WarehouseDamagedError: The rows of both files differ; the old one stays.
    """
    new = folder.live.with_name(f"{folder.live.name}.partial")
    with writer_lock(folder.lock, wait_s=wait_s):
        with open_locked(folder, wait_s=wait_s) as con:
            con.execute("CHECKPOINT")
        before = folder.live.stat().st_size
        try:
            _clear(new)
            with open_writable(new) as con:
                migrate(con, new)
                _copy_rows(con, folder.live)
                con.execute("CHECKPOINT")
            tables = read_through(new)
            if tables != read_through(folder.live):
                raise WarehouseDamagedError(new, "it has not the rows of the live file")
            sync_file(new)
            new.rename(folder.live)
            sync_folder(folder.live.parent)
        except OSError as exc:
            raise WarehouseUnwritableError(new, exc.strerror or str(exc)) from exc
        finally:
            _clear(new)
    return Compacted(before, folder.live.stat().st_size, sum(t[0] for t in tables.values()))


def _clear(path: Path) -> None:
    for left in (path, path.with_name(f"{path.name}.wal")):
        left.unlink(missing_ok=True)


def _copy_rows(con: duckdb.DuckDBPyConnection, live: Path) -> None:
    quoted = str(live).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS old (READ_ONLY)")
    con.execute("DELETE FROM schema_migrations")  # the old ledger tells when each was applied
    tables = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'old' ORDER BY table_name"
    ).fetchall()
    for (table,) in tables:
        con.execute(f'CREATE TABLE IF NOT EXISTS "{table}" AS FROM old."{table}" LIMIT 0')
        con.execute(f'INSERT INTO "{table}" BY NAME FROM old."{table}"')
    con.execute("DETACH old")
