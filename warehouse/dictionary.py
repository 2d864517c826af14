"""The data dictionary, read from the comments of tables, views and columns.

`python -m warehouse.dictionary` writes `warehouse/DICTIONARY.md` from a fresh warehouse.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.connect import open_live
from warehouse.folder import DataFolder

FILE = Path(__file__).with_name("DICTIONARY.md")

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
_HEAD = """# Data dictionary

Written by `python -m warehouse.dictionary` from the comments in the warehouse; `onrecord sql --schema` prints the same.
Query the views: tables may change with a migration. Instants and days are UTC. Offsets count Unicode code points of
`articles.text`, and ranges are half-open.
"""
SHORT_TYPES = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}


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


def as_markdown(relations: Sequence[Relation]) -> str:
    """Return the dictionary as a Markdown document."""
    parts = [_HEAD]
    for title, is_view in (("Views", True), ("Tables", False)):
        parts.append(f"\n## {title}\n")
        parts += [_section(relation) for relation in relations if relation.is_view == is_view]
    return "".join(parts)


def _section(relation: Relation) -> str:
    rows = "".join(
        f"| `{column.name}` | {column.type} | {_escaped(column.comment)} |\n"
        for column in relation.columns
    )
    head = "| column | type | meaning |\n|---|---|---|\n"
    return f"\n### {relation.name}\n\n{_escaped(relation.comment)}.\n\n{head}{rows}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def fresh_dictionary() -> str:
    """Return the document for a new warehouse."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_live(DataFolder(Path(folder))) as con,
    ):
        return as_markdown(read_dictionary(con))


if __name__ == "__main__":
    FILE.write_text(fresh_dictionary(), "utf-8")
