"""Response headers that say when to ask again.

Times are relative to the response's own `Date`, so a server with a wrong clock is still
understood. No wait is longer than a day: a header of 88 hours has been seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_HINT_S = 86_400.0

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_NO_CACHE = re.compile(r"\b(?:no-cache|no-store|must-revalidate)\b", re.IGNORECASE)


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the seconds of `Retry-After`, at most a day; None if it is missing or invalid.

    Args:
        headers: By lower-case name.
        now: When the response arrived, for responses without `Date`.

    >>> retry_after_s({"retry-after": "120"}, now=datetime(2024, 5, 6, tzinfo=UTC))
    120.0
    """
    stated = headers.get("retry-after", "").strip()
    if stated.isdecimal() and stated.isascii():
        return min(float(stated[:12]), MAX_HINT_S)
    return _until(stated, headers, now)


def freshness_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the seconds for which `Cache-Control` or `Expires` call the response fresh.

    `Age` is subtracted. At most a day; None if caching is refused or not mentioned.

    >>> freshness_s({"cache-control": "max-age=600"}, now=datetime(2024, 5, 6, tzinfo=UTC))
    600.0
    """
    control = headers.get("cache-control", "")
    match = _MAX_AGE.search(control)
    if match:
        age = headers.get("age", "").strip()
        spent = float(age[:12]) if age.isdecimal() and age.isascii() else 0.0
        return min(max(0.0, float(match[1]) - spent), MAX_HINT_S) or None
    if _NO_CACHE.search(control):
        return None
    return _until(headers.get("expires", "").strip(), headers, now)


def _until(stated: str, headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds until an HTTP date by the server's clock, None if it is past."""
    then = http_date(stated)
    if then is None:
        return None
    seconds = (then - (http_date(headers.get("date", "")) or now)).total_seconds()
    return min(seconds, MAX_HINT_S) if seconds > 0 else None


def http_date(stated: str) -> datetime | None:
    """Return an HTTP date, None for anything else.

    >>> http_date("Tue, 28 Nov 2023 14:05:09 GMT").isoformat()
    '2023-11-28T14:05:09+00:00'
    """
    try:
        instant = parsedate_to_datetime(stated)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):  # in UTC, the last day may be in year 10000
        return None
