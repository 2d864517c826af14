"""Salvages the newest rows of a damaged file: what the restored snapshot does not have yet.

Tables are append-only, so the rows of the damaged file that the snapshot lacks are the last
ones of each table. They are read in ranges, and ranges that cannot be read are divided until
only the rows of damaged blocks are left out. Batches are salvaged whole or not at all. After the
first batch that is incomplete, batches with documents are left to the archive, so that
revisions keep their order.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

import duckdb

from warehouse.connect import open_file, open_writable
from warehouse.errors import WarehouseError
from warehouse.quoting import identifier, quoted

_FEWEST_ROWS: Final = 1024  # a range that is not divided any more
_LEDGER: Final = "batches"
_SHARED: Final = {"entities": "entity_id", "sources": "source_id"}  # rows of no batch alone
# Their batch_id names a batch that they are about, not the one that added them.
_ABOUT_BATCHES: Final = frozenset({"settled_batches", "watch_looks"})
_PER_DOCUMENT: Final = ("documents", "articles", "analyses")

_TABLES = """
SELECT table_name, bool_or(column_name = 'batch_id')
FROM duckdb_columns()
WHERE database_name = ? AND schema_name = 'main' AND NOT internal
    AND table_name IN (SELECT table_name FROM duckdb_tables())
GROUP BY table_name
ORDER BY table_name
"""
_LATER = """
INSERT INTO main.later_revisions
SELECT article_id, revision, batch_id FROM main.articles ANTI JOIN main.later_revisions USING (article_id, revision)
WHERE revision > 1
"""
# The batches whose rows are all there. `found` has the counted rows of each batch and table.
_COMPLETE = """
CREATE TEMP TABLE complete AS
WITH named AS (
    SELECT batch_id, rowid AS place, unnest(map_entries(CAST(rows_appended AS MAP(VARCHAR, BIGINT))), recursive := true)
    FROM salvaged.batches
),
judged AS (
    SELECT
        batches.batch_id,
        batches.rowid AS place,
        count_if(named.value > 0 AND named.value <> coalesce(found.rows, 0)) > 0 AS lacks_rows,
        count_if(named.value > 0 AND list_contains($per_document, named.key)) > 0 AS has_documents
    FROM salvaged.batches AS batches
    LEFT JOIN named USING (batch_id)
    LEFT JOIN found ON found.batch_id = batches.batch_id AND found.table_name = named.key
    WHERE batches.batch_id NOT IN (SELECT batch_id FROM main.batches)
    GROUP BY ALL
)
SELECT batch_id
FROM judged
WHERE NOT lacks_rows
    AND (NOT has_documents OR place < coalesce((SELECT min(place) FROM judged WHERE lacks_rows), place + 1))
"""


def salvage(con: duckdb.DuckDBPyConnection, damaged: Path) -> dict[str, int]:
    """Append the readable new rows of a damaged file; return their number by table.

    Args:
        con: The restored live file, at the newest schema.
        damaged: The damaged file; a write-ahead log beside it is read too.

    Raises:
        WarehouseError: The live file cannot be written.
    """
    scratch = damaged.with_name("salvage.duckdb")
    try:
        starts = _starts(con)
        with contextlib.suppress(WarehouseError, duckdb.Error):  # a file that cannot be opened
            _copy_readable(damaged, scratch, starts)
        if not scratch.exists():
            return {}
        con.execute(f"ATTACH {quoted(scratch)} AS salvaged (READ_ONLY)")
        con.execute("BEGIN")
        try:
            added = _append(con)
            con.execute("COMMIT")
        except (duckdb.IntegrityError, duckdb.ProgrammingError):
            con.execute("ROLLBACK")  # rows of a version that do not fit: the archive has them
            added = {}
        con.execute("DETACH salvaged")
        return added
    finally:
        for left in (scratch, scratch.with_name(f"{scratch.name}.wal")):
            left.unlink(missing_ok=True)


def count_rows_of(path: Path) -> dict[str, int]:
    """Return the number of rows of each table of a file, none if it cannot be opened.

    Damaged rows count too.
    """
    with contextlib.suppress(WarehouseError, duckdb.Error), open_file(path) as con:
        return row_counts(con)
    return {}


def row_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the number of rows of each table, without the ledger of migrations."""
    ((database,),) = con.execute("SELECT current_database()").fetchall()
    counts = {}
    for table, _ in con.execute(_TABLES, [database]).fetchall():
        if table != "schema_migrations":
            found = con.execute(f"SELECT count(*) FROM {identifier(table)}").fetchall()
            counts[table] = int(found[0][0])
    return counts


