"""How feeds do: one row per listed feed, and the details of one, by the queries in `feeds/`."""

from __future__ import annotations

import importlib.resources
from datetime import datetime
from typing import Any

import duckdb

Row = dict[str, Any]

# The names of details, with their queries.
_DETAILS = {
    "last_polls": "polls", "last_failures": "failures", "last_entries": "entries",
    "pages_7_days": "pages", "content": "content",
}  # fmt: skip


def read_feed_health(con: duckdb.DuckDBPyConnection, *, now: datetime) -> list[Row]:
    """Return one row per listed feed: its last poll, its rhythm and its gaps."""
    return _rows(con, "health", now=now)


def polled_ahead(con: duckdb.DuckDBPyConnection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many listed feeds were last polled ahead of `now`, and the latest such poll."""
    ((feeds, until),) = con.execute(
        "SELECT count(*), max(polled_at) FROM latest_polls"
        " WHERE polled_at > $now::TIMESTAMPTZ + INTERVAL 1 HOUR AND feed_id IN"
        " (SELECT feed_id FROM latest_feeds WHERE state IN ('listed', 'moved'))",
        {"now": now},
    ).fetchall()
    return feeds, until


def read_feed_details(
    con: duckdb.DuckDBPyConnection, feed_id: str, *, now: datetime
) -> dict[str, list[Row]]:
    """Return rows about one feed: polls, failures, entries, pages and their text.

    The newest come first. A page without a `reason` was stored.
    """
    return {name: _rows(con, query, feed_id=feed_id, now=now) for name, query in _DETAILS.items()}


def _rows(con: duckdb.DuckDBPyConnection, name: str, **values: object) -> list[Row]:
    script = importlib.resources.files("warehouse").joinpath("feeds", f"{name}.sql")
    sql = script.read_text("utf-8")
    used = {key: value for key, value in values.items() if f"${key}" in sql}
    result = con.execute(sql, used)
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
