"""The span of days that a page is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from flows.web.page import Page

_SPANS: Final = ((7, "a week"), (28, "four weeks"), (91, "three months"), (365, "a year"))
_MOST_AT_ONCE: Final = 2_000  # rows; of more, only the newest days are shown unless asked for


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Two days, both part of the span."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1


def asked_span(page: Page, *, until: date, days: int) -> DaySpan:
    """Return the span that the query string asks for, otherwise the days up to `until`.

    Args:
        page: The page, with `since` and `until` in its query string.
        until: The last day if none is asked for.
        days: How many days the span has if no first day is asked for.
    """
    last = page.day("until") or until
    first = page.day("since") or _before(last, days - 1)
    return DaySpan(min(first, last), max(first, last))


def days_at_once(first_on: date, last_on: date, rows: int) -> int:
    """Return how many of the newest days to show at first: all of them if the rows are few.

    >>> days_at_once(date(2024, 1, 1), date(2024, 3, 1), 500)
    61
    >>> days_at_once(date(2024, 1, 1), date(2024, 3, 1), 50_000)
    28
    """
    days = (last_on - first_on).days + 1
    return days if rows <= _MOST_AT_ONCE else min(days, 28)


def offered_spans(first_on: date, last_on: date) -> list[tuple[str, date]]:
    """Return names and first days of spans that end on `last_on`; the last one has all days."""
    days = (last_on - first_on).days + 1
    return [
        (name, last_on - timedelta(count - 1)) for count, name in _SPANS if count < days
    ] + [("all days", first_on)]


def _before(day: date, days: int) -> date:
    try:
        return day - timedelta(days)
    except OverflowError:
        return date.min
