"""Whether the last completed ingest is recent: a health check that starts fast.

The mark of the last ingest is enough; the snapshot is opened only if there is none.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flows.alerts.marks import last_ingest, marked_at
from flows.errors import SettingsError
from flows.orchestration.schedules import read_schedule
from flows.settings import Settings


def age_problem(settings: Settings, stated: str) -> str | None:
    """Return why the last completed ingest is too old, None if it is not.

    Args:
        settings: Their data folder is looked at.
        stated: The age that is allowed: "30m", "2h", "1d".

    Raises:
        SettingsError: `stated` is not an age.
    """
    most = _age(stated)
    now = datetime.now(UTC)
    last_at = marked_at(last_ingest(settings.folder), now=now) or _last_completed_at(settings, now)
    if last_at is None:
        return "no ingest has completed: run `onrecord ingest` or `onrecord serve`"
    if now - last_at <= most:
        return None
    return f"last completed ingest: {last_at:%Y-%m-%d %H:%M} UTC, {span(now - last_at)} ago, older than {stated}"


def span(time: timedelta) -> str:
    """Return a duration for people.

    >>> span(timedelta(minutes=130)), span(timedelta(hours=30)), span(timedelta(days=9))
    ('130 min', '30 h', '9 days')
    """
    minutes = int(time.total_seconds() // 60)
    if minutes < 600:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"


def _age(stated: str) -> timedelta:
    expected = "an age such as 30m, 2h or 1d"
    try:
        age = read_schedule("--fail-if-older", stated)
    except SettingsError:
        raise SettingsError("--fail-if-older", stated, expected) from None
    if not isinstance(age, timedelta):
        raise SettingsError("--fail-if-older", stated, expected)
    return age


def _last_completed_at(settings: Settings, now: datetime) -> datetime | None:
    from warehouse.conditions import ingest_history
    from warehouse.connect import open_snapshot
    from warehouse.errors import WarehouseMissingError

    try:
        with open_snapshot(settings.folder) as con:
            return ingest_history(con, now).completed_at
    except WarehouseMissingError:
        return None
