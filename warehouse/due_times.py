"""When there is something to do for `ingest`: a feed to poll, or a page to fetch."""

from __future__ import annotations

from datetime import datetime

import duckdb

from warehouse.visit_queries import VisitPlans, next_visit_at


def next_due(con: duckdb.DuckDBPyConnection, now: datetime, plans: VisitPlans) -> datetime | None:
    """Return when the next feed, page or visit is due; an instant up to `now` is due now.

    Args:
        con: The warehouse.
        now: A feed that was never polled, and a page that was never fetched, are due now.
        plans: When pages are visited.

    Returns:
        The instant, UTC; None if nothing is planned.
    """
    feeds = con.execute(
        "SELECT min(coalesce(polls.next_poll_at, $now::TIMESTAMPTZ)) FROM latest_feeds AS feeds"
        " LEFT JOIN latest_polls AS polls USING (feed_id) WHERE feeds.state IN ('listed', 'moved')",
        {"now": now},
    ).fetchone()
    pages = con.execute(
        "SELECT min(coalesce(next_fetch_at, $now::TIMESTAMPTZ)) FROM wanted_pages", {"now": now}
    ).fetchone()
    found = [row[0] for row in (feeds, pages) if row] + [next_visit_at(con, now, plans)]
    return min((instant for instant in found if instant is not None), default=None)
