"""Queries about runs and backfills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import orjson

BACKFILLS = """
SELECT
    backfill_id,
    origin,
    source_id,
    starts_on,
    ends_on,
    windows,
    completed,
    unfinished,
    appended,
    rejected,
    recorded_at
FROM backfills
ORDER BY recorded_at DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """Numbers of rows that the batches of one run appended, by table.

    Attributes:
        copies: Articles that are copies of earlier ones.
        changes: Edits of earlier articles.
    """

    articles: int = 0
    quotations: int = 0
    no_comments: int = 0
    mentions: int = 0
    date_mentions: int = 0
    keyphrases: int = 0
    article_topics: int = 0
    copies: int = 0
    changes: int = 0
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePages:
    """The pages of one publisher that a run fetched.

    Attributes:
        pages: Number of fetched pages.
        loaded: How many of them are articles in the warehouse.
        waiting: How many failed and will be fetched again.
        reason: The most frequent reason of the others; empty if there are none.
    """

    source_id: str
    pages: int
    loaded: int
    waiting: int
    reason: str


_SOURCE_PAGES = """
WITH fetched AS (
    SELECT source_id, failure, next_fetch_at, document_id
    FROM fetches
    WHERE batch_id IN (SELECT batch_id FROM batches WHERE run_id = ?)
),

refused AS (
    SELECT document_id, any_value(reason) AS reason
    FROM rejections
    WHERE document_id IN (SELECT document_id FROM fetched)
    GROUP BY document_id
)

SELECT
    source_id,
    count(*) AS pages,
    count_if(coalesce(refused.reason, failure) IS NULL) AS loaded,
    count_if(next_fetch_at IS NOT NULL) AS waiting,
    coalesce(mode(coalesce(refused.reason, failure)), '') AS reason
FROM fetched
LEFT JOIN refused USING (document_id)
GROUP BY source_id
ORDER BY pages DESC, source_id
"""


def pages_by_source(con: duckdb.DuckDBPyConnection, run_id: str) -> list[SourcePages]:
    """Return the pages that a run fetched, per publisher, most pages first."""
    names = list(SourcePages.__slots__)
    rows = con.execute(_SOURCE_PAGES, [run_id]).fetchall()
    return [SourcePages(**dict(zip(names, row, strict=True))) for row in rows]


def open_runs(con: duckdb.DuckDBPyConnection) -> list[OpenRun]:
    """Return the runs that have not ended according to the table `runs`."""
    names = list(OpenRun.__slots__)
    rows = con.execute(
        f"SELECT {', '.join(names)} FROM (FROM runs QUALIFY row_number() OVER ("
        " PARTITION BY run_id ORDER BY state = 'running', recorded_at DESC) = 1) WHERE state = 'running'"
    ).fetchall()
    return [OpenRun(**dict(zip(names, row, strict=True))) for row in rows]


def redo_instant(
    con: duckdb.DuckDBPyConnection, parameters: Mapping[str, object], now: datetime
) -> datetime:
    """Return the instant before which a run over all rows recomputes rows.

    This is the start of the first run with these parameters after the last completed one,
    so an interrupted run resumes instead of starting again.
    """
    rows = con.execute(
        "SELECT state, started_at FROM (FROM runs QUALIFY row_number() OVER ("
        " PARTITION BY run_id ORDER BY state = 'running', recorded_at DESC) = 1)"
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


def run_row_counts(con: duckdb.DuckDBPyConnection, run_id: str) -> RowCounts:
    """Return the numbers of rows appended by the batches of a run."""
    names = list(RowCounts.__slots__)
    sums = ", ".join(
        f"coalesce(sum(CAST(rows_appended ->> '{name}' AS INTEGER)), 0)::INTEGER" for name in names
    )
    row = con.execute(f"SELECT {sums} FROM batches WHERE run_id = ?", [run_id]).fetchone()
    return RowCounts(**dict(zip(names, row or (), strict=True)))


def finished_windows(con: duckdb.DuckDBPyConnection, window_ids: Iterable[str]) -> set[str]:
    """Return the windows that were completed by any backfill."""
    rows = con.execute(
        "SELECT DISTINCT window_id FROM backfill_windows"
        " WHERE state = 'completed' AND window_id IN (SELECT unnest(?))",
        [list(window_ids)],
    ).fetchall()
    return {row[0] for row in rows}


def planned_windows(con: duckdb.DuckDBPyConnection, backfill_id: str) -> set[str]:
    """Return the windows of a backfill that have rows."""
    rows = con.execute(
        "SELECT DISTINCT window_id FROM backfill_windows WHERE backfill_id = ?", [backfill_id]
    ).fetchall()
    return {row[0] for row in rows}


def documents_per_second(con: duckdb.DuckDBPyConnection) -> float | None:
    """Return the documents per second of the last runs, None before the first run."""
    row = con.execute(
        "SELECT sum(appended) / sum(seconds) FROM (FROM run_summary"
        " WHERE state = 'completed' AND appended >= 20 ORDER BY started_at DESC LIMIT 5)"
    ).fetchone()
    return float(row[0]) if row and row[0] else None
