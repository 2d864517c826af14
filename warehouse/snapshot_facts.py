"""Facts about a snapshot: what it has and which versions made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connect import open_file
from warehouse.errors import WarehouseDamagedError
from warehouse.health import read_through
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


def count_rows(path: Path, tables: Iterable[str]) -> dict[str, int]:
    """Return the number of rows of some tables of a file."""
    with open_file(path) as con:
        return {
            table: con.execute(f"SELECT count(*) FROM {identifier(*table.split('.'))}").fetchall()[
                0
            ][0]
            for table in tables
        }
