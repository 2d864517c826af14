"""Rules for durations and recurring times: "three days", "every Friday"."""

from __future__ import annotations

import re
from datetime import date

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found
from transforms.dating.period_rules import whole_value
from transforms.dating.timex_parts import Parts, Timex
from transforms.dating.timex_values import days_of, period, shift, unit_of

_PARTS = frozenset({"MO", "AF", "EV", "NI", "MI", "DT"})
# Units from the longest to the shortest.
_FINER = ("CE", "DE", "Y", "Q", "M", "W", "D", "TH", "TM", "TS")


def amount(parts: Parts, name: str) -> str | None:
    """Return the number of units in the words of a part, X for "some", None for no number.

    "two" is "2", "twenty-five" "25", "two and a half" "2.5", "half a" "0.5", "a few" "X".
    """
    first, last = parts.match.span(name)
    symbols = parts.tokens.symbols[first:last]
    words = parts.tokens.words[first:last]
    values = parts.tokens.vocabulary.values
    if "q" in symbols:
        return "X"
    total, half = 0.0, 0.0
    for symbol, word in zip(symbols, words, strict=True):
        if symbol in "dNy":
            number = _figures(word)
            if number is None:
                return None
            total += number
        elif symbol in "nH":
            number = float(values[word])
            total = max(total, 1) * number if symbol == "H" else total + number
        elif symbol == "G":
            half = 0.5
    if not total and "a" in symbols and not symbols.startswith(("Ga", "aG")):
        total = 1
    total += half
    return f"{total:.6g}" if 0 < total < 1_000_000 else None


def _figures(word: str) -> float | None:
    plain = word.replace(",", "")
    return float(plain) if re.fullmatch(r"\d{1,7}(?:\.\d{1,2})?", plain) else None


def duration(parts: Parts, anchors: Anchors) -> Found:
    """Read "three days", "a year" (or "15 a year", a set), "12-year"; not ages."""
    unit = parts.value("unit")
    symbol, count_symbols = parts.symbol("unit"), parts.symbol("count")
    count = amount(parts, "count")
    if count is None or unit in ("WE", "P") or _is_age(parts):
        return None
    if symbol == "U" and not _may_be_singular(parts, count_symbols):
        return None
    if unit == "Q" and (count in ("1", "X") or parts.has("dash") or parts.after() == "f"):
        return None  # "a quarter past three", "three quarters of the voters"
    if unit == "D" and count == "1" and count_symbols == "n" and _is_ahead(parts):
        return parts.timex("DATE", "FUTURE_REF", "published", 0.7)
    if count_symbols == "y" and parts.in_group(parts.word("unit"), "decade_unit"):
        return parts.timex("DATE", parts.word("count"), "explicit", 0.9)  # "1939 років"
    is_counted = count.isdigit() and unit in ("D", "W", "M", "Y")
    if is_counted and parts.in_group(parts.word_before(), "from_now"):
        return parts.timex("DATE", anchors.published_value(int(count), unit), "published", 0.8)
    last = parts.at("more") if parts.has("more") else parts.last
    last -= parts.has("more") and parts.tokens.symbols[last - 1] in ",&"
    if count_symbols == "a" and not parts.has("half") and _is_rate(parts):
        first = _rate_start(parts)
        return parts.timex("SET", period("1", unit), "none", 0.85, first=first, last=last)
    value = period(_with_half(count, parts), unit)
    if parts.has("more") and _is_finer(parts.value("unit2"), unit):
        value += period(str(parts.number("more")), parts.value("unit2")).lstrip("PT")
        last = parts.last
    first = parts.first
    if fraction := _fraction_before(parts):
        first, value = fraction[0], period(fraction[1], unit)
    return parts.timex("DURATION", value, "none", 0.92, first=first, last=last)


def _is_ahead(parts: Parts) -> bool:
    """Return whether a modal verb comes before: "would one day rule"."""
    return parts.tokens.vocabulary.tense.get(parts.word_before()) == "future"


def _is_finer(unit: str, than: str) -> bool:
    """Return whether a unit is a part of another one: "two hours and ten minutes"."""
    return unit in _FINER and than in _FINER and _FINER.index(unit) > _FINER.index(than)


def _fraction_before(parts: Parts) -> tuple[int, str] | None:
    """Return the first token and the number of "2 1/2 years", None without a fraction."""
    words, slash = parts.tokens.words, parts.first - 1
    if slash < 2 or words[slash] != "/" or not parts.tokens.touches(slash):
        return None
    whole, above, below = words[slash - 2], words[slash - 1], words[slash + 1]
    if not (whole.isdigit() and above.isdigit() and below.isdigit()) or not int(below):
        return None
    return slash - 2, f"{int(whole[:4]) + int(above[:2]) / int(below):.6g}"


