"""Conditions that need a person, found by the queries in `alerts/`.

Each query reads recent rows only: 90 days of polls that brought something new, 35 days of
other polls and of fetches, 60 days of runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from warehouse.migrate import scripts

Connection = duckdb.DuckDBPyConnection  # the name under which other layers know it
QUERIES: Final = ("feed_silent", "feed_failing", "publisher_failing", "run_failed", "check")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that needs a person.

    Attributes:
        kind: What kind of problem it is; also the setting that switches it on.
        item: Key of its subject, unique among the conditions of its kind.
        subject: Its subject for people: a URL, a publisher, a flow, a check.
        source_id: Publisher, None if it is not about one.
        since_at: When it began, UTC.
        code: Fixed code of the cause, empty if there is none.
        detail: What is wrong, one line.
        is_urgent: Whether it is told at once and not in the daily digest.
        advice: What to do next, one line; empty before it was written.
    """

    kind: str
    item: str
    subject: str
    source_id: str | None
    since_at: datetime
    code: str
    detail: str
    is_urgent: bool = True
    advice: str = ""

    @property
    def key(self) -> str:
        """The key of its alert."""
        return f"{self.kind}:{self.item}"


@dataclass(frozen=True, slots=True)
class IngestHistory:
    """The last completed ingest, how many there are in 60 days, and their usual distance."""

    completed_at: datetime | None
    completed: int
    pause_s: float


def find_conditions(con: Connection, kind: str, now: datetime, **limits: float) -> list[Condition]:
    """Return the conditions of a kind, one of `QUERIES`; the oldest first.

    Args:
        con: The warehouse.
        kind: Name of the query.
        now: The instant to look from; later rows should not exist.
        limits: Further parameters of the query.
    """
    sql = _sql(kind)
    given = {name: value for name, value in limits.items() if f"${name}" in sql}
    if "$now" in sql:
        rows = con.execute(sql, {"now": now, **given}).fetchall()
    else:
        rows = con.execute(sql).fetchall()
    return [
        Condition(
            kind=kind,
            item=item,
            subject=subject,
            source_id=source_id,
            since_at=since_at,
            code=code or "",
            detail=detail,
        )
        for item, subject, source_id, since_at, code, detail in rows
    ]


def ingest_history(con: Connection, now: datetime) -> IngestHistory:
    """Return what the table `runs` says about completed ingests."""
    ((completed_at, completed, pause_s),) = con.execute(
        _sql("ingest_history"), {"now": now}
    ).fetchall()
    return IngestHistory(completed_at, completed, pause_s)


def _sql(name: str) -> str:
    return next(script.sql for script in scripts("alerts") if script.name == name)
