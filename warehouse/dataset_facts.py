"""Reads from a snapshot what a data set says about its content."""

from __future__ import annotations

import duckdb

from warehouse.dataset_records import ColumnFacts, Facts, SourceFacts
from warehouse.dataset_tables import DataColumn, DataTable
from warehouse.quoting import identifier

_SPAN = """
SELECT
    count(*),
    min(published_on),
    max(published_on),
    count_if(published_on IS NULL),
    CAST(max(fetched_at) AT TIME ZONE 'UTC' AS DATE)
FROM latest_articles
"""
_SOURCES = """
SELECT source_id, count(*), min(published_on), max(published_on)
FROM latest_articles
GROUP BY source_id
ORDER BY source_id
"""
_LANGUAGES = """
SELECT language, count(*) AS articles
FROM latest_articles
GROUP BY language
ORDER BY articles DESC, language
"""
_TRANSFORMS = """
WITH versions AS (
    SELECT 'clean' AS transform, articles.transform_version
    FROM articles
    SEMI JOIN latest_articles USING (article_id, revision)
    UNION
    SELECT analyses.transform, analyses.transform_version
    FROM latest_analyses AS analyses
    SEMI JOIN latest_articles USING (article_id, revision)
    WHERE analyses.transform <> 'clean'
)
SELECT transform, list(transform_version ORDER BY transform_version)
FROM versions
GROUP BY transform
ORDER BY transform
"""
_MEASURED = ("INTEGER", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP WITH TIME ZONE")


def read_facts(con: duckdb.DuckDBPyConnection) -> Facts | None:
    """Return what a snapshot says about its content; None if it has no article."""
    articles, first_on, last_on, undated, acquired_on = con.execute(_SPAN).fetchall()[0]
    if not articles:
        return None
    sources = con.execute(_SOURCES).fetchall()
    return Facts(
        articles=articles,
        first_on=first_on,
        last_on=last_on,
        undated=undated,
        acquired_on=acquired_on,
        sources=tuple(
            SourceFacts(source_id=source_id, articles=count, first_on=first, last_on=last)
            for source_id, count, first, last in sources
        ),
        languages=dict(con.execute(_LANGUAGES).fetchall()),
        transforms=dict(con.execute(_TRANSFORMS).fetchall()),
    )


def read_filled(
    con: duckdb.DuckDBPyConnection, rows: str, columns: tuple[DataColumn, ...]
) -> dict[str, ColumnFacts]:
    """Return how each column of the rows is filled."""
    measures = []
    for column in columns:
        name = identifier(column.name)
        measures.append(f"count(*) - count({name})")
        is_measured = column.type in _MEASURED
        measures += [
            _shown(f"{bound}({name})", column.type) if is_measured else "NULL"
            for bound in ("min", "max")
        ]
    found = con.execute(f"SELECT {', '.join(measures)} FROM ({rows})").fetchall()[0]
    return {
        column.name: ColumnFacts(
            missing=found[3 * at], least=found[3 * at + 1], most=found[3 * at + 2]
        )
        for at, column in enumerate(columns)
    }


def _shown(value: str, kind: str) -> str:
    if kind == "DOUBLE":
        return f"format('{{:g}}', {value})"
    return (
        f"strftime({value}, '%Y-%m-%d')"
        if kind.startswith(("DATE", "TIME"))
        else f"{value}::VARCHAR"
    )


def has_key(con: duckdb.DuckDBPyConnection, rows: str, table: DataTable) -> bool:
    """Whether the key of a table identifies each of the rows."""
    key = ", ".join(map(identifier, table.key))
    found = con.execute(f"SELECT count(*) = count(DISTINCT ({key})) FROM ({rows})").fetchall()
    return bool(found[0][0])


def has_targets(con: duckdb.DuckDBPyConnection, rows: str, column: str, target: str) -> bool:
    """Whether each value of `column` is in the first column of the SQL `target`."""
    name = identifier(column)
    found = con.execute(
        f"SELECT count(*) FROM ({rows}) WHERE {name} IS NOT NULL AND {name} NOT IN ({target})"
    ).fetchall()
    return bool(found[0][0] == 0)
