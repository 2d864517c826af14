"""The tables and views as sources of dbt, with their descriptions and tests.

The tests say only what the schema guarantees: columns that are NOT NULL, also where a view
passes them on, and the keys by which rows are appended or views choose one row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from warehouse.relations import Column, Relation

# The append step adds a key once, or the view has one row per key.
UNIQUE = {
    "backfills": "backfill_id",
    "disappeared": "article_id",
    "documents": "document_id",
    "entities": "entity_id",
    "latest_articles": "article_id",
    "latest_feeds": "feed_id",
    "latest_fetches": "canonical_url",
    "latest_polls": "feed_id",
    "refusal_reasons": "reason",
    "rejections": "rejection_id",
    "run_summary": "run_id",
    "source_health": "source_id",
    "sources": "source_id",
}
# Columns that tell how old the newest row is: new articles come, and feeds are polled.
LOADED_AT = {"latest_articles": "fetched_at", "latest_polls": "polled_at"}

_HEAD = """\
# Written by `python -m warehouse.dictionary` from the comments in the warehouse.
version: 2

sources:
  - name: onrecord
    description: Who said what, about whom, when. Query the views; tables may change with a migration.
    database: onrecord
    schema: main
    tables:
"""
_REQUIRED = """
SELECT table_name, column_name
FROM duckdb_columns()
WHERE schema_name = 'main' AND NOT internal AND NOT is_nullable
"""
_VIEWS = """
SELECT view_name, sql
FROM duckdb_views()
WHERE schema_name = 'main' AND NOT internal
ORDER BY view_oid
"""
_COLUMNS = """
SELECT table_name, column_name
FROM duckdb_columns()
WHERE schema_name = 'main' AND NOT internal
"""
_COLUMN = re.compile(r'(\w+)\."?(\w+)')  # DuckDB quotes names that are keywords
_MAIN = re.compile(r"\bFROM\s+\(*\s*(?:main\.)?(\w+)(?:\s+AS\s+(\w+))?", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"\bWITH\b|\bUNION\b|\b(?:RIGHT|FULL)\b|\bGROUP BY\b", re.IGNORECASE)


def read_guarantees(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Return the columns of each table and view that are never NULL."""
    required: dict[str, set[str]] = {}
    for relation, column in con.execute(_REQUIRED).fetchall():
        required.setdefault(relation, set()).add(column)
    columns: dict[str, set[str]] = {}
    for relation, column in con.execute(_COLUMNS).fetchall():
        columns.setdefault(relation, set()).add(column)
    for view, sql in con.execute(_VIEWS).fetchall():
        required[view] = _passed_on(sql, columns[view], required)
    return required


def _passed_on(sql: str, columns: set[str], required: Mapping[str, set[str]]) -> set[str]:
    """Return the columns that a plain view takes unchanged from its first relation."""
    found = _MAIN.search(sql)
    if found is None or _NOT_PLAIN.search(sql):
        return set()
    relation, alias = found[1], found[2] or found[1]
    selected = sql[: found.start()]
    named = {name for owner, name in _COLUMN.findall(selected) if owner in (alias, relation)}
    return columns & named & required.get(relation, set())


def as_sources(relations: Sequence[Relation], required: Mapping[str, set[str]]) -> str:
    """Return `sources.yml`: the views, then the tables."""
    parts = [_HEAD]
    for relation in relations:
        parts.append(f"      - name: {relation.name}\n")
        parts.append(f"        description: {_text(relation.comment)}\n")
        parts += _freshness(relation.name)
        parts.append("        columns:\n")
        never_null = required.get(relation.name, set())
        for column in relation.columns:
            parts += _column(relation.name, column, is_required=column.name in never_null)
    return "".join(parts)


def _freshness(relation: str) -> Iterable[str]:
    if relation in LOADED_AT:
        yield "        config:\n"
        yield f"          loaded_at_field: {LOADED_AT[relation]}\n"
        yield "          freshness:\n"
        yield "            warn_after: {count: 1, period: day}\n"


def _column(relation: str, column: Column, *, is_required: bool) -> Iterable[str]:
    yield f"          - name: {column.name}\n"
    yield f"            data_type: {column.type}\n"
    yield f"            description: {_text(column.comment)}\n"
    tests = ["not_null"] if is_required else []
    if UNIQUE.get(relation) == column.name:
        tests.append("unique")
    if tests:
        yield f"            data_tests: [{', '.join(tests)}]\n"


def _text(value: str) -> str:
    """Return a text as a YAML string; dbt must not read braces in it as Jinja."""
    return json.dumps(value, ensure_ascii=False)