def _starts(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, object]]:
    """Return the number of rows of each table, and its last row."""
    return {table: (rows, _last_row(con, table, rows)) for table, rows in row_counts(con).items()}


def _last_row(con: duckdb.DuckDBPyConnection, table: str, rows: int) -> object:
    """Return a row before row number `rows`, as text without the columns it leaves empty."""
    found = con.execute(f"SELECT * FROM {identifier(table)} WHERE rowid = ?", [rows - 1])
    names = [column[0] for column in found.description or ()]
    return {
        (name, str(value))
        for row in found.fetchall()
        for name, value in zip(names, row, strict=True)
        if value is not None
    }


def _copy_readable(damaged: Path, scratch: Path, starts: dict[str, tuple[int, object]]) -> None:
    """Copy the readable rows that follow those of the snapshot to the file `scratch`."""
    there = count_rows_of(damaged)
    if _LEDGER not in there:
        return
    for table, (first, last) in starts.items():
        end = there.get(table, 0)
        if end <= first and table != _LEDGER:
            continue
        # A failed read may close the database, so each table has a connection of its own.
        with contextlib.suppress(WarehouseError, duckdb.Error), open_writable(scratch) as con:
            con.execute(f"ATTACH {quoted(damaged)} AS damaged (READ_ONLY)")
            name = f"damaged.main.{identifier(table)}"
            con.execute(f"CREATE TABLE {identifier(table)} AS FROM {name} LIMIT 0")
            con.execute("USE damaged.main")
            same = first == 0 or _last_row(con, table, first) == last
            con.execute("USE salvage.main")
            if same:  # otherwise the file was rewritten since, in another order
                _copy_range(con, table, first, end)


def _copy_range(con: duckdb.DuckDBPyConnection, table: str, first: int, end: int) -> None:
    """Copy the rows between `first` and `end` that can be read."""
    if first >= end:
        return
    name = identifier(table)
    try:
        con.execute(
            f"INSERT INTO {name} FROM damaged.main.{name} WHERE rowid >= ? AND rowid < ?",
            [first, end],
        )
    except duckdb.IOException:
        if end - first > _FEWEST_ROWS:
            middle = (first + end) // 2
            _copy_range(con, table, first, middle)
            _copy_range(con, table, middle, end)


def _append(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Append the rows of the attached file `salvaged`; return their number by table."""
    tables = dict(con.execute(_TABLES, ["salvaged"]).fetchall())
    counts: dict[str, int] = {}
    if _LEDGER not in tables:
        return {}
    _find_complete(con, [table for table, is_batched in tables.items() if is_batched])
    for table, is_batched in tables.items():
        name = identifier(table)
        which = ""
        if table in _SHARED:
            which = f"ANTI JOIN main.{name} USING ({_SHARED[table]})"
        elif is_batched and table not in _ABOUT_BATCHES:
            which = "SEMI JOIN complete USING (batch_id)"
        added = con.execute(
            f"INSERT INTO main.{name} BY NAME FROM salvaged.{name} {which}"
        ).fetchall()
        counts[table] = int(added[0][0])
    con.execute(_LATER)  # an older file has no such table
    con.execute("DROP TABLE found; DROP TABLE complete")
    return {table: rows for table, rows in counts.items() if rows}


def _find_complete(con: duckdb.DuckDBPyConnection, batched: list[str]) -> None:
    """Make the temporary table `complete`: the batches of which every row was read."""
    con.execute("CREATE TEMP TABLE found (batch_id VARCHAR, table_name VARCHAR, rows BIGINT)")
    for table in batched:
        if table != _LEDGER:
            con.execute(
                f"INSERT INTO found SELECT batch_id, {quoted(table)}, count(*)"
                f" FROM salvaged.{identifier(table)} GROUP BY batch_id"
            )
    con.execute(_COMPLETE, {"per_document": list(_PER_DOCUMENT)})
