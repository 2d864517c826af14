"""Facts about a snapshot: what it has and which versions made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connect import open_file, open_live
from warehouse.errors import WarehouseDamagedError, WarehouseError
from warehouse.folder import DataFolder
from warehouse.integrity import read_through
from warehouse.migrate import newest_applied
from warehouse.quoting import identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFacts:
    """What a snapshot has.

    Attributes:
        schema: Newest migration.
        duckdb_version: Version of the DuckDB that read it.
        newest_batch_at: When its newest batch was committed, UTC; None without batches.
        rows: Number of rows of each table.
    """

    schema: str
    duckdb_version: str
    newest_batch_at: datetime | None
    rows: dict[str, int]


def verify_snapshot(path: Path) -> SnapshotFacts:
    """Read every value of a snapshot and return the facts.

    Raises:
        WarehouseError: It cannot be opened or one of its blocks is damaged.
    """
    try:
        rows = {table: values[0] for table, values in read_through(path).items()}
        with open_file(path) as con:
            ((newest_at,),) = con.execute("SELECT max(committed_at) FROM batches").fetchall()
            schema = newest_applied(con)
    except duckdb.Error as exc:
        raise WarehouseDamagedError(path, str(exc).partition("\n")[0]) from exc
    return SnapshotFacts(
        schema=schema, duckdb_version=duckdb.__version__, newest_batch_at=newest_at, rows=rows
    )


def lacks_rows(folder: DataFolder, *, wait_s: float = 30.0) -> bool:
    """Whether the newest snapshot is unreadable or lacks rows of any table but `runs`.

    Publishing looks at the ledger only. Every run adds rows to `runs`, a backup too, so they
    alone are no reason for a new snapshot.
    """
    with open_live(folder, wait_s=wait_s) as con:
        live = _count(con, _tables(con))
    try:
        with open_file(folder.newest.resolve()) as con:
            published = _count(con, _tables(con))
    except (WarehouseError, duckdb.Error):
        return True
    return {**live, "runs": 0} != {**published, "runs": 0}


def count_rows(path: Path, tables: Iterable[str]) -> dict[str, int]:
    """Return the number of rows of some tables of a file."""
    with open_file(path) as con:
        return _count(con, tables)


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT internal"
    ).fetchall()
    return [name for (name,) in rows]


def _count(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    counts = {}
    for table in tables:
        name = identifier(*table.split("."))
        ((counts[table],),) = con.execute(f"SELECT count(*) FROM {name}").fetchall()
    return counts
