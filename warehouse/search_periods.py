"""How many articles match a question in each day, week or month, and how many articles there are."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple

import duckdb

from warehouse.search_matches import Matches, documents

Period = Literal["day", "week", "month"]

_COUNTS: Final = """
WITH counted AS (
    SELECT
        CAST(date_trunc($period, documents.published_on) AS DATE) AS first_on,
        count(matches.document) AS matching,
        count(*) AS articles
    FROM ({listed}) AS documents
    LEFT JOIN matches USING (month, document)
    WHERE documents.published_on BETWEEN coalesce($since, DATE '0001-01-01') AND coalesce($until, DATE '9999-12-31')
        AND contains(documents.source_id, $source)
    GROUP BY first_on
)
SELECT
    first_on,
    matching,
    articles
FROM counted
WHERE first_on >= (SELECT min(first_on) FROM counted WHERE matching > 0 OR $since IS NOT NULL)
    AND first_on <= (SELECT max(first_on) FROM counted WHERE matching > 0 OR $until IS NOT NULL)
ORDER BY first_on
"""


class Counted(NamedTuple):
    """A day, week or month that has articles: its first day, and how many match of how many."""

    first_on: date
    matching: int
    articles: int


def count_periods(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    period: Period,
    *,
    since: date | None,
    until: date | None,
    source: str,
) -> list[Counted]:
    """Return the counts of each period that has articles, oldest first.

    Without `since` or `until`, the periods begin or end with the first or last match.

    Args:
        con: The connection that has the table `matches` (see `warehouse.search_matches`).
        matches: What was told of the matches.
        period: Length of a period; a week begins on Monday.
        since: First day.
        until: Last day.
        source: Part of a source_id in small letters, which all counted articles have.
    """
    if not matches.months:
        return []
    listed = documents(range(len(matches.months)), "published_on, source_id")
    rows = con.execute(
        _COUNTS.format(listed=listed),
        {"period": period, "since": since, "until": until, "source": source},
    ).fetchall()
    return [Counted(*row) for row in rows]
