"""Rows of a query as a Parquet file, with the types that the query gave them.

A reader's connection may not write files, so the rows go through one of our own.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import duckdb
import orjson

from warehouse.errors import WarehouseUnwritableError
from warehouse.files import replace_file
from warehouse.queries import Result
from warehouse.quoting import identifier, quoted


def write_parquet(result: Result, target: Path) -> None:
    """Write `result` to `target`; raises WarehouseUnwritableError.

    Columns are matched by place: a query may give two the same name, Parquet may not, so
    the second gets a number.
    """
    # JSON has no bytes: they travel as hexadecimal digits.
    types = ", ".join(f"c{at}: '{_json_type(kind)}'" for at, kind in enumerate(result.types))
    shown = ", ".join(
        f"{f'unhex(c{at})' if kind == 'BLOB' else f'c{at}'} AS {identifier(name)}"
        for at, (name, kind) in enumerate(zip(_distinct(result.columns), result.types, strict=True))
    )
    partial_name = target.with_name(f"{target.name}.tmp")
    try:
        with (
            # Not synced: a query can be run again.
            replace_file(target, partial=partial_name, is_synced=False) as partial,
            tempfile.TemporaryDirectory() as folder,
            duckdb.connect(":memory:") as con,
        ):
            con.execute("SET TimeZone = 'UTC'")
            lines = Path(folder) / "rows.ndjson"
            with lines.open("wb") as stream:
                for row in result.rows:
                    line = {f"c{at}": value for at, value in enumerate(row)}
                    stream.write(_json(line))
            con.execute(
                f"COPY (SELECT {shown} FROM read_json({quoted(lines)}, format = 'newline_delimited',"
                f" maximum_object_size = 268435456, columns = {{{types}}})) TO {quoted(partial)}"
                " (FORMAT parquet, COMPRESSION zstd)"
            )
    except (OSError, duckdb.IOException) as exc:
        raise WarehouseUnwritableError(target, str(exc).partition("\n")[0]) from exc


def _json_type(kind: str) -> str:
    if kind == "BLOB" or kind.startswith("ENUM"):
        return "VARCHAR"
    return kind.replace("'", "''")


def _distinct(columns: tuple[str, ...]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for column in columns:
        seen[column] = seen.get(column, 0) + 1
        name = column if seen[column] == 1 else f"{column}_{seen[column]}"
        names.append(name)
    return names


def _json(line: dict[str, object]) -> bytes:
    return orjson.dumps(
        line, default=_as_duckdb, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    )


def _as_duckdb(value: object) -> str:
    """Return a value that JSON has no type for as DuckDB reads it back."""
    if isinstance(value, timedelta):
        return f"{value.days} days {value.seconds}.{value.microseconds:06d} seconds"
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
