"""The span of days that a page is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from flows.web.page import Page

_SPANS: Final = ((7, "a week"), (28, "four weeks"), (91, "three months"), (365, "a year"))
# How many of the newest days are shown unless others are asked for: fewer, the more rows there are.
_AT_ONCE: Final = ((2_000, 91), (100_000, 28))
_FEWEST: Final = 7


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Two days, both part of the span."""

    since: date
    until: date


def asked_span(page: Page, *, until: date, days: int) -> DaySpan:
    """Return the span that the query string asks for, otherwise the days up to `until`.

    Args:
        page: The page, with `since` and `until` in its query string.
        until: The last day if none is asked for.
        days: How many days the span has if no first day is asked for.
    """
    last = page.day("until") or until
    first = page.day("since") or before(last, days - 1)
    return DaySpan(min(first, last), max(first, last))


def days_at_once(first_on: date, last_on: date, rows: int) -> int:
    """Return how many of the newest days to show at first: fewer, the more rows there are.

    >>> first, last = date(2024, 1, 1), date(2024, 3, 1)
    >>> [days_at_once(first, last, rows) for rows in (500, 50_000, 500_000)]
    [61, 28, 7]
    """
    fitting = next((days for most, days in _AT_ONCE if rows <= most), _FEWEST)
    return min((last_on - first_on).days + 1, fitting)


def offered_spans(first_on: date, last_on: date) -> list[tuple[str, date]]:
    """Return names and first days of spans that end on `last_on`; the last one has all days."""
    days = (last_on - first_on).days + 1
    return [(name, last_on - timedelta(count - 1)) for count, name in _SPANS if count < days] + [
        ("all days", first_on)
    ]


def before(day: date, days: int) -> date:
    """Return the day so many days before, or the first day there is."""
    try:
        return day - timedelta(days)
    except OverflowError:
        return date.min
