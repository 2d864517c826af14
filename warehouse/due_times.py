"""When there is something to do for `ingest`: a feed to poll, or a page to fetch."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from warehouse.feed_queries import LONGEST_PAGE_WAIT
from warehouse.visit_queries import VisitPlans, next_visit_at


def next_due(
    con: duckdb.DuckDBPyConnection, now: datetime, plans: VisitPlans, *, longest_wait: timedelta
) -> datetime | None:
    """Return when the next feed, page or visit is due; an instant up to `now` is due now.

    Args:
        con: The warehouse.
        now: A feed that was never polled, and a page that was never fetched, are due now.
        plans: When pages are visited.
        longest_wait: Of a feed after a poll; a later due time was made by a wrong clock, and the
            feed is due now, as is one that was polled ahead of `now`.

    Returns:
        The instant, UTC; None if nothing is planned.
    """
    feeds = con.execute(
        "SELECT min(CASE WHEN polls.polled_at > $now::TIMESTAMPTZ + INTERVAL 1 HOUR"
        " OR polls.next_poll_at > polls.polled_at + $wait"
        " THEN $now::TIMESTAMPTZ ELSE coalesce(polls.next_poll_at, $now::TIMESTAMPTZ) END)"
        " FROM latest_feeds AS feeds"
        " LEFT JOIN latest_polls AS polls USING (feed_id) WHERE feeds.state IN ('listed', 'moved')",
        {"now": now, "wait": longest_wait},
    ).fetchone()
    pages = con.execute(
        "SELECT min(CASE WHEN next_fetch_at <= $latest THEN next_fetch_at"
        " ELSE $now::TIMESTAMPTZ END) FROM wanted_pages",
        {"now": now, "latest": now + LONGEST_PAGE_WAIT},
    ).fetchone()
    found = [row[0] for row in (feeds, pages) if row] + [next_visit_at(con, now, plans)]
    return min((instant for instant in found if instant is not None), default=None)
