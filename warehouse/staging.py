"""Rows of a spooled file as a table, typed by the catalog."""

from __future__ import annotations

from pathlib import Path

import duckdb

# DuckDB takes twice this of memory at once, however small the file is; a row of more is
# no article, and a row cannot be larger than its file.
_USUAL_ROW_BYTES = 16_777_216
_LARGEST_ROW_BYTES = 268_435_456  # a 50 MB page of three-byte characters, escaped, fits


def columns_of(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Return the columns of a table with their types, in order."""
    return con.execute(
        "SELECT column_name, data_type FROM duckdb_columns()"
        " WHERE table_name = ? AND schema_name = 'main' AND NOT internal ORDER BY column_index",
        [table],
    ).fetchall()


def staged_rows(con: duckdb.DuckDBPyConnection, table: str, file: Path, **more: str) -> str:
    """Return a query for the rows of `$path`; `more` are columns that the table has not."""
    columns = dict(columns_of(con, table)) | more
    typed = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    return (
        "SELECT * FROM read_json($path, format = 'newline_delimited',"
        f" maximum_object_size = {row_bytes(file)}, columns = {{{typed}}})"
    )


def row_bytes(file: Path) -> int:
    """Return more bytes than the longest row of a file has."""
    return min(max(file.stat().st_size, _USUAL_ROW_BYTES), _LARGEST_ROW_BYTES)


def execute(con: duckdb.DuckDBPyConnection, sql: str, file: Path, batch_id: str) -> int:
    """Run an insert from a file and return how many rows it added."""
    row = con.execute(sql, {"path": str(file), "batch_id": batch_id}).fetchone()
    return int(row[0]) if row else 0
