"""Rules for durations and recurring times: "three days", "every Friday"."""

from __future__ import annotations

import re

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found
from transforms.dating.timex_parts import Parts
from transforms.dating.timex_values import period

_PARTS = frozenset({"MO", "AF", "EV", "NI", "MI", "DT"})


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
    if not total and "a" in symbols and not symbols.startswith("Ga"):
        total = 1
    total += half
    return f"{total:.6g}" if 0 < total < 1_000_000 else None


def _figures(word: str) -> float | None:
    plain = word.replace(",", "")
    return float(plain) if re.fullmatch(r"\d{1,7}(?:\.\d{1,2})?", plain) else None


def duration(parts: Parts, _: Anchors) -> Found:
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
    if count_symbols == "a" and not parts.has("half") and _is_rate(parts):
        return parts.timex("SET", period("1", unit), "none", 0.85, first=_rate_start(parts))
    value = period(_with_half(count, parts), unit)
    if parts.has("more"):
        value += period(str(parts.number("more")), parts.value("unit2")).lstrip("PT")
    return parts.timex("DURATION", value, "none", 0.92)


def _with_half(count: str, parts: Parts) -> str:
    if parts.has("half") and count != "X":
        return f"{float(count) + 0.5:.6g}"
    return count


def _may_be_singular(parts: Parts, count_symbols: str) -> bool:
    """Return whether a singular unit fits its count: "a day", "12-year", "half a day"."""
    if parts.has("dash"):
        return True
    return count_symbols in ("a", "n", "d", "Ga", "n&aG", "d&aG") and (
        count_symbols[0] not in "nd"
        or parts.word("count") in ("one", "1")
        or parts.number("count") == 1
    )


def _is_age(parts: Parts) -> bool:
    """Return whether it is an age: "28-year-old", "28 years old", "3 years of age", "aged 28"."""
    tokens, i = parts.tokens, parts.last
    after = tokens.symbols[i : i + 2]
    if after[:1] == "k" or after == "-k" or parts.before() == "k":
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
    is_verb = parts.before() == "~" or parts.word_before() in parts.tokens.vocabulary.tense
    return is_verb and parts.at(name) == parts.first


def first_units(parts: Parts, anchors: Anchors) -> Found:
    """Read "the first nine months of 2008"."""
    return last_units(parts, anchors)


def count_range(parts: Parts, _: Anchors) -> Found:
    """Read "three to five years" as some years."""
    if _is_age(parts):
        return None
    return parts.timex("DURATION", period("X", parts.value("unit")), "none", 0.6)


def long(parts: Parts, _: Anchors) -> Found:
    """Read "yearlong", "daylong"."""
    return parts.timex("DURATION", parts.value("long"), "none", 0.85)


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
    count = parts.number("count") if parts.has("count") else int(parts.value("every") or 1)
    return parts.timex("SET", period(str(count), value), "none", 0.9)
