"""Short questions that the flows and commands ask the warehouse."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import orjson

from warehouse.errors import QueryError

TOTALS = """
SELECT
    (SELECT count(*) FROM sources) AS sources,
    (SELECT count(*) FROM documents) AS documents,
    (SELECT count(*) FROM latest_articles) AS articles,
    (SELECT count(*) FROM articles) AS revisions,
    (SELECT count(*) FROM latest_quotations) AS quotations,
    (SELECT count(*) FROM latest_mentions) AS mentions,
    (SELECT count(*) FROM latest_date_mentions) AS dates
"""
RUNS = """
SELECT flow, state, started_at, seen, appended, known, rejected, round(seconds, 1) AS seconds, detail
FROM run_summary
ORDER BY started_at DESC
LIMIT 5
"""
REJECTION_COUNTS = """
SELECT stage, reason, count(*) AS items, max(rejected_at) AS last_at
FROM rejections
GROUP BY stage, reason
ORDER BY items DESC, stage, reason
"""
SCHEMA = """
SELECT columns.table_name AS name, columns.column_name AS "column", columns.data_type AS type, columns.comment
FROM duckdb_columns() AS columns
WHERE NOT columns.internal
ORDER BY columns.table_name, columns.column_index
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """Rows that the batches of one run appended."""

    articles: int = 0
    quotations: int = 0
    mentions: int = 0
    date_mentions: int = 0
    rejections: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run whose last recorded state is `running`."""

    run_id: str
    flow: str
    started_at: datetime
    recorded_at: datetime
    parameters: str | None
    flow_run_id: str | None
    host: str
    pid: int


def open_runs(con: duckdb.DuckDBPyConnection) -> list[OpenRun]:
    """Return the runs that have not ended, as far as the table `runs` knows."""
    names = list(OpenRun.__slots__)
    rows = con.execute(
        f"SELECT {', '.join(names)} FROM (FROM runs QUALIFY row_number() OVER ("
        " PARTITION BY run_id ORDER BY recorded_at DESC) = 1) WHERE state = 'running'"
    ).fetchall()
    return [OpenRun(**dict(zip(names, row, strict=True))) for row in rows]


def has_source(con: duckdb.DuckDBPyConnection, source_id: str) -> bool:
    """Whether any article came from a source."""
    row = con.execute("SELECT 1 FROM sources WHERE source_id = ? LIMIT 1", [source_id]).fetchone()
    return row is not None


def redo_instant(
    con: duckdb.DuckDBPyConnection, parameters: Mapping[str, object], now: datetime
) -> datetime:
    """Return before which instant rows count as not done, for a run over all rows.

    That is the start of the first run with these parameters of which no later one was
    completed: a run that was stopped is gone on with, not begun again.
    """
    rows = con.execute(
        "SELECT state, started_at FROM (FROM runs QUALIFY row_number() OVER ("
        " PARTITION BY run_id ORDER BY recorded_at DESC) = 1)"
        " WHERE flow = 'reprocess' AND state != 'skipped' AND parameters = ?::JSON"
        " ORDER BY started_at DESC",
        [orjson.dumps(parameters).decode()],
    ).fetchall()
    instant = now
    for state, started_at in rows:
        if state == "completed":
            break
        instant = started_at
    return instant


def known_documents(con: duckdb.DuckDBPyConnection, document_ids: Iterable[str]) -> set[str]:
    """Return those of `document_ids` that need not be analysed again.

    A document that was refused is tried again: the refusal may have been ours.
    """
    rows = con.execute(
        "SELECT DISTINCT document_id FROM documents ANTI JOIN rejections USING (document_id)"
        " WHERE document_id IN (SELECT unnest(?))",
        [list(document_ids)],
    ).fetchall()
    return {row[0] for row in rows}


def find_stored(
    con: duckdb.DuckDBPyConnection, sha256: Iterable[str]
) -> list[tuple[str, str, int, str, datetime]]:
    """Return hash, archive file, offset, address and instant of bodies that are archived."""
    return con.execute(
        "SELECT sha256, warc_file, warc_offset, coalesce(url, 'file://' || path, ''), fetched_at"
        " FROM documents WHERE warc_file IS NOT NULL AND sha256 IN (SELECT unnest(?))"
        " QUALIFY row_number() OVER (PARTITION BY sha256 ORDER BY fetched_at) = 1",
        [list(sha256)],
    ).fetchall()


def run_row_counts(con: duckdb.DuckDBPyConnection, run_id: str) -> RowCounts:
    """Return the rows appended by the batches of a run."""
    names = list(RowCounts.__slots__)
    sums = ", ".join(
        f"coalesce(sum(CAST(rows_appended ->> '{name}' AS INTEGER)), 0)::INTEGER" for name in names
    )
    row = con.execute(f"SELECT {sums} FROM batches WHERE run_id = ?", [run_id]).fetchone()
    return RowCounts(**dict(zip(names, row or (), strict=True)))


def query_rows(
    con: duckdb.DuckDBPyConnection, sql: str, *, timeout_s: float
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names and the rows of a query.

    Raises:
        QueryError: DuckDB refused it, or it took longer than `timeout_s` seconds.
    """
    timer = threading.Timer(timeout_s, con.interrupt)
    timer.start()
    try:
        result = con.execute(sql)
        return [column[0] for column in result.description or []], result.fetchall()
    except duckdb.InterruptException as exc:
        raise QueryError(
            f"took longer than {timeout_s:g} s: narrow it, or raise --timeout"
        ) from exc
    except duckdb.Error as exc:
        raise QueryError(str(exc)) from exc
    finally:
        timer.cancel()
