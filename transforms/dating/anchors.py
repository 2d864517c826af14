"""The days that relative expressions are counted from.

A relative expression is counted from the day of publication ("last week") or, in
narrative passages, from the last date that was named ("a week earlier").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from transforms.dating.holidays import holiday
from transforms.dating.tense import FUTURE, PAST, UNKNOWN
from transforms.dating.timex_values import (
    SEASONS,
    days_of,
    length_rank,
    shift,
    shift_value,
    unit_of,
    value_of,
)

# A date falls on the same weekday again after 5, 6 or 11 years, so a nearer one is that year.
_WEEKDAY_YEARS = 6
# "In the third quarter it earned more than a year ago" means the quarter a year before.
_SENTENCE_TOKENS = 25
# A day without a year is seldom farther away: the rent "due Nov. 20" is overdue in December,
# and in November the hearing that was "put off to Dec. 20" is ahead in spite of its verb.
_FAR_DAYS = {FUTURE: 270, PAST: 300}
# A month that has just ended is meant in spite of a later verb ("the figures for October,
# which will show", in November).
_MONTHS_BACK = 2
# A film that was released "on Friday, Women's Day" is not a year old.
_HOLIDAY_DAYS = 14
# Without a verb to decide, a month that begins within the next season is in the future.
_MONTHS_AHEAD = 3
# A text that names years, but none near its publication, tells history.
_LEAST_YEARS, _NEAR_YEARS = 3, 2
_LATE, _EARLY = 10, 3  # months on both sides of New Year
_CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?")


@dataclass(slots=True)
class Anchors:
    """When a text was written, and the dates it has named so far.

    Attributes:
        published: When it was published, in the source's time zone; None if unknown.
        month_first: Whether figures give the month before the day (7/4/2023).
        persons: Month names that are names of persons in this text.
        weekdays: The day that each weekday meant last where a verb decided ("the talks
            will resume Monday"): it decides for one without a verb ("Monday's talks").
        named: The last value named for each unit; the most recent is last.
        clock: The last time of day named, with hours and minutes.
        led: The year that leads a sentence ("In 1996, ...") and the token after it: parts of
            the year in that sentence belong to it.
        last: Token after the last expression.
        period_last: Token after the last month, quarter, half or year named.
        years: The years that the text states.
    """

    published: datetime | None
    month_first: bool = False
    persons: frozenset[str] = frozenset()
    named: dict[str, str] = field(default_factory=dict)
    weekdays: dict[int, str] = field(default_factory=dict)
    clock: str | None = None
    led: tuple[str, int] | None = None
    last: int = 0
    period_last: int = 0
    years: list[int] = field(default_factory=list)

    def note(self, value: str, last: int) -> None:
        """Store a value as the last one named, if it spans days."""
        if days_of(value) is None:
            return
        unit = unit_of(value)
        self.named.pop(unit, None)
        self.named[unit] = value
        self.last = last
        if unit in "MQHY":
            self.period_last = last
        if _CLOCK.fullmatch(value):
            self.clock = value

    def _told_year(self, month: int) -> int | None:
        """Return the year of a month in a text that tells history: that of the last date named."""
        today = self.today
        if today is None or len(self.years) < _LEAST_YEARS:
            return None
        latest = max(self.years)
        if latest > today.year - _NEAR_YEARS:
            return None
        values = (value for value in reversed(self.named.values()) if value[:4].isdigit())
        told = next((value for value in values if int(value[:4]) <= latest + 1), None)
        if told is None:
            return self.years[0]
        year, days = int(told[:4]), days_of(told)
        is_over = days and days[0].month >= _LATE and month <= _EARLY and len(told) > 4
        return year + 1 if is_over else year

    @property
    def reference(self) -> str | None:
        """The last calendar value named."""
        return next(reversed(self.named.values()), None)

    @property
    def period(self) -> str | None:
        """The last month, quarter, half or year named."""
        return next((self.named[u] for u in reversed(self.named) if u in "MQHY"), None)

    @property
    def part(self) -> str | None:
        """The last month, quarter or half named."""
        return next((self.named[u] for u in reversed(self.named) if u in "MQH"), None)

    def a_year_before(self, at: int) -> str | None:
        """Return the quarter or month named shortly before token `at`, a year earlier."""
        period = self.period
        if period is None or unit_of(period) == "Y" or at - self.period_last > _SENTENCE_TOKENS:
            return None
        return shift_value(period, -1, "Y")

    def spoken_of(self, unit: str) -> str | None:
        """Return the last value named that is no longer than `unit`."""
        rank = length_rank(unit)
        fits = (self.named[u] for u in reversed(self.named) if length_rank(u) <= rank)
        return next(fits, None)

    @property
    def today(self) -> date | None:
        """The day of publication."""
        return self.published.date() if self.published else None

    def published_value(self, count: int, unit: str) -> str | None:
        """Return the value of the `unit` that is `count` units from publication."""
        if self.today is None:
            return None
        day = shift(self.today, count, "W" if unit == "WE" else unit)
        return value_of(day, unit) if day else None

    def reference_value(self, count: int, unit: str) -> str | None:
        """Return the same, counted from the last date named or otherwise from publication."""
        days = days_of(self.spoken_of(unit))
        if days is None:
            return self.published_value(count, unit)
        day = shift(days[0], count, "W" if unit == "WE" else unit)
        return value_of(day, unit) if day else None

    def moved(self, count: int, unit: str) -> str | None:
        """Return the last date named, moved by `count` units.

        The result keeps the date's own unit for a quarter or month moved by years and a day
        moved by weeks; otherwise it has the unit of the move.
        """
        origin = self.reference
        own = unit_of(origin) if origin else "D"
        if origin and (own in ("M", "Q", "H") or unit in ("D", "W")):
            return shift_value(self.spoken_of(unit) or origin, count, unit)
        return self.reference_value(count, unit)

    def minutes_moved(self, minutes: float) -> str | None:
        """Return the last time of day named, moved by `minutes`, None without one."""
        if self.clock is None:
            return None
        try:
            moved = datetime.fromisoformat(self.clock) + timedelta(minutes=minutes)
        except (ValueError, OverflowError):
            return None
        return moved.isoformat(timespec="minutes")

    def unit(self) -> str:
        """Return the unit of the last date named, D without one."""
        return unit_of(self.reference) if self.reference else "D"

    def weekday(self, number: int, tense: int) -> str:
        """Return the value of an ISO weekday: today, the last one, or in FUTURE the next."""
        if self.today is None:
            return f"XXXX-WXX-{number}"
        if tense == UNKNOWN and number in self.weekdays:
            return self.weekdays[number]
        back = (self.today.isoweekday() - number) % 7
        ahead = 7 - back if back and tense == FUTURE else 0
        day = shift(self.today, ahead or -back, "D")
        value = day.isoformat() if day else f"XXXX-WXX-{number}"
        if tense != UNKNOWN:
            self.weekdays[number] = value
        return value

    def month(self, month: int, tense: int) -> str:
        """Return the value of a month without a year."""
        if tense == FUTURE and self.today and 0 < (self.today.month - month) % 12 <= _MONTHS_BACK:
            tense = PAST
        year = self._year((month,), self._soon(month, tense))
        return f"{year:04}-{month:02}" if year else f"XXXX-{month:02}"

    def _soon(self, month: int, tense: int) -> int:
        """Return FUTURE for a month that begins soon if the tense is unknown."""
        if tense != UNKNOWN or self.today is None:
            return tense
        ahead = (month - self.today.month) % 12
        return FUTURE if 0 < ahead <= _MONTHS_AHEAD else UNKNOWN

    def season(self, unit: str, tense: int) -> str:
        """Return the value of a season without a year."""
        tense = self._soon(SEASONS[unit], tense)
        year = self._year((SEASONS[unit],), tense)
        return f"{year:04}-{unit}" if year else f"XXXX-{unit}"

    def part_of_year(self, unit: str, which: int, tense: int) -> str:
        """Return the value of a quarter or half without a year.

        In the past it is the last one that has ended, otherwise the current one.
        """
        if self.today is None:
            return f"XXXX-{unit}{which}"
        months = 3 if unit == "Q" else 6
        now = (self.today.month - 1) // months + 1
        year = self.today.year
        if tense == FUTURE:
            # figures are announced for quarters that have ended: take the nearer one
            year += which < now and (now - which) * 2 >= 12 // months
        elif which > now or (which == now and self._is_new(months)):
            year -= 1
        return f"{year:04}-{unit}{which}"

    def _is_new(self, months: int) -> bool:
        """Return whether a quarter or half began this month: reports are about the last one."""
        return self.today is not None and (self.today.month - 1) % months == 0

    def _year(self, start: tuple[int, ...], tense: int) -> int | None:
        """Return the year of a part of the year that starts at this month (and day)."""
        if self.today is None:
            return None
        if told := self._told_year(start[0]):
            return told
        now = (self.today.month, self.today.day)[: len(start)]
        if tense == FUTURE:
            return self.today.year + (start < now)
        return self.today.year - (start > now)

    def day(self, month: int, day: int, tense: int, weekday: int | None = None) -> str | None:
        """Return the value of a day without a year, None if no year has it."""
        if self.today is None:
            return f"XXXX-{month:02}-{day:02}" if _date(2024, month, day) else None
        if weekday is not None:
            return self._day_by_weekday(month, day, weekday)
        if told := self._told_year(month):
            found = _date(told, month, day)
            return found.isoformat() if found else None
        found = _date(self._year((month, day), tense) or 0, month, day)
        if found is None or abs(found - self.today).days > _FAR_DAYS.get(tense, 0):
            found = _date(self._nearest_year(month, day), month, day)
        return found.isoformat() if found else None

    def _nearest_year(self, month: int, day: int) -> int:
        today = self.today or date.min
        years = (today.year, today.year - 1, today.year + 1)
        days = [found for year in years if (found := _date(year, month, day))]
        return min(days, key=lambda found: abs(found - today)).year if days else 0

    def _day_by_weekday(self, month: int, day: int, weekday: int) -> str | None:
        today = self.today or date.min
        years = range(today.year - _WEEKDAY_YEARS, today.year + _WEEKDAY_YEARS + 1)
        days = [found for year in years if (found := _date(year, month, day))]
        fits = [found for found in days if found.isoweekday() == weekday]
        best = min(fits or days, key=lambda found: abs(found - today), default=None)
        return best.isoformat() if best else None

    def holiday(self, rule: str, tense: int, year: int | None = None) -> str | None:
        """Return the value of a holiday, in `year` or in the one that `tense` points to."""
        if year is not None:
            found = holiday(rule, year)
            return found.isoformat() if found else None
        today = self.today
        this = holiday(rule, today.year) if today else None
        if today is None or this is None:
            return None
        is_soon = 0 < (this - today).days <= _HOLIDAY_DAYS
        if tense == UNKNOWN or is_soon:
            days = (holiday(rule, today.year + step) for step in (0, -1, 1))
            found = min((day for day in days if day), key=lambda day: abs(day - today))
            return found.isoformat()
        step = (this < today) if tense == FUTURE else -(this > today)
        found = holiday(rule, today.year + step)
        return found.isoformat() if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
