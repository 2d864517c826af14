"""Rules for periods of the calendar: years, quarters, seasons, weeks, centuries."""

from __future__ import annotations

import re
from datetime import date

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import (
    Found,
    anchor_of,
    calendar_day,
    led_year,
    related,
    tense_of,
)
from transforms.dating.quarter_rules import is_near
from transforms.dating.tense import FUTURE, PAST, UNKNOWN
from transforms.dating.timex_parts import Parts
from transforms.dating.timex_values import SEASONS, days_of, shift, shift_value, unit_of, value_of

# The day behind "the quarter ended".
_END_DAY = re.compile(r"[MmJ];?(?P<day>[d9])(?:,?(?P<year>y))?")
_YEAR_FROM, _YEAR_TO = 1900, 2100


def year(parts: Parts, _: Anchors) -> Found:
    """Read "in 1989", "the 1991 settlement", "London 2012"; not counts or model names."""
    number = parts.number("year")
    before, after = parts.before(), parts.after()
    if (
        after in "rVUHn-"
        and not _is_range(parts)
        and not parts.in_group(parts.word_after(), "substitute")
    ):
        return None
    if before == "$" or _is_count(parts) or parts.in_group(parts.word_after(), "era"):
        return None
    is_glued = parts.in_group(parts.word_before(), "numbered") or parts.tokens.touches(parts.first)
    if is_glued and not _is_dashed_year(parts, before):
        return None
    is_led = before in "ifb&~(EelBDSa-,'" or _is_described(parts)
    is_led = is_led or parts.tokens.vocabulary.profile.has_bare_years
    is_led = is_led or parts.in_group(parts.word_before(), "dated")
    is_led = is_led or (before in "|;" and parts.in_group(parts.word_after(), "year_verb"))
    is_capital = before == "_" and parts.tokens.is_capital(parts.first - 1)
    if not is_led and not is_capital:
        return None
    if not _YEAR_FROM <= number < _YEAR_TO and before not in "ifb~D":
        return None
    return parts.timex("DATE", f"{number:04}", "explicit", 0.95 if before in "ifb" else 0.85)


def _is_count(parts: Parts) -> bool:
    """Return whether things are counted: "2000 people", "2000 or more"."""
    if parts.after() == "&" and parts.in_group(parts.word_after(), "choice"):
        after = parts.tokens.words[parts.last + 1 : parts.last + 2]
        return bool(after) and (parts.in_group(after[0], "counted") or after[0].isdigit())
    return parts.in_group(parts.word_after(), "counted")


def _is_described(parts: Parts) -> bool:
    """Return whether a year describes a noun: "her 2008 campaign", "the brief 2009 visit"."""
    if parts.after() != "_" or not _YEAR_FROM <= parts.number("year") < _YEAR_TO:
        return False
    is_led = parts.before(2) in "Da'" or parts.in_group(_word_back(parts, 2), "possessive")
    return parts.in_group(parts.word_before(), "possessive") or (
        is_led and parts.before() == "_" and not parts.in_group(parts.word_before(), "numbered")
    )


def _word_back(parts: Parts, back: int) -> str:
    return parts.tokens.words[parts.first - back] if parts.first >= back else ""


def _is_range(parts: Parts) -> bool:
    """Return whether a dash after a year joins it to another ("2019-2021", "2019-21")."""
    return parts.after() == "-" and parts.tokens.symbols[parts.last + 1 : parts.last + 2] in (
        "y",
        "d",
        "N",
    )


def _is_dashed_year(parts: Parts, before: str) -> bool:
    if before != "-":
        return before == "("
    i = parts.first - 2
    return i >= 0 and (
        parts.tokens.symbols[i] in "yE" or parts.in_group(parts.tokens.words[i], "prefix")
    )


def year_word(parts: Parts, _: Anchors) -> Found:
    """Read "2015 року", "2015 году", "2015 r."."""
    return parts.timex("DATE", f"{parts.number('year'):04}", "explicit", 0.97)


