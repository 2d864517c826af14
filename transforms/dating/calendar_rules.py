"""Rules for expressions that name a place in the calendar: days, months, decades."""

from __future__ import annotations

import re
from datetime import date, datetime

from transforms.dating.anchors import Anchors
from transforms.dating.tense import FUTURE, PAST, UNKNOWN
from transforms.dating.timex_parts import Parts, Timex
from transforms.dating.timex_tokens import Tokens
from transforms.dating.timex_values import days_of, shift, value_of

Found = Timex | list[Timex] | None

# A two-digit year belongs to the hundred years that begin 70 years before publication.
_PIVOT_YEARS = 70
_NOW = "PRESENT_REF"
# The event follows its day directly, or an adjective.
_EVENT_TOKENS = 2
_FIGURES = re.compile(r"(\d+)[./-](\d+)[./-](\d+)")


def month_day(parts: Parts, anchors: Anchors) -> Found:
    """Read "Nov. 28", "Tuesday, November 28, 2023", "28 November"."""
    if parts.has("direction") and parts.value("unit") == "Y":
        return _day_of_year(parts, anchors)
    last = parts.last
    if parts.has("direction"):  # "May 3 last week"
        last = parts.at("direction")
        last -= parts.tokens.symbols[last - 1] in "fD"
    value = day_value(parts, anchors, parts.number("day"))
    if value is None:  # no year has a February 30
        return parts.timex("DATE", None, "none", 0.5, last=last)
    explicit = parts.has("year")
    confidence = 0.98 if explicit or parts.has("weekday") else 0.9
    anchor = "explicit" if explicit else "published"
    return parts.timex("DATE", value, anchor, confidence, last=last)


def _day_of_year(parts: Parts, anchors: Anchors) -> Found:
    """Read "May 3 last year", "20 January next year"."""
    whole = related(parts, anchors, "Y")
    if whole is None:
        return None
    value = calendar_day(int(whole), int(parts.value("month")), parts.number("day"))
    return parts.timex("DATE", value, anchor_of(parts), 0.9)


def day_value(parts: Parts, anchors: Anchors, day: int) -> str | None:
    """Return the value of a day of the month in `parts`, of the year there or the likely one."""
    month = int(parts.value("month"))
    if parts.has("year"):
        return calendar_day(parts.number("year"), month, day)
    if year := _year_of_event(parts, month, day):
        return calendar_day(year, month, day)
    if led := led_year(parts, anchors):
        return calendar_day(int(led), month, day)
    weekday = None
    if "weekday" in parts.match.re.groupindex and parts.has("weekday"):
        weekday = int(parts.value("weekday"))
    return anchors.day(month, day, tense_of(parts), weekday)


def led_year(parts: Parts, anchors: Anchors) -> str | None:
    """Return the year that the sentence begins with ("In 1996, it lost money in May")."""
    return anchors.led[0] if anchors.led and parts.in_sentence_of(anchors.led[1]) else None


def _year_of_event(parts: Parts, month: int, day: int) -> int | None:
    """Return the year of a day known by its event ("the Sept. 11 attacks")."""
    tokens = parts.tokens
    near = tokens.words[parts.last : parts.last + _EVENT_TOKENS]
    events = tokens.vocabulary.events.get(f"{month:02}-{day:02}", {})
    return next((events[word] for word in near if word in events), None)


