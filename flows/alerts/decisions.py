"""Decides what is recorded and what is told; pure, from what was found and what is known.

A problem is told once when it starts and once when it ends. It ends after it was not found
for a while, so a problem that comes and goes is one problem. If it starts again within a
day, it is told again only if it lasts. What is minor waits for the digest, of which there is
at most one a day, and so does what starts after the sixth message of a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from warehouse.alert_log import Known, KnownAlert, found_row, known_row
from warehouse.conditions import Condition

_HOUR: Final = timedelta(hours=1)
# How long a problem must stay away before it has ended; kinds that are not here end at once,
# because their queries look at a long time anyway.
_CALM: Final = {
    "feed_failing": 12 * _HOUR,
    "publisher_failing": 24 * _HOUR,
    "run_failed": _HOUR,
    "run_missing": _HOUR,
    "disk": 24 * _HOUR,
    "growth": 48 * _HOUR,
    "channel": _HOUR,
}
_AGAIN: Final = 24 * _HOUR  # a problem that starts again this soon after its end ...
_LASTING: Final = 2 * _HOUR  # ... is told if it lasts this long
_BETWEEN_DIGESTS: Final = 24 * _HOUR
_MESSAGES_A_DAY: Final = 6
_ALWAYS: Final = frozenset({"run_failed", "run_missing", "disk"})  # told after the sixth as well


@dataclass(frozen=True, slots=True)
class Ended:
    """A problem that ended."""

    kind: str
    subject: str
    since_at: datetime


@dataclass(slots=True)
class Decision:
    """What to record and what to tell.

    Attributes:
        rows: Rows for the table `alerts`.
        started: Problems that one message tells now.
        ended: Ended problems that it tells.
        has_changed: Whether a problem started or ended.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    started: list[Condition] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    has_changed: bool = False


def decide(
    found: Iterable[Condition],
    known: Known,
    now: datetime,
    *,
    kinds: frozenset[str],
    has_channels: bool = True,
) -> Decision:
    """Return what to record and what to tell.

    Args:
        found: The conditions that hold now.
        known: What the table `alerts` says.
        now: The instant of the run.
        kinds: The kinds that were looked for; problems of other kinds stay as they are.
        has_channels: Whether there is anybody to tell; if not, nothing counts as told.
    """
    decision = Decision()
    here = {condition.key: condition for condition in found}
    over = _record(decision, here, known, now, kinds)
    if has_channels:
        _tell(decision, here, over, known, now)
    return decision


def _record(
    decision: Decision,
    here: dict[str, Condition],
    known: Known,
    now: datetime,
    kinds: frozenset[str],
) -> list[KnownAlert]:
    """Add the rows of changes to the decision; return the problems that are over."""
    for key, condition in here.items():
        alert = known.alerts.get(key)
        if alert is None or not alert.is_open:
            decision.rows.append(found_row(condition, "started", now))
            decision.has_changed = True
        elif alert.is_eased:
            decision.rows.append(found_row(condition, "returned", now))
    over = []
    for key, alert in known.alerts.items():
        if key in here or alert.kind not in kinds:
            continue
        if not alert.is_open:
            over.append(alert)
            continue
        eased_at = alert.eased_at if alert.is_eased else now
        if eased_at is not None and now - eased_at >= _CALM.get(alert.kind, timedelta()):
            decision.rows.append(known_row(alert, "ended", now))
            decision.has_changed = True
            over.append(alert)
        elif not alert.is_eased:
            decision.rows.append(known_row(alert, "eased", now))
    return over


def _tell(
    decision: Decision,
    here: dict[str, Condition],
    over: Iterable[KnownAlert],
    known: Known,
    now: datetime,
) -> None:
    """Add what one message tells now, and the rows that say so."""
    has_digest = known.digested_at is None or now - known.digested_at >= _BETWEEN_DIGESTS
    is_full = known.sent >= _MESSAGES_A_DAY

    def state_of(kind: str, *, is_urgent: bool) -> str | None:
        if is_urgent and (not is_full or kind in _ALWAYS):
            return "told"
        return "digested" if has_digest else None

    for key, condition in here.items():
        state = state_of(condition.kind, is_urgent=condition.is_urgent)
        if state and _is_to_be_told(known.alerts.get(key), now):
            decision.started.append(condition)
            decision.rows.append(found_row(condition, state, now))
    for alert in over:
        state = state_of(alert.kind, is_urgent=alert.is_urgent)
        is_news = alert.is_start_told and not alert.is_end_told and not alert.is_removed
        if state and is_news:
            decision.ended.append(Ended(alert.kind, alert.subject, alert.since_at))
            decision.rows.append(known_row(alert, state, now))


def _is_to_be_told(alert: KnownAlert | None, now: datetime) -> bool:
    """Whether a problem that is found now has not been told and is not just flapping."""
    if alert is None or alert.ended_at is None:
        return alert is None or not alert.is_start_told
    if not alert.is_open:
        return now - alert.ended_at >= _AGAIN
    if alert.is_start_told:
        return False
    return alert.started_at - alert.ended_at >= _AGAIN or now - alert.started_at >= _LASTING
