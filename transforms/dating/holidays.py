"""Holidays: computes the day of a year from a rule.

A rule is one of `12-25` (month and day), `easter-2` (days from Easter Sunday),
`11:4:4+1` (month, ISO weekday, which one, days after it; -1 is the last of the month)
or `2001-09-11` (a historical day, the same in every year).
Easter follows the anonymous Gregorian computus (Meeus, Astronomical Algorithms, 1991).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from transforms.dating.timex_values import last_of_month

_FIXED = re.compile(r"(\d\d)-(\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_EASTER = re.compile(r"easter([+-]\d+)?")
_NTH = re.compile(r"(\d+):([1-7]):(-1|[1-5])([+-]\d+)?")


def holiday(rule: str, year: int) -> date | None:
    """Return the day that `rule` gives in `year`, None if that year has none.

    >>> holiday("11:4:4", 2023), holiday("easter+1", 2024)
    (datetime.date(2023, 11, 23), datetime.date(2024, 4, 1))
    """
    try:
        if m := _FIXED.fullmatch(rule):
            return date(year, int(m[1]), int(m[2]))
        if _DAY.fullmatch(rule):
            return date.fromisoformat(rule)
        if m := _EASTER.fullmatch(rule):
            return _easter(year) + timedelta(days=int(m[1] or 0))
        if m := _NTH.fullmatch(rule):
            return _nth(year, int(m[1]), int(m[2]), int(m[3])) + timedelta(days=int(m[4] or 0))
    except (ValueError, OverflowError):
        return None
    return None


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    if which < 0:
        last = last_of_month(first)
        return last - timedelta(days=(last.isoweekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (which - 1))


def _easter(year: int) -> date:
    golden = year % 19
    century, rest = divmod(year, 100)
    skipped = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - skipped + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
