"""TIMEX3 values of calendar units, and the days that such a value spans.

A value is a string that sorts and compares: "2023-11-28", "2023-11", "2023-W48",
"2023-W48-WE" (weekend), "2023-Q3", "2023-H1", "2024-SU" (season), "2023", "199" (the
1990s), "19" (the 20th century), "2023-11-28TMO" (part of a day), "2023-11-28T09:30".
Units are named as in values: D, W, WE, M, Q, H, Y, DE, CE and the seasons. Years run
from 1 to 9999, as in `datetime.date`; anything outside has no value (None).
Source: TimeML Annotation Guidelines 1.2.1. Seasons are the meteorological ones of the
northern hemisphere; a winter belongs to the year in which it begins.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_MONTHS = {"M": 1, "Q": 3, "H": 6, "Y": 12, "DE": 120, "CE": 1200}
# Years in the longer units; QC is a quarter of a century.
YEARS_OF = {"DE": 10, "CE": 100, "QC": 25}
_HALVES = {"Y": "P6M", "D": "PT12H", "TH": "PT30M", "TM": "PT30S"}
_YEARS = re.compile(r"\d{2,4}")
_WEEK = re.compile(r"(\d{4})-W(\d\d)(-WE)?")
_SPLIT_YEAR = re.compile(r"(\d{4})-(?:Q([1-4])|H([12])|(SP|SU|FA|WI))")
_MONTH = re.compile(r"(\d{4})-(\d\d)")


def value_of(day: date, unit: str) -> str:
    """Return the value of the `unit` that contains `day`.

    >>> value_of(date(2023, 11, 28), "W"), value_of(date(2023, 11, 28), "Q")
    ('2023-W48', '2023-Q4')
    """
    year = f"{day.year:04}"
    if unit in ("W", "WE"):
        week = day.isocalendar()
        return f"{week.year:04}-W{week.week:02}" + ("-WE" if unit == "WE" else "")
    if unit in SEASONS:
        return f"{year}-{unit}"
    values = {
        "M": f"{year}-{day.month:02}",
        "Q": f"{year}-Q{(day.month + 2) // 3}",
        "H": f"{year}-H{1 + day.month // 7}",
        "Y": year,
        "DE": year[:3],
        "CE": year[:2],
    }
    return values.get(unit, day.isoformat())


def shift(day: date, count: int, unit: str) -> date | None:
    """Return `day` moved by `count` units, None if that is outside the calendar.

    If the month is too short for the day, the result is its last day.

    >>> shift(date(2024, 3, 31), -1, "M")
    datetime.date(2024, 2, 29)
    """
    try:
        if unit in _MONTHS:
            months = day.year * 12 + day.month - 1 + count * _MONTHS[unit]
            return _clipped(months // 12, months % 12 + 1, day.day)
        return day + timedelta(days=count * (7 if unit in ("W", "WE") else 1))
    except (ValueError, OverflowError):
        return None


def _clipped(year: int, month: int, day: int) -> date:
    first = date(year, month, 1)
    return date(year, month, min(day, last_of_month(first).day))


def last_of_month(day: date) -> date:
    """Return the last day of the month that contains `day`."""
    if day.month == 12:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - timedelta(days=1)


def unit_of(value: str) -> str:
    """Return the unit of a calendar value; D for a time of day.

    >>> unit_of("2023-Q3"), unit_of("2023-11-28TMO"), unit_of("199")
    ('Q', 'D', 'DE')
    """
    if _YEARS.fullmatch(value):
        return {4: "Y", 3: "DE", 2: "CE"}[len(value)]
    if m := _WEEK.fullmatch(value):
        return "WE" if m[3] else "W"
    if m := _SPLIT_YEAR.fullmatch(value):
        return m[4] or ("Q" if m[2] else "H")
    return "M" if _MONTH.fullmatch(value) else "D"


def days_of(value: str | None) -> tuple[date, date] | None:
    """Return the first and last day that a value spans, None if it spans no known days.

    >>> days_of("2024-SU")
    (datetime.date(2024, 6, 1), datetime.date(2024, 8, 31))
    """
    try:
        return _days_of(value or "")
    except (ValueError, OverflowError):
        return None


def _days_of(value: str) -> tuple[date, date] | None:
    if len(value) >= len("2023-11-28") and value[10:11] in ("", "T"):
        return (day := date.fromisoformat(value[:10])), day
    if _YEARS.fullmatch(value):
        first, last = value.ljust(4, "0"), value.ljust(4, "9")
        return date(max(int(first), 1), 1, 1), date(int(last), 12, 31)
    if m := _MONTH.fullmatch(value):
        return (day := date(int(m[1]), int(m[2]), 1)), last_of_month(day)
    if m := _WEEK.fullmatch(value):
        monday_or_saturday = 6 if m[3] else 1
        year, week = int(m[1]), int(m[2])
        return date.fromisocalendar(year, week, monday_or_saturday), date.fromisocalendar(
            year, week, 7
        )
    if m := _SPLIT_YEAR.fullmatch(value):
        return _split_year(int(m[1]), m)
    return None


def _split_year(year: int, m: re.Match[str]) -> tuple[date, date]:
    if m[4]:
        first, months = SEASONS[m[4]], 3
    elif m[2]:
        first, months = int(m[2]) * 3 - 2, 3
    else:
        first, months = int(m[3]) * 6 - 5, 6
    last = first + months - 2
    end = date(year + last // 12, last % 12 + 1, 1)
    return date(year, first, 1), last_of_month(end)


def shift_value(value: str, count: int, unit: str) -> str | None:
    """Return `value` moved by `count` units, in the finer of its own unit and `unit`.

    >>> shift_value("2009-Q1", -1, "Y"), shift_value("2009-03", 2, "D")
    ('2008-Q1', '2009-03-03')
    """
    days = days_of(value)
    if days is None:
        return None
    own = unit_of(value)
    moved = shift(days[0], count, unit)
    if moved is None:
        return None
    return value_of(moved, own if length_rank(own) <= length_rank(unit) else unit)


def length_rank(unit: str) -> int:
    """Return the rank of a unit by its length, days first."""
    order = ("D", "WE", "W", "M", "SP", "SU", "FA", "WI", "Q", "H", "Y", "DE", "CE")
    return order.index(unit) if unit in order else 0


def period(amount: str, unit: str) -> str:
    """Return the value of a duration; `amount` is a number, or X for some.

    >>> period("2.5", "Y"), period("X", "TH"), period("2", "DE")
    ('P2.5Y', 'PTXH', 'P20Y')
    """
    if unit in YEARS_OF and amount != "X":
        return f"P{float(amount) * YEARS_OF[unit]:.6g}Y"
    if amount == "0.5" and unit in _HALVES:
        return _HALVES[unit]
    if unit == "F":  # a fortnight
        return "PXW" if amount == "X" else f"P{float(amount) * 2:.6g}W"
    return f"PT{amount}{unit[1]}" if unit.startswith("T") else f"P{amount}{unit}"
