"""The dates of feeds: strict parsing of the notations that publishers use.

Accepted are RFC 822/2822 with or without a weekday, ISO 8601 and its W3C profile, day and
month in figures if their order is certain, and month names of the languages in the
seeds. Anything uncertain gives no date; the raw string is kept and a flag gives the
reason. A general date parser would read "2016/6/29 15:07" as 1 June.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

from transforms.tables import Tables
from transforms.zones import zone_offsets

# Newspapers are online back to their first issue, but no feed is from before 1800.
EARLIEST_YEAR = 1800
# A clock may be wrong or a zone misread, but more than two days ahead is a wrong date.
FUTURE_TOLERANCE = timedelta(hours=48)
_FUTURE_NOTED = timedelta(minutes=15)
_MAX_CHARS = 100  # the longest genuine date seen has 60

# The usual notation, parsed in one step; the rest of this file gives the same result.
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)"
    r" (?:GMT|([+-])(0\d|1[0-4])([0-5]\d))",
    re.ASCII,
)
_ISO_8601 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?"
    r"(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?(?!\d)\s*(?:([ap])\.?(?:m\b\.?)?(?![a-z]))?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(?:[.,]\d+)?(?![\d:/.-])")
_OFFSET = re.compile(
    r"(?:\b(?:gmt|utc|z))?\s*([+-])(\d{1,2}):?(\d{2})?\s*(?:\([^)]*\)\s*)?$", re.IGNORECASE
)
_FIGURES = re.compile(r"(?<![\d:])(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?![\d:])")
_WEEKDAY = re.compile(r"[^\W\d_]+\.?,")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_ZONE = re.compile(r"\b(?:[A-Z]{2,5}|[a-z]{2,5}$)\b")
# An abbreviation after the time, which is no "PM"
_VAGUE_ZONE = re.compile(
    r"\d[:.]\d{2}(?:\.\d+)?\s*(?:(?i:[ap]\.?m)\b\.?\s*)?\(?(?!(?:AM|PM)\b)[A-Z]{2,5}\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class DateWords:
    """Month names and zone abbreviations, in lower case.

    Attributes:
        months: Month numbers.
        zones: Minutes ahead of UTC, None for an abbreviation of several zones.
    """

    months: Mapping[str, int]
    zones: Mapping[str, int | None]

    @classmethod
    def from_tables(cls, tables: Tables) -> DateWords:
        """Compile `feeds/month_names` and `feeds/zones`; KeyError if one is missing."""
        return cls(
            months={row["name"]: int(row["month"]) for row in tables["feeds/month_names"]},
            zones=zone_offsets(tables),
        )


@dataclass(frozen=True, slots=True)
class FeedDate:
    """An instant parsed from a feed.

    Attributes:
        at: UTC, None if the string is no usable date.
        precision: `second`, `minute` or `day`; None without `at`.
        flags: `bad_date`, `absurd_date`, `future_date`, `zone_assumed`.
    """

    at: datetime | None
    precision: str | None
    flags: tuple[str, ...] = ()


def read_feed_date(raw: str, words: DateWords, *, now: datetime) -> FeedDate:
    """Return the instant that a feed's date string states.

    A date without a zone is read as UTC and flagged `zone_assumed`; one with an unknown or
    ambiguous abbreviation is flagged too and only gives the day. An instant more than 48
    hours ahead of `now`, before 1800, or equal to the first second of 1970 or of year 1 is
    rejected; one slightly ahead is kept and flagged `future_date`.

    >>> words = DateWords({"nov": 11}, {"gmt": 0})
    >>> now = datetime(2023, 11, 29, tzinfo=UTC)
    >>> read_feed_date("Tue, 28 Nov 2023 14:05:09 GMT", words, now=now).at.isoformat()
    '2023-11-28T14:05:09+00:00'
    >>> read_feed_date("06/07/2023", words, now=now).flags
    ('bad_date',)
    """
    text = " ".join(raw.split())
    if not text or len(text) > _MAX_CHARS:
        return FeedDate(None, None, ("bad_date",) if text else ())
    try:
        stated = _read_standard(text, words) or _read(text, words)
    except (ValueError, OverflowError):
        stated = None
    if stated is None:
        return FeedDate(None, None, ("bad_date",))
    read = judge_date(*stated, now=now)
    if "zone_assumed" in read.flags and read.at and _VAGUE_ZONE.search(text):
        return replace(read, at=read.at.replace(hour=0, minute=0, second=0), precision="day")
    return read


def judge_date(at: datetime, precision: str, *, now: datetime) -> FeedDate:
    """Return the date with flags for its problems; `at` without a zone is read as UTC."""
    flags = [] if at.tzinfo or precision == "day" else ["zone_assumed"]
    try:
        instant = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return FeedDate(None, None, ("absurd_date",))
    is_epoch = (instant.year, instant.month, instant.day) == (1970, 1, 1)
    if instant.year < EARLIEST_YEAR or is_epoch:
        return FeedDate(None, None, ("absurd_date",))
    if instant - now > _FUTURE_NOTED:
        flags.append("future_date")
    if instant - now > FUTURE_TOLERANCE:
        return FeedDate(None, None, ("future_date",))
    return FeedDate(instant, precision, tuple(sorted(flags)))


def _read_standard(text: str, words: DateWords) -> tuple[datetime, str] | None:
    """Return the instant of a date in the standard notation, None for any other."""
    match = _RFC_822.fullmatch(text)
    if match:
        month = words.months.get(match[2].lower())
        if month is None or "gmt" not in words.zones:
            return None
        day = int(match[3]), month, int(match[1])
    else:
        match = _ISO_8601.fullmatch(text)
        if not match:
            return None
        day = int(match[1]), int(match[2]), int(match[3])
    sign, hours, minutes = match.groups()[6:]
    delta = timedelta(hours=int(hours), minutes=int(minutes)) if sign else timedelta()
    zone = timezone(-delta if sign == "-" else delta) if delta else UTC
    return _instant(day, [int(match[4]), int(match[5]), int(match[6])], zone)


def _read(text: str, words: DateWords) -> tuple[datetime, str] | None:
    """Return the naive or aware instant with its precision; ValueError for 31 February."""
    zone, text = _take_zone(text, words)
    compact = _COMPACT.fullmatch(text.strip())
    if compact:
        figures = [int(group) for group in compact.groups() if group]
        year, month, day, *clock = figures
        return _instant((year, month, day), clock, zone)
    clock, text = _take_clock(text)
    day_of_year = _calendar_day(text, words)
    return None if day_of_year is None else _instant(day_of_year, clock, zone)


def _instant(
    day: tuple[int, int, int], clock: list[int], zone: timezone | None
) -> tuple[datetime, str]:
    precision = ("day", "minute", "minute", "second")[len(clock)]
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    midnight_after = hour == 24 and minute == second == 0
    at = datetime(*day, 0 if midnight_after else hour, minute, min(second, 59), tzinfo=zone)
    return at + timedelta(days=midnight_after), precision


def _take_clock(text: str) -> tuple[list[int], str]:
    """Return hours, minutes and seconds as far as stated, and the remaining text."""
    separated = re.sub(r"(?<=\d)[tT](?=\d)", " ", text)
    for match in _CLOCK.finditer(separated):
        before, after = separated[: match.start()], separated[match.end() :]
        if ":" not in match[0] and (before[-1:] in {".", "-", "/"} or re.match(r"\.\d", after)):
            continue  # "28.11.2023" is a day, "14.05" next to one is a time
        if ":" not in match[0] and not _FIGURES.search(before + " " + after):
            continue
        hour = int(match[1])
        if match[4]:
            hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
        clock = [hour, int(match[2])] + ([int(match[3])] if match[3] else [])
        return clock, f"{before} {after}"
    return [], separated


def _take_zone(text: str, words: DateWords) -> tuple[timezone | None, str]:
    """Return the zone, None if not stated, and the remaining text."""
    offset = _OFFSET.search(text)
    if offset and ":" in text[: offset.start()]:
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        if hours > 14 or minutes > 59:
            raise ValueError(f"offset {offset[0]!r}")
        delta = timedelta(hours=hours, minutes=minutes)
        return timezone(-delta if offset[1] == "-" else delta), text[: offset.start()]
    if text[-1:] in {"Z", "z"} and text[-2:-1].isdigit():
        return UTC, text[:-1]
    for match in _ZONE.finditer(text):
        if match[0].lower() in words.zones:
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            ahead = words.zones[match[0].lower()]
            return None if ahead is None else timezone(timedelta(minutes=ahead)), rest
    return None, text


def _calendar_day(text: str, words: DateWords) -> tuple[int, int, int] | None:
    """Return year, month and day if their order is certain."""
    cjk = _CJK.search(text)
    if cjk:
        return int(cjk[1]), int(cjk[2]), int(cjk[3])
    figures = _FIGURES.search(text)
    if figures:
        rest = text[: figures.start()] + text[figures.end() :]
        return None if _NUMBER.search(rest) else _ordered(figures[1], figures[3], figures[4])
    return _named_month(text, words)


def _ordered(first: str, second: str, third: str) -> tuple[int, int, int] | None:
    """Return the day of three figures, None if two readings are possible."""
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4:
        return a, b, c
    if len(third) != 4:
        return None
    if a > 12 or a == b:
        return c, b, a
    return (c, a, b) if b > 12 else None


def _named_month(text: str, words: DateWords) -> tuple[int, int, int] | None:
    """Return the day of "Tue, 28 Nov 2023", "November 28, 2023", "28-Nov-23"."""
    weekday = _WEEKDAY.match(text)  # "mar., 28 nov. 2023" is a Tuesday, not in March
    tokens = [word.lower() for word in _WORD.findall(text[weekday.end() :] if weekday else text)]
    months = [words.months[token] for token in tokens if token in words.months]
    # at most one other word, the weekday; "de" and the like may be in between
    strangers = [token for token in tokens if token not in words.months and len(token) > 2]
    numbers = _NUMBER.findall(text)
    if len(set(months)) != 1 or len(strangers) > 1 or len(numbers) != 2:
        return None
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else numbers
    if len(day) > 2 or len(year) not in {2, 4}:
        return None
    # RFC 2822 4.3: two-digit years from 50 on are in the last century
    century = 0 if len(year) == 4 else (1900 if int(year) >= 50 else 2000)
    return century + int(year), months[0], int(day)
