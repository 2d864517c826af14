"""What a backfill asks the warehouse."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

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


def finished_windows(con: duckdb.DuckDBPyConnection, window_ids: Iterable[str]) -> set[str]:
    """Return those of the windows that some backfill has completed."""
    rows = con.execute(
        "SELECT DISTINCT window_id FROM backfill_windows"
        " WHERE state = 'completed' AND window_id IN (SELECT unnest(?))",
        [list(window_ids)],
    ).fetchall()
    return {row[0] for row in rows}


def planned_windows(con: duckdb.DuckDBPyConnection, backfill_id: str) -> set[str]:
    """Return the windows that a backfill has rows for."""
    rows = con.execute(
        "SELECT DISTINCT window_id FROM backfill_windows WHERE backfill_id = ?", [backfill_id]
    ).fetchall()
    return {row[0] for row in rows}


def documents_per_second(con: duckdb.DuckDBPyConnection) -> float | None:
    """Return how many documents a second the last runs took in, None before the first."""
    row = con.execute(
        "SELECT sum(appended) / sum(seconds) FROM (FROM run_summary"
        " WHERE state = 'completed' AND appended >= 20 ORDER BY started_at DESC LIMIT 5)"
    ).fetchone()
    return float(row[0]) if row and row[0] else None


def known_urls(con: duckdb.DuckDBPyConnection, urls: Iterable[str]) -> set[str]:
    """Return those of the canonical addresses whose page an article was made of."""
    rows = con.execute(
        "WITH asked AS (SELECT DISTINCT unnest(?) AS canonical_url)"
        " SELECT canonical_url FROM asked SEMI JOIN articles USING (canonical_url)"
        " UNION SELECT canonical_url FROM asked SEMI JOIN latest_fetches ON"
        " latest_fetches.canonical_url = asked.canonical_url"
        " AND latest_fetches.next_fetch_at IS NULL",
        [list(urls)],
    ).fetchall()
    return {row[0] for row in rows}
