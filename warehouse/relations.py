"""The tables and views of a warehouse, with the comments of their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from warehouse.quoting import identifier

SHORT_TYPES = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}

_VALUE = re.compile(r"\$(\w+)")
_COMMENT = re.compile(r"--[^\n]*")
_RELATIONS = """
SELECT view_name AS name, true AS is_view, comment
FROM duckdb_views()
WHERE schema_name = 'main' AND NOT internal AND NOT temporary
UNION ALL
SELECT table_name, false, comment
FROM duckdb_tables()
WHERE schema_name = 'main' AND NOT internal AND NOT temporary
ORDER BY is_view DESC, name
"""
_COLUMNS = """
SELECT table_name, column_name, data_type, comment
FROM duckdb_columns()
WHERE schema_name = 'main' AND NOT internal
ORDER BY table_name, column_index
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its type and meaning."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view with its meaning and columns."""

    name: str
    is_view: bool
    comment: str
    columns: tuple[Column, ...]


def read_dictionary(con: duckdb.DuckDBPyConnection) -> list[Relation]:
    """Return the views, then the tables, both sorted by name."""
    columns: dict[str, list[Column]] = {}
    for relation, name, kind, comment in con.execute(_COLUMNS).fetchall():
        column = Column(name, SHORT_TYPES.get(kind, kind), comment or "")
        columns.setdefault(relation, []).append(column)
    return [
        Relation(name, is_view, comment or "", tuple(columns[name]))
        for name, is_view, comment in con.execute(_RELATIONS).fetchall()
    ]


def read_columns(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """Return the type of each column of one table or view, in order; it takes milliseconds."""
    rows = con.execute(f"DESCRIBE {identifier(name)}").fetchall()
    return {column: SHORT_TYPES.get(kind, kind) for column, kind, *_ in rows}


def describe_query(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    """Return the type of each column of a query; it is not run.

    Its values may be missing: `$name` stands for NULL.
    """
    names = set(_VALUE.findall(_COMMENT.sub("", sql)))
    rows = con.execute(f"DESCRIBE {sql}", dict.fromkeys(names)).fetchall()
    return {column: SHORT_TYPES.get(kind, kind) for column, kind, *_ in rows}
