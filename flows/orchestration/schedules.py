"""Schedules of the served flows: "10m" (interval), "0 5 * * *" (cron) or "off"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from flows.errors import SettingsError

_INTERVAL: Final = re.compile(r"([1-9]\d{0,5})\s*([smhd])")
_CRON: Final = re.compile(r"[\d*/,A-Za-z#?LW-]+(?:\s+[\d*/,A-Za-z#?LW-]+){4}")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

Schedule = timedelta | str | None


def read_schedule(name: str, stated: str) -> Schedule:
    """Return an interval, a cron line, or None for a flow without a schedule.

    Raises:
        SettingsError: `stated` is not a schedule; `name` is its setting.

    >>> read_schedule("schedule_ingest", "10m")
    datetime.timedelta(seconds=600)
    >>> read_schedule("schedule_check", "0 5 * * *")
    '0 5 * * *'
    >>> read_schedule("schedule_publish", "off")
    """
    text = stated.strip()
    if text.lower() in {"", "off"}:
        return None
    if found := _INTERVAL.fullmatch(text.lower()):
        return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    if _CRON.fullmatch(text):
        return text
    raise SettingsError(name, stated, 'an interval ("10m"), a cron line ("0 5 * * *") or "off"')