def unit_year(parts: Parts, _: Anchors) -> Found:
    """Read "Jahr 2015", "anno 2015", "roku 2015"."""
    number = parts.number("year")
    if not parts.in_group(parts.word("unit"), "year_unit") or not 100 <= number < _YEAR_TO:
        return None
    return parts.timex("DATE", f"{number:04}", "explicit", 0.95)


def season_after(parts: Parts, anchors: Anchors) -> Found:
    """Read "l'été dernier", "el verano pasado"."""
    return _relative_season(parts, anchors, parts.value("season")) if parts.is_behind() else None


def year_named(parts: Parts, _: Anchors) -> Found:
    """Read "the year 2000"."""
    if parts.value("unit") != "Y":
        return None
    return parts.timex("DATE", f"{parts.number('year'):04}", "explicit", 0.97)


def counted_unit(parts: Parts, anchors: Anchors) -> Found:
    """Read "the last week of March", "the second quarter of 2005", "the first day of the year"."""
    unit = parts.value("unit")
    whole = whole_value(parts, anchors)
    days = days_of(whole)
    if days is None or whole is None:
        return None
    symbol = parts.symbol("ordinal")
    which = parts.number("ordinal") if symbol in "o9" else 0
    if symbol == "l" and not parts.value("ordinal").startswith("-1"):
        return None
    if unit in ("Q", "H") and unit_of(whole) == "Y":
        last = 4 if unit == "Q" else 2
        return (
            parts.timex("DATE", f"{whole}-{unit}{which or last}", "explicit", 0.93)
            if which <= last
            else None
        )
    if unit not in ("D", "W", "M", "WE", "DE"):
        return None
    day = _nth(days, which, unit)
    return parts.timex("DATE", value_of(day, unit), "explicit", 0.85) if day else None


def nth_weekday(parts: Parts, anchors: Anchors) -> Found:
    """Read "the first Monday in October", "the last Friday of May 1997"."""
    whole = whole_value(parts, anchors)
    days = days_of(whole)
    symbol, number = parts.symbol("ordinal"), int(parts.value("weekday"))
    which = parts.number("ordinal") if symbol in "o9" else 0
    is_other = symbol == "l" and not parts.value("ordinal").startswith("-1")
    if days is None or unit_of(whole or "") != "M" or is_other:
        return None
    if which:
        ahead = (number - days[0].isoweekday()) % 7 + 7 * (which - 1)
        day = shift(days[0], ahead, "D")
    else:
        day = shift(days[1], -((days[1].isoweekday() - number) % 7), "D")
    if day is None or not days[0] <= day <= days[1]:
        return None
    return parts.timex("DATE", day.isoformat(), "published", 0.85)


def _nth(days: tuple[date, date], which: int, unit: str) -> date | None:
    """Return a day in the nth unit of a range of days, or in the last one for 0."""
    start = days[0] if which else days[1]
    if unit in ("W", "WE"):
        # a week belongs to the period that contains its Thursday
        days_off = (4 - start.isoweekday()) % 7
        thursday = shift(start, days_off if which else (days_off or 7) - 7, "D")
        return shift(thursday, max(which - 1, 0), "W") if thursday else None
    day = shift(start, max(which - 1, 0), unit)
    return day if day and days[0] <= day <= days[1] else None


def whole_value(parts: Parts, anchors: Anchors) -> str | None:
    """Return the value of the words after "of": a year, a month, "last year"."""
    first, last = parts.match.span("whole")
    tokens = parts.tokens
    symbols = tokens.symbols[first:last]
    words = tokens.words[first:last]
    values = tokens.vocabulary.values
    if "y" in symbols:
        number = int(words[symbols.index("y")])
        return _in_year(symbols, [values.get(word, "") for word in words], number)
    unit = next((values[w] for s, w in zip(symbols, words, strict=True) if s == "U"), "")
    direction = next((values[w] for s, w in zip(symbols, words, strict=True) if s in "lu"), None)
    if unit and direction is not None:
        count = int(direction.rstrip("np"))
        move = anchors.reference_value if direction.endswith("n") else anchors.published_value
        return move(count, unit)
    if unit:
        return anchors.reference_value(0, unit)
    for symbol, word in zip(symbols, words, strict=True):
        if symbol in "MmJ":
            return anchors.month(int(values[word]), parts.tense())
        if symbol in "Ss":
            return anchors.season(values[word], parts.tense())
    return None


