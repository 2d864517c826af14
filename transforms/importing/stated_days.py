"""Publication days as tables and records state them.

Dates in words, in ISO 8601 and in the notations of feeds are read as in feeds. Beyond
that: days in figures whose order the rest of the column tells ("13/05/2024" says that
"04/05/2024" is 4 May), two-digit years, seconds and milliseconds since 1970, the parts of
CSL JSON, and dates followed by a weekday. Anything uncertain gives no day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final

from transforms.feeds.feed_dates import DateWords, FeedDate, judge_date, read_feed_date

NO_DAY: Final = FeedDate(None, None, ())
_UNREAD: Final = FeedDate(None, None, ("bad_date",))
_FIGURES = re.compile(r"(?<![\d:])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d:])")
_EPOCH = re.compile(r"(-?\d{9,10})(?:\.\d+)?|(\d{12,13})|(\d{18,19})")
_WEEKDAY_BEHIND = re.compile(r"(?<=\d{4}),?\s+[^\W\d_]{3,12}$")
_MIDNIGHT = re.compile(r"(?<=\d)[ T]00:00(?::00(?:\.0+)?)?$")
_SCALE = (1, 1_000, 1_000_000_000)


@dataclass(frozen=True, slots=True)
class DayReader:
    """Reads the days of one column.

    Attributes:
        words: Names of months and zones.
        now: The instant of the run; no article is published much later.
        is_month_first: How to read 04/05/2024; None if nothing tells.
    """

    words: DateWords
    now: datetime
    is_month_first: bool | None = None

    def read(self, value: Any) -> FeedDate:
        """Return the instant that a value states; `bad_date` if it cannot be read.

        Times without a zone are read as UTC and flagged `zone_assumed`. Midnight without a
        zone is what a program writes for a day without a time, so it only gives the day.

        >>> words = DateWords({"may": 5}, {})
        >>> reader = DayReader(words, datetime(2025, 1, 1, tzinfo=UTC), is_month_first=False)
        >>> reader.read("04/05/2024").at.date().isoformat(), reader.read("n.d.").flags
        ('2024-05-04', ('bad_date',))
        >>> reader.read("May 7, 2024 Tuesday").precision
        'day'
        """
        if isinstance(value, datetime | date):
            return self._moment(value)
        if isinstance(value, Mapping):
            return self._parts(value)
        if isinstance(value, list | tuple):
            return self.read(value[0]) if value else _UNREAD
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return _UNREAD
        text = " ".join(str(value).split())
        if epoch := _EPOCH.fullmatch(text):
            return self._seconds(epoch)
        text = _MIDNIGHT.sub("", _WEEKDAY_BEHIND.sub("", text))
        ordered = _FIGURES.sub(self._in_order, text)
        return read_feed_date(ordered, self.words, now=self.now)

    def _in_order(self, found: re.Match[str]) -> str:
        one, mark, two, year = found[1], found[2], found[3], found[4]
        if len(year) == 2:
            this = self.now.year % 100
            year = f"{20 if int(year) <= this + 1 else 19}{year}"
        is_month_first = self.is_month_first if mark != "." else False
        if int(one) > 12 or int(two) > 12 or one == two:
            is_month_first = int(two) > 12
        if is_month_first is None:
            return f"{one}{mark}{two}{mark}{year}"
        month, day = (one, two) if is_month_first else (two, one)
        return f"{year}-{month:0>2}-{day:0>2}"

    def _moment(self, value: datetime | date) -> FeedDate:
        if not isinstance(value, datetime):
            value = datetime.combine(value, time())
        is_day = value.tzinfo is None and value.time() == time()
        return judge_date(value, "day" if is_day else "second", now=self.now)

    def _seconds(self, found: re.Match[str]) -> FeedDate:
        scale = next(scale for part, scale in zip(found.groups(), _SCALE, strict=True) if part)
        try:
            at = datetime.fromtimestamp(float(found[0]) / scale, UTC)
        except (ValueError, OverflowError, OSError):
            return _UNREAD
        return judge_date(at, "second", now=self.now)

    def _parts(self, value: Mapping[str, Any]) -> FeedDate:
        """Return the day of {"date-parts": [[2024, 5, 7]]}; other records state it in "raw"."""
        parts = value.get("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        if not isinstance(first, list) or len(first) < 3:
            raw = value.get("raw") or value.get("literal") or value.get("$date")
            return self.read(raw) if isinstance(raw, str | int) else _UNREAD
        try:
            day = datetime(int(first[0]), int(first[1]), int(first[2]), tzinfo=UTC)
        except (TypeError, ValueError):
            return _UNREAD
        return judge_date(day, "day", now=self.now)

    def told_by(self, values: Iterable[Any]) -> DayReader:
        """Return a reader that reads days in figures in the order that a column tells.

        >>> reader = DayReader(DateWords({}, {}), datetime(2025, 1, 1, tzinfo=UTC))
        >>> reader.told_by(["04/05/2024", "04/25/2024"]).is_month_first
        True
        """
        if self.is_month_first is not None:
            return self
        found = (_FIGURES.search(value) for value in values if isinstance(value, str))
        figures = [(int(one[1]), int(one[3])) for one in found if one and one[2] != "."]
        day_first = any(one > 12 for one, _ in figures)
        month_first = any(two > 12 for _, two in figures)
        if day_first == month_first:
            return self
        return replace(self, is_month_first=month_first)
