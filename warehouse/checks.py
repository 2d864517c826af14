"""Data checks: SQL files that each select bad rows.

The first line of a file gives the severity, `-- severity: error` or `warning`; the second
says what the check finds. Each row is a finding: its `subject`, and a `detail` for people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import duckdb

from warehouse.migrate import scripts

MOST_FINDINGS = 100  # per check: a thousand more of the same add no information

_HEAD = re.compile(r"-- severity: (error|warning)\n-- (.+)\n")

LAST_FINDINGS = """
SELECT checks.severity, checks.check_name, checks.subject, checks.detail
FROM checks
WHERE checks.run_id = (
    SELECT run_id FROM runs WHERE flow = 'check' AND state != 'running'
    ORDER BY recorded_at > now() + INTERVAL 1 HOUR, recorded_at DESC LIMIT 1
)
ORDER BY checks.severity, checks.check_name, checks.subject
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: the name of its file, its severity, and what it finds."""

    name: str
    severity: str
    about: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One bad row."""

    check_name: str
    severity: str
    subject: str
    detail: str


def load_checks() -> list[Check]:
    """Return all checks, sorted by name.

    Raises:
        ValueError: A file has no severity in its first line.
    """
    found = []
    for script in scripts("checks"):
        head = _HEAD.match(script.sql)
        if head is None:
            raise ValueError(f"{script.name}.sql: got no severity, expected it in its first line")
        found.append(Check(script.name, head[1], head[2], script.sql))
    return found


def find_bad_rows(con: duckdb.DuckDBPyConnection, check: Check, now: datetime) -> list[Finding]:
    """Return the findings of a check, at most `MOST_FINDINGS` and a count of the rest."""
    parameters = {"now": now} if "$now" in check.sql else {}
    rows = con.execute(check.sql, parameters).fetchall()
    found = [Finding(check.name, check.severity, *row) for row in rows[:MOST_FINDINGS]]
    if (more := len(rows) - MOST_FINDINGS) > 0:
        found.append(Finding(check.name, check.severity, "and more", f"{more:,} more rows"))
    return found