def _in_year(symbols: str, values: list[str], number: int) -> str:
    for symbol, value in zip(symbols, values, strict=True):
        if symbol in "MmJ":
            return f"{number:04}-{int(value):02}"
        if symbol in "Ss":
            return f"{number:04}-{value}"
    return f"{number:04}"


def season(parts: Parts, anchors: Anchors) -> Found:
    """Read "next summer", "the winter of 2008", "this fall"; a bare "fall" is a verb."""
    unit = parts.value("season")
    if parts.has("year"):
        return parts.timex("DATE", f"{parts.number('year'):04}-{unit}", "explicit", 0.95)
    if parts.has("direction2"):
        whole = related(parts, anchors, "Y", "direction2")
        return parts.timex("DATE", f"{whole}-{unit}", "published", 0.9) if whole else None
    if parts.has("direction"):
        return _relative_season(parts, anchors, unit)
    led = parts.before() in "ifb&~E" or parts.before(2) + parts.before() == "E-"
    if not led or (parts.symbol("season") == "s" and parts.after() == "f"):
        return None
    if parts.in_group(parts.word("season"), "verb") and not parts.has("the"):
        return None
    if year := led_year(parts, anchors):
        return parts.timex("DATE", f"{year}-{unit}", "narrative", 0.8)
    return parts.timex("DATE", anchors.season(unit, tense_of(parts)), "published", 0.75)


def _relative_season(parts: Parts, anchors: Anchors, unit: str) -> Found:
    value, today = parts.value("direction") or "0", anchors.today
    count = int(value.rstrip("np"))
    if value.endswith("n") and (days := days_of(anchors.reference)):
        return parts.timex("DATE", _season_near(days[0], unit, count), "narrative", 0.7)
    if today is None:
        return parts.timex("DATE", f"XXXX-{unit}", "none", 0.5)
    own = anchors.season(unit, PAST)
    if count < 0:
        days = days_of(own)
        is_over = days is not None and days[1] < today
        return parts.timex("DATE", own if is_over else shift_value(own, -1, "Y"), "published", 0.9)
    if parts.in_group(parts.word("direction"), "coming"):  # "next summer" may be a year later
        return parts.timex("DATE", anchors.season(unit, FUTURE), "published", 0.9)
    number = today.year + (1 if count > 0 else 0)
    if unit == "WI" and count == 0 and today.month <= 2:
        number -= 1
    return parts.timex("DATE", f"{number:04}-{unit}", "published", 0.9)


def _season_near(day: date, unit: str, count: int) -> str:
    """Return the season of the year of `day`, or the first before or after it."""
    start = SEASONS[unit]
    year = day.year
    if count > 0:
        year += day.month >= start
    elif count < 0:
        year -= day.month <= start
    return f"{year:04}-{unit}"


def fiscal_year(parts: Parts, anchors: Anchors) -> Found:
    """Read "fiscal 1989", "the 2005 fiscal year", "the current fiscal year"."""
    number = parts.number_or_none("year") or parts.number_or_none("year2")
    if number is not None:
        return parts.timex("DATE", f"FY{number:04}", "explicit", 0.9)
    if not parts.has("direction"):
        if parts.tokens.symbols[parts.first] != "D":
            return None
        whole = anchors.published_value(0, "Y")
        return parts.timex("DATE", f"FY{whole}" if whole else None, "published", 0.6)
    whole = related(parts, anchors, "Y")
    return parts.timex("DATE", f"FY{whole}" if whole else None, anchor_of(parts), 0.75)


