"""How many articles a question matches, and how many there are, by day, source or language.

All matches are counted, not a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import duckdb

from warehouse.search_index import Month
from warehouse.search_matches import Matches, documents

Interval = Literal["day", "week", "month", "year"]
By = Literal["source_id", "language"] | Interval

_COLUMNS: Final[dict[By, str]] = {
    "source_id": "source_id",
    "language": "language",
    "day": "published_on",
    "week": "CAST(date_trunc('week', published_on) AS DATE)",
    "month": "CAST(date_trunc('month', published_on) AS DATE)",
    "year": "CAST(date_trunc('year', published_on) AS DATE)",
}
_READ: Final = {"source_id": "source_id", "language": "language"}  # the others read published_on


@dataclass(frozen=True, slots=True)
class Range:
    """The articles of some days and sources.

    Attributes:
        since: First day of publication.
        until: Last day of publication.
        source_ids: Their sources; None for all.
        source_part: Part of their `source_id` in small letters; nothing for all.
    """

    since: date
    until: date
    source_ids: tuple[str, ...] | None = None
    source_part: str = ""


def count_matches(
    con: duckdb.DuckDBPyConnection, matches: Matches, *by: By
) -> dict[tuple[Any, ...], int]:
    """Return how many matches there are for each value of some properties.

    Args:
        con: The connection that has the table `matches` (see `warehouse.search_matches`).
        matches: What was told of the matches.
        by: The properties; a week, month or year is given by its first day.
    """
    if not matches.count:
        return {}
    read = ", ".join(dict.fromkeys(_READ.get(one, "published_on") for one in by))
    listed = documents(range(len(matches.months)), read)
    source = f"matches JOIN ({listed}) AS documents USING (month, document)"
    return _counted(con, source, by, {})


def count_articles(
    con: duckdb.DuckDBPyConnection, months: Sequence[Month], within: Range, *by: By
) -> dict[tuple[Any, ...], int]:
    """Return how many articles there are for each value of some properties; see `count_matches`.

    Args:
        con: A connection as for `warehouse.search_ranking.rank`.
        months: The months, by the number of their database.
        within: The articles that are counted.
        by: The properties; without any, the key of the only count is empty.
    """
    wanted = [at for at, month in enumerate(months) if month.may_have(within.since, within.until)]
    if not wanted:
        return {}
    read = dict.fromkeys(["published_on", "source_id", *(_READ.get(one, "published_on") for one in by)])  # fmt: skip
    where = "WHERE published_on BETWEEN $since AND $until"
    values: dict[str, object] = {"since": within.since, "until": within.until}
    if within.source_ids is not None:
        where += " AND source_id IN (SELECT unnest(CAST($source_ids AS VARCHAR[])))"
        values["source_ids"] = list(within.source_ids)
    if within.source_part:
        where += " AND contains(source_id, $source_part)"
        values["source_part"] = within.source_part
    return _counted(con, f"({documents(wanted, ', '.join(read))}) {where}", by, values)


def _counted(
    con: duckdb.DuckDBPyConnection, source: str, by: Sequence[By], values: dict[str, object]
) -> dict[tuple[Any, ...], int]:
    columns = "".join(f"{_COLUMNS[one]}, " for one in by)
    grouped = f" GROUP BY {', '.join(_COLUMNS[one] for one in by)}" if by else ""
    rows = con.execute(f"SELECT {columns}count(*) FROM {source}{grouped}", values).fetchall()
    return {row[:-1]: row[-1] for row in rows}