def calendar_day(year: int, month: int, day: int) -> str | None:
    """Return the value of a day, None if the calendar has no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def figures(parts: Parts, anchors: Anchors) -> Found:
    """Read "28/11/2023", "7/4/23", "28.11.2023"; language, country and sense give the order."""
    m = _FIGURES.fullmatch(parts.word("figures"))
    if m is None:
        return None
    if len(m[1]) == 4:
        days = [calendar_day(int(m[1]), int(m[2]), int(m[3]))]
    elif len(m[1]) > 2 or len(m[3]) not in (2, 4) or (len(m[3]) == 2 and "-" in m[0]):
        return None
    else:
        year = _full_year(m[3], anchors)
        low, high = int(m[1]), int(m[2])
        dotted = "." in m[0]
        orders = (
            [(low, high), (high, low)]
            if anchors.month_first and not dotted
            else [(high, low), (low, high)]
        )
        days = [calendar_day(year, month, day) for month, day in orders[: 1 if dotted else 2]]
    value = next((day for day in days if day), None)
    is_clear = len({day for day in days if day}) == 1
    return parts.timex("DATE", value, "explicit", 0.97 if is_clear else 0.8) if value else None


def _full_year(figures_: str, anchors: Anchors) -> int:
    year = int(figures_)
    if len(figures_) == 4:
        return year
    start = max((anchors.today.year if anchors.today else 2000) - _PIVOT_YEARS, 1)
    return start + (year - start) % 100


def day_of_month(parts: Parts, anchors: Anchors) -> Found:
    """Read "on the 15th", of the month in question, and "the 3rd of this month"."""
    if parts.has("unit"):
        month = related(parts, anchors, "M") if parts.value("unit") == "M" else None
    elif parts.symbol("day") == "o":
        return _another_quarter(parts, anchors)
    elif parts.symbol("day") == "9" and parts.before() == "i" and parts.after() in ";,|i&~b":
        month = anchors.reference_value(0, "M")
    else:
        return None
    value = f"{month}-{parts.number('day'):02}"
    return parts.timex("DATE", value, "narrative", 0.7) if days_of(value) else None


def _another_quarter(parts: Parts, anchors: Anchors) -> Found:
    """Read "the second" in "by 4 percent in the third quarter, after 2 percent in the second"."""
    period, which = anchors.period or "", parts.number("day")
    is_alone = parts.before() == "i" and parts.after() in ";,|" and 0 < which <= 4
    if not is_alone or "-Q" not in period or not parts.in_sentence_of(anchors.period_last):
        return None
    return parts.timex("DATE", f"{period[:4]}-Q{which}", "narrative", 0.75)


def iso(parts: Parts, _: Anchors) -> Found:
    """Read "2023-11-28", "2023-11-28T10:30Z"."""
    text = parts.word("iso").upper()
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return parts.timex("TIME" if "T" in text else "DATE", text, "explicit", 0.99)


def tense_of(parts: Parts) -> int:
    """Return the tense around a date; "since", "until" and "is" decide, "by" without a verb."""
    if parts.in_group(parts.word_before(), "until") or _is_predicate(parts):
        return FUTURE
    if parts.in_group(parts.word_before(), "since"):
        return PAST
    tense = parts.tense()
    return tense or (FUTURE if parts.in_group(parts.word_before(), "by") else tense)


def _is_predicate(parts: Parts) -> bool:
    """Return whether it says when something is, or until when: "the vote is on Tuesday"."""
    if parts.after() == "'":
        return False  # "it is Tuesday's second win"
    before = parts.first - (2 if parts.before() == "i" else 1)
    if parts.before(2) + parts.before() == "R&":  # "between now and June 7"
        return parts.tokens.vocabulary.values.get(parts.tokens.words[parts.first - 2]) == _NOW
    return before >= 0 and parts.in_group(parts.tokens.words[before], "predicate")


def related(parts: Parts, anchors: Anchors, unit: str, name: str = "direction") -> str | None:
    """Return the value of the unit that "last", "that" or "the following" points to."""
    value = parts.value(name) or "0"
    count = int(value.rstrip("np"))
    if value.endswith("n"):
        return anchors.reference_value(count, unit)
    return anchors.published_value(count, unit)


def anchor_of(parts: Parts, name: str = "direction") -> str:
    """Return the anchor of a direction word: `narrative` or `published`."""
    return "narrative" if parts.value(name).endswith("n") else "published"


def weekday(parts: Parts, anchors: Anchors) -> Found:
    """Read "Tuesday": today or the last one, or the next if the clause is about the future."""
    tense = tense_of(parts)
    number = int(parts.value("weekday"))
    value = _apposed(parts, anchors, number) or anchors.weekday(number, tense)
    return parts.timex("DATE", value, "published", 0.8 if tense == UNKNOWN else 0.92)


def _apposed(parts: Parts, anchors: Anchors, number: int) -> str | None:
    """Return the day just named if this is its weekday ("the following day, on Wednesday")."""
    days = days_of(anchors.named.get("D"))
    between = parts.tokens.symbols[anchors.last : parts.first]
    is_near = days is not None and between in (",", "i", ",i", "(")
    return value_of(days[0], "D") if days and is_near and days[0].isoweekday() == number else None


def relative_weekday(parts: Parts, anchors: Anchors) -> Found:
    """Read "last Tuesday", "next Friday", "this Monday"."""
    number = int(parts.value("weekday"))
    value = parts.value("direction") or "0"
    count = int(value.rstrip("np"))
    if value == "+1n" and parts.tokens.symbols[parts.first] != "D":
        return None  # "following Tuesday's crash"
    if anchors.today is None:
        return parts.timex("DATE", f"XXXX-WXX-{number}", "none", 0.5)
    named = days_of(anchors.named.get("D")) if value.endswith("n") else None
    if named and count:
        gap = (number - named[0].isoweekday()) * count % 7 or 7
        return parts.timex("DATE", _iso(shift(named[0], gap * count, "D")), "narrative", 0.75)
    if count == 0:
        return parts.timex("DATE", _this_weekday(anchors.today, number), "published", 0.9)
    gap = (number - anchors.today.isoweekday()) % 7
    # nobody calls tomorrow "next Tuesday": that is the one a week later
    days = (gap if gap > 1 else gap + 7) if count > 0 else gap - 7
    return parts.timex("DATE", _iso(shift(anchors.today, days, "D")), "published", 0.9)


def _this_weekday(today: date, number: int) -> str | None:
    return _iso(shift(today, number - today.isoweekday(), "D"))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def weekday_of_week(parts: Parts, anchors: Anchors) -> Found:
    """Read "Thursday of last week", "Monday this week"."""
    if parts.value("unit") != "W":
        return None
    days = days_of(related(parts, anchors, "W"))
    day = shift(days[0], int(parts.value("weekday")) - 1, "D") if days else None
    return parts.timex("DATE", _iso(day), anchor_of(parts), 0.92)


def weekday_after(parts: Parts, anchors: Anchors) -> Found:
    """Read "lundi dernier", "el lunes pasado"."""
    return relative_weekday(parts, anchors) if parts.is_behind() else None


def unit_after(parts: Parts, anchors: Anchors) -> Found:
    """Read "la semaine prochaine", "el año pasado"."""
    unit = parts.value("unit")
    if not parts.is_behind() or unit in ("P", "F") or unit.startswith("T"):
        return None
    return parts.timex("DATE", related(parts, anchors, unit), "published", 0.9)


def holiday(parts: Parts, anchors: Anchors) -> Found:
    """Read "Christmas Eve", "last Thanksgiving", "Easter 2024"."""
    tense = parts.tense()
    if parts.has("direction"):
        count = int((parts.value("direction") or "0").rstrip("np"))
        tense = FUTURE if count > 0 else PAST if count < 0 else UNKNOWN
    value = anchors.holiday(parts.value("holiday"), tense, parts.number_or_none("year"))
    return parts.timex("DATE", value, "explicit" if parts.has("year") else "published", 0.85)


def today(parts: Parts, anchors: Anchors) -> Found:
    """Read "today", "yesterday", "tonight", "hier soir": a count of days, with a part of the day."""
    if parts.is_in_name():
        return None
    count, mark, part = parts.value("day").partition("T")
    day = anchors.published_value(int(count), "D")
    kind = "TIME" if mark else "DATE"
    return parts.timex(kind, day + mark + part if day else None, "published", 0.97)


def decade(parts: Parts, anchors: Anchors) -> Found:
    """Read "the 1990s", "the late '80s", "the sixties"."""
    word = parts.word("decade")
    if parts.symbol("decade")[0] == "y":  # "the 1970's", but not "2010's best film"
        is_led = parts.tokens.symbols[parts.first] in "DE" and word[3] == "0"
        return parts.timex("DATE", word[:3], "explicit", 0.9) if is_led else None
    if digits := re.fullmatch(r"(\d{3})0(?:s|er)", word):
        # "the 1800s" are a century, "the 2000s" and "die 1900er" a decade
        is_century = word[2:] == "00s" and word != "2000s"
        return parts.timex("DATE", word[: 2 if is_century else 3], "explicit", 0.95)
    if parts.in_group(parts.word_before(), "possessive"):
        return None  # "in his early 30s"
    if parts.symbol("mod") == "" and parts.tokens.symbols[parts.first] != "D" and word[0] != "'":
        return None
    if digits := re.fullmatch(r"'?(\d)0(?:s|er)", word):
        century = _full_year(digits[1] + "0", anchors) // 100
        return parts.timex("DATE", f"{century:02}{digits[1]}", "explicit", 0.85)
    return parts.timex("DATE", parts.value("decade"), "explicit", 0.8)


def decade_units(parts: Parts, _: Anchors) -> Found:
    """Read "die zwanziger Jahre", "in den 1990er Jahren"."""
    if not parts.in_group(parts.word("unit"), "decade_after"):
        return None
    value = parts.value("decade") or re.sub(r"\D", "", parts.word("decade"))[:-1]
    return parts.timex("DATE", value if len(value) == 3 else f"19{value}", "explicit", 0.9)


def units_decade(parts: Parts, anchors: Anchors) -> Found:
    """Read "les années 1990", "los años 90", "gli anni Novanta", "1990er Jahre"."""
    if not parts.in_group(parts.word("unit"), "decade_unit"):
        return None
    if parts.symbol("decade") == "c":
        value = parts.value("decade") or re.sub(r"\D", "", parts.word("decade"))[:-1]
        return parts.timex("DATE", value if len(value) == 3 else f"19{value}", "explicit", 0.9)
    number = parts.number("decade")
    if number % 10 or number < 20:
        return None
    year_ = number if number >= 1000 else _full_year(f"{number:02}", anchors)
    return parts.timex("DATE", f"{year_ // 10:03}", "explicit", 0.9)


def month_after(parts: Parts, anchors: Anchors) -> Found:
    """Read "mars dernier", "enero pasado"."""
    if not parts.is_behind():
        return None
    tense = FUTURE if parts.value("direction").startswith("+") else PAST
    return parts.timex("DATE", anchors.month(int(parts.value("month")), tense), "published", 0.9)


def month_of_year(parts: Parts, anchors: Anchors) -> Found:
    """Read "November 2023", "March last year", "June of that year"."""
    month = int(parts.value("month"))
    if parts.has("year"):
        return parts.timex("DATE", f"{parts.number('year'):04}-{month:02}", "explicit", 0.97)
    year = related(parts, anchors, "Y")
    if year is None or parts.value("unit") != "Y":
        return None
    return parts.timex("DATE", f"{year}-{month:02}", anchor_of(parts), 0.9)


def month(parts: Parts, anchors: Anchors) -> Found:
    """Read "in November": the last one, or the next if the clause is about the future."""
    if not _is_month(parts, anchors) or parts.after() in "dN9":
        return None
    if year := led_year(parts, anchors):
        return parts.timex("DATE", f"{year}-{int(parts.value('month')):02}", "narrative", 0.85)
    is_ahead = parts.in_group(parts.word_after(), "forward")  # "gold for February delivery"
    tense = FUTURE if is_ahead else tense_of(parts)
    value = anchors.month(int(parts.value("month")), tense)
    return parts.timex("DATE", value, "published", 0.75 if tense == UNKNOWN else 0.9)


def _is_month(parts: Parts, anchors: Anchors) -> bool:
    """Return whether a month is meant: "in May", not "Theresa May" or "April Ryan"."""
    symbol, before = parts.symbol("month"), parts.before()
    if symbol == "J":
        return before in "ifb&~(EBlue"
    is_led = before in "lueEB" or parts.before(2) + before == "E-"
    if symbol == "M" or is_led or parts.in_group(parts.word_before(), "month"):
        return True
    tokens, first, last = parts.tokens, parts.first, parts.last
    is_named = last < len(tokens.words) and tokens.symbols[last] == "_" and tokens.is_capital(last)
    is_word = parts.word_before()[:1].isalnum()
    is_surname = before in "|;" or (before == "_" and (tokens.is_capital(first - 1) or not is_word))
    return not (is_named or is_surname or parts.word("month") in anchors.persons)


def persons_called_months(tokens: Tokens) -> frozenset[str]:
    """Return the months that name a person in the text: "may" if it has a "Mrs. May"."""
    found = set()
    titles = tokens.vocabulary.groups.get("title", frozenset())
    symbols = tokens.symbols
    for m in re.finditer("(?<=.)m(?![d9y])", symbols):
        i = m.start()
        named = i - 1 if symbols[i - 1] == "_" else i - 2 if symbols[i - 1] == ";" else -1
        is_title = named == i - 2 and tokens.words[named] in titles
        if named >= 0 and tokens.is_capital(named) and (named == i - 1 or is_title):
            found.add(tokens.words[i])
    return frozenset(found)


def relative_month(parts: Parts, anchors: Anchors) -> Found:
    """Read "last March", "this May", "next June"."""
    today, number = anchors.today, int(parts.value("month"))
    if today is None:
        return parts.timex("DATE", f"XXXX-{number:02}", "none", 0.5)
    count = int((parts.value("direction") or "0").rstrip("np"))
    year = today.year
    if count < 0 and number >= today.month:
        year -= 1
    if count > 0 and number <= today.month:
        year += 1
    return parts.timex("DATE", f"{year:04}-{number:02}", "published", 0.9)
