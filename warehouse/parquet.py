"""Writes the result of a query to a Parquet file, with the types of the query.

A reader's connection cannot write files, so the rows are written by another connection.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import duckdb
import orjson

from warehouse.errors import WarehouseUnwritableError
from warehouse.files import replace_output
from warehouse.quoting import identifier, quoted

_LARGEST_INTEGER = 2**63 - 1
_USUAL_ROW_BYTES = 16_777_216  # DuckDB allocates several times as much


class TypedRows(Protocol):
    """Rows that are read piece by piece, with the DuckDB type of each column."""

    @property
    def types(self) -> Sequence[str]:
        """DuckDB type of each column."""

    @property
    def distinct_columns(self) -> Sequence[str]:
        """Name of each column, with a number if an earlier one has it."""

    def __iter__(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield lists of rows."""


def write_parquet(rows: TypedRows, target: Path) -> None:
    """Write the rows of a query to a Parquet file; they pass through a temporary file.

    Two columns of a query can have the same name, but not in Parquet: a number is added to
    the name of the second.

    Raises:
        WarehouseUnwritableError: The file cannot be written.
    """
    # JSON has no type for bytes: they are passed as hexadecimal digits.
    types = ", ".join(f"c{at}: '{_json_type(kind)}'" for at, kind in enumerate(rows.types))
    shown = ", ".join(
        f"{f'unhex(c{at})' if kind == 'BLOB' else f'c{at}'} AS {identifier(name)}"
        for at, (name, kind) in enumerate(zip(rows.distinct_columns, rows.types, strict=True))
    )
    try:
        with (
            replace_output(target) as partial,
            tempfile.TemporaryDirectory() as folder,
            duckdb.connect(":memory:") as con,
        ):
            con.execute("SET TimeZone = 'UTC'")
            lines = Path(folder) / "rows.ndjson"
            longest = _write_lines(rows, lines)
            con.execute(
                f"COPY (SELECT {shown} FROM read_json({quoted(lines)}, format = 'newline_delimited',"
                f" maximum_object_size = {max(2 * longest, _USUAL_ROW_BYTES)}, columns = {{{types}}})) TO {quoted(partial)}"
                " (FORMAT parquet, COMPRESSION zstd)"
            )
    except (OSError, duckdb.IOException) as exc:
        raise WarehouseUnwritableError(target, str(exc).partition("\n")[0]) from exc


def _write_lines(rows: TypedRows, file: Path) -> int:
    """Write one line of JSON per row; return the bytes of the longest line."""
    longest = 0
    with file.open("wb") as stream:
        for piece in rows:
            for row in piece:
                line = _json({f"c{at}": _in_json(value) for at, value in enumerate(row)})
                longest = max(longest, len(line))
                stream.write(line)
    return longest


def _json_type(kind: str) -> str:
    if kind == "BLOB" or kind.startswith("ENUM"):
        return "VARCHAR"
    return kind.replace("'", "''")


def _in_json(value: object) -> object:
    """Return a number that JSON does not have as a string that DuckDB can read."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return str(value)
    return value


def _json(line: dict[str, object]) -> bytes:
    return orjson.dumps(
        line, default=_as_duckdb, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    )


def _as_duckdb(value: object) -> str:
    """Return a value without a JSON type as a string that DuckDB can read."""
    if isinstance(value, timedelta):
        return f"{value.days} days {value.seconds}.{value.microseconds:06d} seconds"
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