def _with_half(count: str, parts: Parts) -> str:
    if parts.has("half") and count != "X":
        return f"{float(count) + 0.5:.6g}"
    return count


def _may_be_singular(parts: Parts, count_symbols: str) -> bool:
    """Return whether a singular unit fits its count: "a day", "12-year", "half a day"."""
    if parts.has("dash"):
        return True
    return count_symbols in ("a", "n", "d", "Ga", "aG", "n&aG", "d&aG") and (
        count_symbols[0] not in "nd"
        or parts.word("count") in ("one", "1")
        or parts.number("count") == 1
    )


def _is_age(parts: Parts) -> bool:
    """Return whether it is an age: "28-year-old", "28 years old", "3 years of age", "aged 28"."""
    tokens, i = parts.tokens, parts.last
    after = tokens.symbols[i : i + 2]
    before = parts.before(2) + parts.before()
    if after[:1] == "k" or after == "-k" or before[1:] == "k" or before == "kf":
        return True
    return after[:1] == "f" and parts.in_group(
        tokens.words[i + 1] if i + 1 < len(tokens.words) else "", "age"
    )


def _is_rate(parts: Parts) -> bool:
    """Return whether it is a rate: "15 a year", "twice a week", but not "a year later"."""
    if parts.before() == "_":  # "1,200 pumps a day"
        return parts.before(2) in ("d", "N", "n", "H", "y")
    return parts.before() in "dNynHxrcV"


def _rate_start(parts: Parts) -> int:
    """Return the first token of "twice a week" and "four times a week"."""
    if parts.before() != "x":
        return parts.first
    return parts.first - (2 if parts.before(2) in ("d", "n", "q") else 1)


def units(parts: Parts, _: Anchors) -> Found:
    """Read "for years", "within minutes"."""
    unit = parts.value("unit")
    if _is_age(parts) or parts.before() in "dNyn-" or unit == "Q":
        return None
    if unit == "TH" and parts.before() == "E":
        return None  # "the early hours"
    if unit == "TM" and parts.before() == "D":
        return None  # "the minutes of a meeting"
    return parts.timex("DURATION", period("X", unit), "none", 0.8)


def last_units(parts: Parts, _: Anchors) -> Found:
    """Read "the past nine days", "the next few weeks", "the first three months"."""
    count = amount(parts, "count")
    if count is None or parts.value("unit") == "P" or _is_loose(parts):
        return None
    return parts.timex("DURATION", period(count, parts.value("unit")), "published", 0.9)


def _is_loose(parts: Parts) -> bool:
    """Return whether "last" or "this" is no modifier ("built to last five years")."""
    name = "direction" if "direction" in parts.match.re.groupindex else "ordinal"
    if parts.symbol("count").startswith("a") or parts.value(name) == "0":
        return True
    if parts.in_group(parts.word(name), "that") and parts.symbol("unit") == "V":
        return True  # "a reminder that five years later"
    is_verb = parts.before() == "~" or parts.word_before() in parts.tokens.vocabulary.tense
    return is_verb and parts.at(name) == parts.first


def first_units(parts: Parts, anchors: Anchors) -> Found:
    """Read "the first nine months of 2008"; a month is also read by itself ("of May 2017")."""
    found = last_units(parts, anchors)
    if not isinstance(found, Timex):
        return None
    whole = whole_value(parts, anchors)
    count = amount(parts, "count")
    days = days_of(whole)
    if whole is None or days is None or count is None:
        return found
    found.days = _share(days, count, parts)
    if unit_of(whole) != "M" or parts.symbol("whole")[-1] in "UV":
        return found
    first, last = parts.match.span("whole")
    anchor = "explicit" if "y" in parts.symbol("whole") else "published"
    return [found, parts.timex("DATE", whole, anchor, 0.9, first=first, last=last)]


def units_of_year(parts: Parts, anchors: Anchors) -> Found:
    """Read "1988's first nine months"."""
    found = last_units(parts, anchors)
    days = days_of(whole_value(parts, anchors))
    if isinstance(found, Timex) and days:
        found.days = _share(days, amount(parts, "count") or "X", parts)
    return found


def year_units(parts: Parts, _: Anchors) -> Found:
    """Read "the 1988 nine months"."""
    if parts.value("unit") not in ("W", "M", "Q"):
        return None
    value = period(str(parts.number("count")), parts.value("unit"))
    return parts.timex("DURATION", value, "explicit", 0.8)


