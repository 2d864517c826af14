"""Queries about visits: which pages of recent articles are to be fetched again, and when."""

from __future__ import annotations

import importlib.resources
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import duckdb
import orjson

from warehouse.feed_queries import WantedPage, wanted_page
from warehouse.queries import ITEMS, items

CHECKED_FOR: Final = timedelta(days=7)  # how long a missing page is checked beside its plan
_STATUS_DAYS: Final = 7
_DAY_US: Final = 86_400_000_000
_TIMES: Final = importlib.resources.files("warehouse").joinpath("visit_times.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlans:
    """When pages are visited, in seconds after publication, ascending.

    Attributes:
        usual: The plan of all sites that have none of their own.
        sites: The plans of single sites with their subdomains; an empty one means no visits.
    """

    usual: tuple[int, ...] = ()
    sites: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def parameters(self, now: datetime) -> dict[str, object]:
        """Return the parameters of the query `visit_times.sql`."""
        plans = {"": self.usual, **self.sites}
        longest = max((plan[-1] for plan in plans.values() if plan), default=0)
        since = now - timedelta(seconds=longest) - CHECKED_FOR - timedelta(days=1)
        listed = [{"site": site, "plan": plan} for site, plan in plans.items()]
        return {"since": since, "plans": orjson.dumps(listed).decode(), "now": now}

    def __bool__(self) -> bool:
        return any((self.usual, *self.sites.values()))


NO_VISITS: Final = VisitPlans()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """What the last visit found: the columns of `visits` that the next one starts from."""

    article_id: str
    source_id: str
    document_id: str
    content_sha256: str
    wording_sha256: str | None
    etag: str | None
    last_modified: str | None
    starts_at: datetime
    last_seen_at: datetime
    gone_since_at: datetime | None
    is_gone: bool
    failed_visits: int

    def as_row(self) -> dict[str, Any]:
        """Return the columns under their names."""
        return asdict(self)


_STATE: Final = tuple(known.name for known in fields(PageState))
_PAGE: Final = tuple(known.name for known in fields(WantedPage))


@dataclass(frozen=True, slots=True)
class DueVisit:
    """The page of an article that is to be fetched again now, and its state."""

    page: WantedPage
    state: PageState


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTally:
    """Counts of planned visits by outcome; `made` is the sum of the others.

    Attributes:
        changed: Pages with another headline or text, or with another article.
        gone: Pages whose article has certainly disappeared.
        missing: Pages whose article was missing once; they are checked a day later.
        failed: Pages that could not be fetched, or showed a wall.
    """

    made: int = 0
    unchanged: int = 0
    changed: int = 0
    gone: int = 0
    missing: int = 0
    failed: int = 0


_TALLY: Final = """
SELECT
    count(*),
    count(*) FILTER (outcome = 'unchanged'),
    count(*) FILTER (outcome IN ('changed', 'moved')),
    count(*) FILTER (outcome = 'missing' AND is_gone),
    count(*) FILTER (outcome = 'missing' AND NOT is_gone),
    count(*) FILTER (outcome IN ('failed', 'refused'))
FROM visits
WHERE outcome != 'fetched' AND visited_at >= $since
"""


def due_visits(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    plans: VisitPlans,
    *,
    most: int,
    without: Collection[str] = (),
) -> list[DueVisit]:
    """Return the pages to visit now, those that have waited longest first, at most `most`.

    Args:
        con: The warehouse.
        now: Visits planned until this instant are due.
        plans: When pages are visited.
        most: The maximum number.
        without: Canonical URLs that are fetched anyway.
    """
    if not plans or most <= 0:
        return []
    rows = con.execute(
        _due_query(),
        plans.parameters(now) | {"most": most, "without": items(without)},
    ).fetchall()
    return [
        DueVisit(
            page=wanted_page(dict(zip(_PAGE, row[len(_STATE) :], strict=True))),
            state=PageState(**dict(zip(_STATE, row, strict=False))),
        )
        for row in rows
    ]


def _due_query() -> str:
    """Return the query for the due states with the newest entries of their pages.

    As in `wanted_pages`, the newest entry says what its feed knows about a page.
    """
    state = ", ".join(f"visits.{name}" for name in _STATE)
    found = ", ".join([*(f"due.{name}" for name in _STATE), *map(_column, _PAGE)])
    return (
        f"WITH times AS ({_TIMES.read_text('utf-8')}),"
        f" fetched_anyway AS (SELECT {ITEMS.replace('?', '$without')} AS canonical_url),"
        f" due AS MATERIALIZED (SELECT {state}, visits.canonical_url, times.next_us"
        " FROM visits JOIN times ON times.place = visits.rowid"
        " ANTI JOIN fetched_anyway USING (canonical_url)"
        " WHERE visits.visited_at >= $since AND times.next_us <= epoch_us($now::TIMESTAMPTZ)"
        " ORDER BY times.next_us, visits.canonical_url LIMIT $most),"
        " newest AS (SELECT entries.rowid AS place, canonical_url FROM entries"
        " SEMI JOIN due USING (canonical_url) WHERE status IN ('new', 'changed')"
        " QUALIFY row_number() OVER (PARTITION BY canonical_url ORDER BY seen_at DESC, entry_id) = 1)"
        f" SELECT {found} FROM due JOIN newest USING (canonical_url)"
        " JOIN entries ON entries.rowid = newest.place"
        " ORDER BY due.next_us, due.canonical_url"
    )


def _column(name: str) -> str:
    """Return a column of `WantedPage` as it is read from an entry."""
    computed = {
        "is_zone_assumed": "list_contains(entries.flags, 'zone_assumed')",
        "attempts": "0",
        "canonical_url": "due.canonical_url",
    }
    return computed.get(name, f"entries.{name}")


def next_visit_at(
    con: duckdb.DuckDBPyConnection, now: datetime, plans: VisitPlans
) -> datetime | None:
    """Return when the next visit is planned, which may be in the past; None if none is."""
    if not plans:
        return None
    row = con.execute(
        f"SELECT min(next_us) FROM ({_TIMES.read_text('utf-8')})", plans.parameters(now)
    ).fetchone()
    if row is None or row[0] is None:
        return None
    return datetime.fromtimestamp(row[0] / 1_000_000, UTC)


def count_visits(
    con: duckdb.DuckDBPyConnection, *, since: datetime, run_id: str | None = None
) -> VisitTally:
    """Return the counts of planned visits since an instant, or only those of one run."""
    sql = _TALLY
    parameters: dict[str, object] = {"since": since}
    if run_id is not None:
        sql += " AND batch_id IN (SELECT batch_id FROM batches WHERE run_id = $run_id)"
        parameters |= {"run_id": run_id}
    names = [known.name for known in fields(VisitTally)]
    return VisitTally(
        **dict(zip(names, con.execute(sql, parameters).fetchone() or (), strict=True))
    )


def visit_figures(
    con: duckdb.DuckDBPyConnection, now: datetime, plans: VisitPlans
) -> dict[str, float]:
    """Return what visits cost and found: empty if none were made and none are planned.

    `made_per_day` is the mean of the last week, `planned_next_day` counts the visits to the
    articles so far, and `changed` and `gone` are articles of the last week.
    """
    if not con.execute("FROM duckdb_tables() WHERE table_name = 'visits'").fetchall():
        return {}  # a snapshot of an older version
    since = now - timedelta(days=_STATUS_DAYS)
    row = con.execute(
        "SELECT count(*) FILTER (outcome != 'fetched'), count(DISTINCT article_id) FILTER ("
        " outcome IN ('changed', 'moved')), count(DISTINCT article_id) FILTER (is_gone),"
        " date_diff('hour', min(visited_at), $now::TIMESTAMPTZ) / 24"
        " FROM visits WHERE visited_at >= $since",
        {"since": since, "now": now},
    ).fetchone()
    made, changed, gone, days = row or (0, 0, 0, None)
    planned = _planned_until(con, now, plans)
    if not (made or planned):
        return {}
    per_day = round(made / min(max(days or 1, 1), _STATUS_DAYS), 1)
    return {"made_per_day": per_day, "planned_next_day": planned, "changed": changed, "gone": gone}


def _planned_until(con: duckdb.DuckDBPyConnection, now: datetime, plans: VisitPlans) -> int:
    """Return the number of visits in the next 24 hours; missed ones count as one."""
    if not plans:
        return 0
    row = con.execute(
        f"WITH times AS ({_TIMES.read_text('utf-8')}),"
        f" span AS (SELECT epoch_us($now::TIMESTAMPTZ) AS now_us, now_us + {_DAY_US} AS end_us)"
        " SELECT sum(1 + len(list_filter(plan, lambda seconds:"
        " starts_us + seconds * 1000000 > greatest(next_us, now_us)"
        " AND starts_us + seconds * 1000000 <= end_us)))::BIGINT"
        " FROM times, span WHERE next_us <= end_us",
        plans.parameters(now),
    ).fetchone()
    return int(row[0] or 0) if row else 0
