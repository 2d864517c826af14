"""Days, weeks or months: what a chart of a span of time counts by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from flows.web.charts import Counted, stacks_over_time
from flows.web.svg import WIDTHS

_MOST_DAYS, _MOST_WEEKS = 62, 430  # days of a span that is counted by days, by weeks


def draw_over_time(
    rows: Sequence[dict[str, Any]], first_on: date, last_on: date, *, unit: str
) -> dict[str, Markup]:
    """Return drawings of counts by time and source, by width; none without rows.

    Args:
        rows: Counts by `day` and `source_id`, in the column `unit`.
        first_on: First day of the span.
        last_on: Its last day.
        unit: What is counted, in the plural.
    """
    if not rows:
        return {}
    name, period = _period(first_on, last_on)
    counts = Counter[tuple[date, str]]()
    for row in rows:
        counts[start_of(name, row["day"]), row["source_id"]] += row[unit]
    grouped = [{"day": day, "source_id": by, unit: count} for (day, by), count in counts.items()]
    starts = starts_between(name, first_on, last_on)
    counted = Counted(label=f"{unit.capitalize()} per {name} and source", unit=unit, period=period)
    return {
        kind: Markup(stacks_over_time(grouped, starts, counted, width=width))  # noqa: S704  # escaped XML
        for kind, width in WIDTHS.items()
    }


def _period(first_on: date, last_on: date) -> tuple[str, str]:
    """Return the name of the period, and what stands before its first day."""
    days = (last_on - first_on).days + 1
    if days <= _MOST_DAYS:
        return "day", ""
    return ("week", "week of ") if days <= _MOST_WEEKS else ("month", "month of ")


def start_of(period: str, day: date) -> date:
    """Return the first day of the period that a day is in; weeks begin on Monday.

    >>> day = date(2024, 5, 16)
    >>> [start_of(period, day).isoformat() for period in ("day", "week", "month")]
    ['2024-05-16', '2024-05-13', '2024-05-01']
    """
    if period == "week":
        return day - timedelta(day.weekday())
    return day.replace(day=1) if period == "month" else day


def starts_between(period: str, first_on: date, last_on: date) -> list[date]:
    """Return the first days of the periods from one day to another.

    >>> [day.isoformat() for day in starts_between("month", date(2024, 1, 31), date(2024, 3, 1))]
    ['2024-01-01', '2024-02-01', '2024-03-01']
    """
    starts = [start_of(period, first_on)]
    while (following := _next(period, starts[-1])) <= last_on:
        starts.append(following)
    return starts


def _next(period: str, start: date) -> date:
    if period == "month":
        return (start + timedelta(31)).replace(day=1)
    return start + timedelta(7 if period == "week" else 1)