def _share(days: tuple[date, date], count: str, parts: Parts) -> tuple[date, date] | None:
    """Return the first or last days, weeks or months of a period, None for others."""
    is_last = parts.symbol("ordinal") in "lF" and parts.value("ordinal").startswith("-1")
    if not count.isdigit() or (not is_last and parts.number("ordinal") != 1):
        return None
    unit = parts.value("unit")
    origin = shift(days[1], 1, "D") if is_last else days[0]
    other = shift(origin, -int(count) if is_last else int(count), unit) if origin else None
    if origin is None or other is None or unit not in ("D", "W", "M", "Q"):
        return None
    first, end = min(origin, other), shift(max(origin, other), -1, "D")
    return (first, end) if end and days[0] <= first and end <= days[1] else None


def count_range(parts: Parts, _: Anchors) -> Found:
    """Read "three to five years", "two or three days" as some; "six and nine months" as both."""
    unit = parts.value("one" if parts.has("one") else "unit")
    if _is_age(parts) or unit in ("P", "WE"):
        return None
    if parts.has("ago"):
        return parts.timex("DATE", "PAST_REF", "published", 0.7)
    if parts.symbol("mark") == "&" and not _is_choice(parts):
        return _two(parts, unit)
    return parts.timex("DURATION", period("X", unit), "none", 0.6)


def _is_choice(parts: Parts) -> bool:
    """Return whether two numbers are the ends of a range: "two or three", "between 2 and 3"."""
    is_or = parts.in_group(parts.word("mark"), "choice")
    return is_or or parts.in_group(parts.word_before(), "range")


def _two(parts: Parts, unit: str) -> Found:
    mark = parts.at("mark")
    first = period(str(parts.number("low")), unit)
    last = period(str(parts.number("high")), unit)
    return [
        parts.timex("DURATION", first, "none", 0.8, last=parts.at("low") + 1),
        parts.timex("DURATION", last, "none", 0.9, first=mark + len(parts.symbol("mark"))),
    ]


def two_counts(parts: Parts, _: Anchors) -> Found:
    """Read "30- and 60-day loans": two durations."""
    return None if _is_age(parts) else _two(parts, parts.value("unit"))


def unit_or_two(parts: Parts, _: Anchors) -> Found:
    """Read "a week or two" as some weeks."""
    unit = parts.value("unit")
    if unit in ("P", "WE") or not parts.in_group(parts.word("mark"), "choice"):
        return None
    return parts.timex("DURATION", period("X", unit), "none", 0.7)


def long(parts: Parts, _: Anchors) -> Found:
    """Read "yearlong", "daylong", "two-year-long"."""
    value = parts.value("long")
    if parts.has("count"):
        value = re.sub(r"\d+", lambda one: str(int(one[0]) * parts.number("count")), value)
    return parts.timex("DURATION", value, "none", 0.85)


def recurring(parts: Parts, _: Anchors) -> Found:
    """Read "daily", "annual", "weekends", except in names ("Daily Planet")."""
    i = parts.first
    if parts.tokens.is_capital(i) and parts.before() not in "|;":
        return None
    if "T" in parts.value("set")[2:] and parts.before() in "dnN":
        return None  # "two nights"
    return parts.timex("SET", parts.value("set"), "none", 0.85)


def weekday_parts(parts: Parts, _: Anchors) -> Found:
    """Read "Saturday nights"."""
    day, mark, part = parts.value("set").partition("T")
    if not mark or not day.startswith("X"):
        return None
    return parts.timex("SET", f"XXXX-WXX-{parts.value('weekday')}T{part}", "none", 0.9)


def weekdays(parts: Parts, _: Anchors) -> Found:
    """Read "on Mondays"."""
    return parts.timex("SET", f"XXXX-WXX-{parts.value('weekdays')}", "none", 0.9)


def per(parts: Parts, _: Anchors) -> Found:
    """Read "per year"."""
    unit = parts.value("unit")
    return None if unit in ("P", "WE") else parts.timex("SET", period("1", unit), "none", 0.85)


def every(parts: Parts, _: Anchors) -> Found:
    """Read "every Friday", "each year", "every two weeks", "every other day"."""
    symbol, value = parts.symbol("unit"), parts.value("unit")
    if symbol in "Mm":
        return parts.timex("SET", f"XXXX-{int(value):02}", "none", 0.9)
    if symbol == "W":
        return parts.timex("SET", f"XXXX-WXX-{value}", "none", 0.9)
    if symbol in "Ss":
        return parts.timex("SET", f"XXXX-{value}", "none", 0.9)
    if value in _PARTS:
        return parts.timex("SET", f"XXXX-XX-XXT{value}", "none", 0.9)
    if value == "WE":
        return parts.timex("SET", "XXXX-WXX-WE", "none", 0.9)
    if value == "P":
        return None
    if parts.symbol("count") == "q":
        return parts.timex("SET", period("X", value), "none", 0.8)
    count = parts.number("count") if parts.has("count") else int(parts.value("every") or 1)
    return parts.timex("SET", period(str(count), value), "none", 0.9)
