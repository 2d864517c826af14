"""The data files of a data set: writes a table to Parquet or CSV, and reads it back.

Rows are sorted by all columns, so the same rows give the same file. Instants are whole seconds.
CSV (RFC 4180, UTF-8) has instants like 2024-06-03T10:00:00Z, lists as JSON, and nothing for a
missing value or an empty text.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import duckdb

from warehouse.errors import ExportError
from warehouse.quoting import identifier, quoted

Format = Literal["parquet", "csv"]

_INSTANT = "TIMESTAMP WITH TIME ZONE"
_WRITTEN = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER",
}
_LONGEST_ROW = 64 * 1024 * 1024  # bytes of a row of CSV


def write_table(
    con: duckdb.DuckDBPyConnection,
    query: str,
    columns: Mapping[str, str],
    file: Path,
    *,
    fmt: Format,
) -> None:
    """Write the rows of a query to a file.

    Args:
        con: A connection to the snapshot.
        query: The rows.
        columns: The columns to write, with their DuckDB types.
        file: The file to create; its folder exists.
        fmt: Its format.

    Raises:
        ExportError: The disk is full or the file cannot be written.
    """
    whole = ", ".join(
        f"date_trunc('second', {identifier(name)}) AS {identifier(name)}"
        if kind == _INSTANT
        else identifier(name)
        for name, kind in columns.items()
    )
    cells = ", ".join(
        f"{_csv_cell(name, kind) if fmt == 'csv' else identifier(name)} AS {identifier(name)}"
        for name, kind in columns.items()
    )
    rows = f"SELECT {whole} FROM ({query}) ORDER BY ALL"
    try:
        con.execute(f"COPY (SELECT {cells} FROM ({rows})) TO {quoted(file)} ({_WRITTEN[fmt]})")
    except duckdb.IOException as exc:
        raise ExportError(file.name, str(exc).partition("\n")[0]) from exc


def _csv_cell(name: str, kind: str) -> str:
    column = identifier(name)
    if kind.endswith("[]"):
        return f"CAST(to_json({column}) AS VARCHAR)"
    if kind == _INSTANT:
        return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"
    return column


def rows_of(file: Path, columns: Mapping[str, str], *, fmt: Format) -> str:
    """Return the SQL that reads the columns of a file with the given DuckDB types."""
    if fmt == "parquet":
        listed = ", ".join(
            f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}"
            for name, kind in columns.items()
        )
        return f"SELECT {listed} FROM read_parquet({quoted(file)})"
    listed = ", ".join(
        f"{_read_cell(name, kind)} AS {identifier(name)}" for name, kind in columns.items()
    )
    texts = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in columns)
    return (
        f"SELECT {listed} FROM read_csv({quoted(file)}, header = true, auto_detect = false,"
        f" delim = ',', quote = '\"', escape = '\"', new_line = '\\n', parallel = false,"
        f" max_line_size = {_LONGEST_ROW}, buffer_size = {2 * _LONGEST_ROW}, columns = {{{texts}}})"
    )


def _read_cell(name: str, kind: str) -> str:
    column = identifier(name)
    if not kind.endswith("[]"):
        return f"CAST({column} AS {kind})"
    item = kind.rstrip("[]")
    depth = kind.count("[]")
    shape = "[" * depth + f'"{item}"' + "]" * depth
    return f"from_json(CAST({column} AS JSON), {quoted(shape)})"


def open_reader() -> duckdb.DuckDBPyConnection:
    """Return a connection that reads data files and loads no extension."""
    con = duckdb.connect(config={"autoinstall_known_extensions": False})
    con.execute("SET TimeZone = 'UTC'")
    return con
