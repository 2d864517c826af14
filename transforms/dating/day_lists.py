"""Rules for days and months that share a month or a year: "3, 4 and 5 May", "May to July 2014"."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found, calendar_day, day_value, led_year, tense_of
from transforms.dating.timex_parts import Parts

# After "May 3 and 4" a noun would be counted ("on May 3 and 4 people"); these are none.
_NO_NOUN = frozenset(";,|i&~()")
# A day without its month is at most so many days away.
_NEAR_DAYS = 45


def days_of_month(parts: Parts, anchors: Anchors) -> Found:
    """Read "28-30 November", "3, 4 and 5 May", "between 3 and 7 June": an expression a day."""
    return _days(parts, anchors)


def month_days(parts: Parts, anchors: Anchors) -> Found:
    """Read "Nov. 28-30", "May 3, 4 and 5, 2023", "June 3 to 7": an expression a day."""
    is_joined = parts.symbol("mark").lstrip(",") in ("&", "~")
    if is_joined and not parts.has("year") and parts.after() not in _NO_NOUN:
        return None
    return _days(parts, anchors)


def _days(parts: Parts, anchors: Anchors) -> Found:
    first, last = parts.match.span("days")
    places = [i for i in range(first, last) if parts.tokens.symbols[i] in "d9"]
    numbers = [parts.number_at(place) for place in places]
    if any(one >= later for one, later in pairwise(numbers)):
        return None
    values = [day_value(parts, anchors, number) for number in numbers]
    if None in values:
        return None
    anchor = "explicit" if parts.has("year") else "published"
    starts = [parts.first, *places[1:]]
    ends = [place + 1 for place in places[:-1]] + [parts.last]
    return [
        parts.timex("DATE", value, anchor, 0.9, first=start, last=end)
        for value, start, end in zip(values, starts, ends, strict=True)
    ]


def range_of_year(parts: Parts, _: Anchors) -> Found:
    """Read "from September to December 2014", "28 Dec - 3 Jan, 2020": one year for both."""
    year = parts.number("year")
    months = int(parts.value("month")), int(parts.value("last"))
    years = (year - (months[0] > months[1]), year)
    values = []
    for name, at, month in zip(("day", "last_day"), years, months, strict=True):
        day = parts.number_or_none(name)
        values.append(calendar_day(at, month, day) if day else f"{at:04}-{month:02}")
    if None in values:
        return None
    mark = parts.at("mark")
    return [
        parts.timex("DATE", values[0], "explicit", 0.9, last=mark),
        parts.timex("DATE", values[1], "explicit", 0.95, first=mark + 1),
    ]


def months(parts: Parts, anchors: Anchors) -> Found:
    """Read "from January through September": the first is before the second, at most a year."""
    first, last = int(parts.value("month")), int(parts.value("last"))
    led = led_year(parts, anchors)
    end = f"{led}-{last:02}" if led else anchors.month(last, tense_of(parts))
    if not end[:4].isdigit() or first == last:
        return None
    start = f"{int(end[:4]) - (first > last):04}-{first:02}"
    mark = parts.at("mark")
    return [
        parts.timex("DATE", start, "published", 0.8, last=mark),
        parts.timex("DATE", end, "published", 0.8, first=mark + 1),
    ]


def weekday_day(parts: Parts, anchors: Anchors) -> Found:
    """Read "lunedì 15", "terça-feira, dia 12" where a day close by has both."""
    today = anchors.today
    if parts.tokens.vocabulary.profile.has_english_grammar or today is None:
        return None
    day = near_weekday_day(today, int(parts.value("weekday")), parts.number("day"))
    return parts.timex("DATE", day.isoformat(), "published", 0.9) if day else None


def near_weekday_day(today: date, weekday: int, number: int) -> date | None:
    """Return the day closest to `today` with this ISO weekday and number, None if none is near.

    >>> near_weekday_day(date(2024, 3, 14), 1, 11)
    datetime.date(2024, 3, 11)
    >>> near_weekday_day(date(2024, 3, 14), 1, 14)
    """
    if not _NEAR_DAYS < today.toordinal() < date.max.toordinal() - _NEAR_DAYS:
        return None
    days = (today + timedelta(days=step) for step in range(-_NEAR_DAYS, _NEAR_DAYS + 1))
    fits = (day for day in days if day.day == number and day.isoweekday() == weekday)
    return min(fits, key=lambda day: abs(day - today), default=None)
