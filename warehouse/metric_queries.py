"""Queries for the metrics: what was counted so far, and the state of the feeds.

Rows of `runs` and `stages` are read from the live file, because the end of a run is recorded
after its snapshot was published. Everything else is read from the newest snapshot, which
needs no lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

Samples = list[tuple[tuple[str, ...], float]]

# Counters: the labels of each sample, then its value.
_OF_RUNS = {
    "onrecord_runs_total": (
        "SELECT flow, state, count(*) FROM run_summary WHERE state != 'running' GROUP BY ALL"
    ),
    "onrecord_stage_seconds_total": (
        "SELECT runs.flow, stages.stage, sum(stages.seconds) FROM stages"
        " JOIN (SELECT DISTINCT run_id, flow FROM runs) AS runs USING (run_id) GROUP BY ALL"
    ),
}
_OF_ROWS = {
    "onrecord_polls_total": "SELECT outcome, count(*) FROM polls GROUP BY ALL",
    "onrecord_entries_total": "SELECT status, count(*) FROM entries GROUP BY ALL",
    "onrecord_fetches_total": (
        "SELECT coalesce(failure, 'fetched'), count(*) FROM fetches GROUP BY ALL"
    ),
    "onrecord_articles_total": "SELECT count(*) FROM articles",
    "onrecord_rejections_total": "SELECT stage, reason, count(*) FROM rejections GROUP BY ALL",
}
_LAST_COMPLETED = (
    "SELECT flow, epoch(max(recorded_at)) FROM run_summary WHERE state = 'completed' GROUP BY ALL"
)
_FEEDS = """
SELECT
    feeds.feed_id,
    feeds.url,
    feeds.state,
    last.next_poll_at,
    coalesce(last.failures, 0) > 0 AS is_failing,
    last.disabled_reason IS NOT NULL AS is_stopped,
    ages.succeeded_at,
    ages.new_at
FROM latest_feeds AS feeds
LEFT JOIN latest_polls AS last USING (feed_id)
LEFT JOIN (
    SELECT
        feed_id,
        max(polled_at) FILTER (WHERE outcome IN ('new', 'unchanged')) AS succeeded_at,
        max(polled_at) FILTER (WHERE new_entries > 0) AS new_at
    FROM polls
    GROUP BY feed_id
) AS ages USING (feed_id)
WHERE feeds.state != 'removed'
ORDER BY feeds.url
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAge:
    """The state of a feed and its last polls, for the metrics.

    Attributes:
        is_failing: Whether its last poll failed.
        is_stopped: Whether it is no longer polled.
        succeeded_at: Its last poll that did not fail; None if there is none.
        new_at: Its last poll with a new entry; None if there is none.
    """

    feed_id: str
    url: str
    state: str
    next_poll_at: datetime | None
    is_failing: bool
    is_stopped: bool
    succeeded_at: datetime | None
    new_at: datetime | None


def count_runs(con: duckdb.DuckDBPyConnection) -> dict[str, Samples]:
    """Return the counters of runs and stages, and when each flow was last completed."""
    found = _count(con, _OF_RUNS)
    found["onrecord_flow_last_completed_timestamp_seconds"] = _samples(con, _LAST_COMPLETED)
    return found


def count_rows(con: duckdb.DuckDBPyConnection) -> dict[str, Samples]:
    """Return the counters of polls, entries, fetches, articles and rejections."""
    return _count(con, _OF_ROWS)


def count_wanted(con: duckdb.DuckDBPyConnection) -> int:
    """Return the number of pages that are still to be fetched."""
    ((count,),) = con.execute("SELECT count(*) FROM wanted_pages").fetchall()
    return int(count)


def feed_ages(con: duckdb.DuckDBPyConnection) -> list[FeedAge]:
    """Return the feeds of the feed list, sorted by URL."""
    names = list(FeedAge.__slots__)
    return [FeedAge(**dict(zip(names, row, strict=True))) for row in con.execute(_FEEDS).fetchall()]


def _count(con: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> dict[str, Samples]:
    return {name: _samples(con, sql) for name, sql in queries.items()}


def _samples(con: duckdb.DuckDBPyConnection, sql: str) -> Samples:
    rows = con.execute(sql).fetchall()
    return sorted((tuple(map(str, labels)), float(value)) for *labels, value in rows)
