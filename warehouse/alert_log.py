"""The table `alerts`: what was found and told so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import orjson

from warehouse.conditions import Condition

# Keys of rows are few: only changes are appended. An alert that ended long ago starts afresh.
# A row ahead of the clock was made while the clock was wrong: it must not end later alerts.
_KNOWN = """
WITH removed AS (
    SELECT feed_id
    FROM latest_feeds
    WHERE state = 'removed'
)
SELECT
    alert_key,
    arg_max(kind, recorded_at) AS kind,
    arg_max(subject, recorded_at) AS subject,
    arg_max(source_id, recorded_at) AS source_id,
    arg_max(is_urgent, recorded_at) AS is_urgent,
    arg_max(detail, recorded_at) FILTER (state IN ('started', 'returned')) AS detail,
    arg_max(since_at, recorded_at) FILTER (state = 'started') AS since_at,
    max(recorded_at) FILTER (state = 'started') AS started_at,
    max(recorded_at) FILTER (state = 'eased') AS eased_at,
    max(recorded_at) FILTER (state = 'returned') AS returned_at,
    max(recorded_at) FILTER (state = 'ended') AS ended_at,
    max(recorded_at) FILTER (state IN ('told', 'digested')) AS told_at,
    alert_key IN (
        SELECT kinds.kind || ':' || removed.feed_id
        FROM removed, (VALUES ('feed_silent'), ('feed_failing')) AS kinds (kind)
    ) AS is_removed
FROM alerts
WHERE state != 'dropped' AND recorded_at <= $now + INTERVAL 1 HOUR
GROUP BY alert_key
HAVING started_at IS NOT NULL
    AND (ended_at IS NULL OR ended_at < started_at OR ended_at > $now - INTERVAL 7 DAY)
"""
_MESSAGES = """
SELECT
    count(DISTINCT recorded_at) FILTER (state = 'told' AND recorded_at > $now - INTERVAL 1 DAY) AS sent,
    max(recorded_at) FILTER (state = 'digested') AS digested_at
FROM alerts
WHERE state IN ('told', 'digested') AND recorded_at <= $now + INTERVAL 1 HOUR
"""
# One statement for all rows: the first look at many feeds may find thousands of problems.
_APPEND = """
INSERT INTO alerts BY NAME
SELECT unnest(
    from_json(
        CAST($rows AS JSON),
        '[{"alert_key": "VARCHAR", "kind": "VARCHAR", "subject": "VARCHAR", "source_id": "VARCHAR",
           "state": "VARCHAR", "is_urgent": "BOOLEAN", "since_at": "TIMESTAMPTZ",
           "recorded_at": "TIMESTAMPTZ", "detail": "VARCHAR"}]'
    ),
    max_depth := 2
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlert:
    """What the table says about one problem; instants are UTC, None if it never happened.

    Attributes:
        since_at: When the problem began, the last time that it started.
        started_at, eased_at, returned_at, ended_at: When it last reached that state.
        told_at: When a message or digest last mentioned it.
        is_removed: Whether it is about a feed that was removed from the list.
    """

    alert_key: str
    kind: str
    subject: str
    source_id: str | None
    is_urgent: bool
    detail: str
    since_at: datetime
    started_at: datetime
    eased_at: datetime | None = None
    returned_at: datetime | None = None
    ended_at: datetime | None = None
    told_at: datetime | None = None
    is_removed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None or self.ended_at < self.started_at

    @property
    def is_eased(self) -> bool:
        """Whether it is open but was not found the last time."""
        found_at = max(self.started_at, self.returned_at or self.started_at)
        return self.is_open and self.eased_at is not None and self.eased_at > found_at

    @property
    def is_start_told(self) -> bool:
        """Whether a message mentioned it since it started."""
        return self.told_at is not None and self.told_at >= self.started_at

    @property
    def is_end_told(self) -> bool:
        """Whether a message mentioned that it ended."""
        return (
            self.told_at is not None and self.ended_at is not None and self.told_at >= self.ended_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The problems of the table by key, and the messages so far.

    Attributes:
        alerts: The open ones, and those that ended in the last seven days.
        sent: Messages of the last 24 hours, digests aside.
        digested_at: When the last digest was made.
    """

    alerts: dict[str, KnownAlert]
    sent: int = 0
    digested_at: datetime | None = None


def read_known(con: duckdb.DuckDBPyConnection, now: datetime) -> Known:
    """Return what the table `alerts` says."""
    names = list(KnownAlert.__slots__)
    rows = con.execute(f"SELECT {', '.join(names)} FROM ({_KNOWN})", {"now": now}).fetchall()
    alerts = [KnownAlert(**dict(zip(names, row, strict=True))) for row in rows]
    ((sent, digested_at),) = con.execute(_MESSAGES, {"now": now}).fetchall()
    return Known(
        alerts={alert.alert_key: alert for alert in alerts}, sent=sent, digested_at=digested_at
    )


def last_recorded_at(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """Return the instant of the newest row of `alerts`, None if there is no row."""
    row = con.execute("SELECT max(recorded_at) FROM alerts").fetchone()
    return row[0] if row else None


def append_alerts(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, object]]) -> None:
    """Append rows made by `found_row` and `known_row`."""
    if rows:
        con.execute(_APPEND, {"rows": orjson.dumps(rows).decode()})


def found_row(condition: Condition, state: str, now: datetime) -> dict[str, object]:
    """Return the row of `alerts` for a condition that reached a state."""
    return {
        "alert_key": condition.key,
        "kind": condition.kind,
        "subject": condition.subject,
        "source_id": condition.source_id,
        "state": state,
        "is_urgent": condition.is_urgent,
        "since_at": condition.since_at,
        "recorded_at": now,
        "detail": condition.detail,
    }


def known_row(alert: KnownAlert, state: str, now: datetime) -> dict[str, object]:
    """Return the row of `alerts` for a known problem that reached a state."""
    return {
        "alert_key": alert.alert_key,
        "kind": alert.kind,
        "subject": alert.subject,
        "source_id": alert.source_id,
        "state": state,
        "is_urgent": alert.is_urgent,
        "since_at": alert.since_at,
        "recorded_at": now,
        "detail": alert.detail,
    }