def weekend(parts: Parts, anchors: Anchors) -> Found:
    """Read "weekend talks": a unit without an article, weekends only."""
    if parts.value("unit") != "WE":
        return None
    return parts.timex("DATE", weekend_value(parts, anchors), "published", 0.8)


def weekend_value(parts: Parts, anchors: Anchors) -> str | None:
    """Return the last weekend, or the next one if the clause is about the future."""
    if anchors.today is None:
        return None
    is_on = anchors.today.isoweekday() >= 6
    tense = tense_of(parts)
    return anchors.published_value(0 if is_on or tense == FUTURE else -1, "WE")


def the_unit(parts: Parts, anchors: Anchors) -> Found:
    """Read "the quarter", "the day", "the year": the one in question, unless it is defined."""
    unit = parts.value("unit")
    if unit == "WE":
        return parts.timex("DATE", weekend_value(parts, anchors), "published", 0.85)
    is_edge = parts.before(2) + parts.before() == "Bf"
    if unit not in ("D", "W", "M", "Q", "Y", "DE", "CE"):
        return None
    if parts.tokens.is_capital(parts.at("unit")):
        return None  # "Artist of the Year"
    if parts.after() in "fbDadN" and not is_edge:
        return None
    is_led = _is_led(parts) or (is_edge and unit in ("DE", "CE"))
    is_led = is_led or (unit == "Q" and is_near(parts, "accounts"))
    if not is_led or parts.in_group(parts.word_after(), "defining"):
        return None
    if ended := _ended_value(parts, anchors, unit):
        return parts.timex("DATE", ended, "published", 0.8)
    value = anchors.reference_value(0, unit)
    if unit == "Q" and anchors.unit() not in ("Q", "M"):
        value = anchors.published_value(-1, "Q")
    return parts.timex("DATE", value, "narrative", 0.7)


def _ended_value(parts: Parts, anchors: Anchors, unit: str) -> str | None:
    """Return the unit that a day behind it ends: "the quarter ended Sept. 30"."""
    tokens, at = parts.tokens, parts.last + 1
    m = _END_DAY.match(tokens.symbols, at) if parts.in_group(parts.word_after(), "ended") else None
    if m is None:
        return None
    month, day = int(tokens.vocabulary.values[tokens.words[at]]), parts.number_at(m.start("day"))
    year = parts.number_at(m.start("year")) if m["year"] else None
    value = calendar_day(year, month, day) if year else anchors.day(month, day, UNKNOWN)
    days = days_of(value)
    return value_of(days[0], unit) if days else None


def _is_led(parts: Parts) -> bool:
    """Return whether a preposition or a verb of ending comes before ("ended the day")."""
    return parts.before() in "if&~" or parts.in_group(parts.word_before(), "ending")


def unit_middle(parts: Parts, anchors: Anchors) -> Found:
    """Read "mid-year", "midweek"."""
    unit = parts.value("middle" if parts.has("middle") else "unit")
    if parts.has("mod") and parts.value("mod") != "MID":
        return None
    if unit not in ("W", "M", "Y"):
        return None
    return parts.timex("DATE", anchors.published_value(0, unit), "published", 0.75)


def unit_end(parts: Parts, anchors: Anchors) -> Found:
    """Read "year-end", "year-end 2008", "month-end"."""
    unit = parts.value("unit")
    if unit not in ("W", "M", "Q", "Y") or not parts.in_group(parts.word("edge"), "boundary"):
        return None
    if parts.has("year"):
        return parts.timex("DATE", f"{parts.number('year'):04}", "explicit", 0.9)
    back = -1 if parts.tense() == PAST and anchors.today and anchors.today.month <= 3 else 0
    return parts.timex("DATE", anchors.published_value(back, unit), "published", 0.8)
