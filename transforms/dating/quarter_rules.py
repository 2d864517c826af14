"""Rules for quarters and halves of years: "the third quarter", "first-half", "Q3 2023"."""

from __future__ import annotations

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found, led_year, related
from transforms.dating.timex_parts import Parts, Timex
from transforms.dating.timex_values import shift_value

# A report on half-year results mentions money near it; a match report does not.
_ACCOUNTS_TOKENS = 12


def quarter(parts: Parts, anchors: Anchors) -> Found:
    """Read "the third quarter", "first-quarter", "the fourth quarter of 2005", "the 19th century"."""
    unit, which = parts.value("unit"), parts.number("ordinal")
    if parts.symbol("ordinal") == "F":
        which = 4 if unit == "Q" else 2
    if unit == "CE" and 1 <= which <= 30 and not parts.in_group(parts.word_after(), "era"):
        return parts.timex("DATE", f"{which - 1:02}", "explicit", 0.9)
    if unit not in ("Q", "H") or which > (4 if unit == "Q" else 2):
        return None
    return _of_stated_year(parts, anchors, f"{unit}{which}") or _likely(parts, anchors, unit, which)


def _of_stated_year(parts: Parts, anchors: Anchors, quarter_: str) -> Timex | None:
    """Return a quarter or half whose year stands beside it."""
    known = parts.match.re.groupindex
    for name in ("year", "year_before"):
        if name in known and (year := parts.number_or_none(name)) is not None:
            return parts.timex("DATE", f"{year:04}-{quarter_}", "explicit", 0.95)
    for name in ("direction", "direction_before"):
        if name in known and parts.has(name):
            whole = related(parts, anchors, "Y", name)
            value = f"{whole}-{quarter_}" if whole else None
            return parts.timex("DATE", value, "published", 0.9)
    return None


def _likely(parts: Parts, anchors: Anchors, unit: str, which: int) -> Found:
    """Return a quarter or half of the year that the text is about."""
    led = led_year(parts, anchors)
    value = f"{led}-{unit}{which}" if led else anchors.part_of_year(unit, which, parts.tense())
    if "ago" in parts.match.re.groupindex and parts.has("ago"):
        return parts.timex("DATE", shift_value(value, -1, "Y"), "narrative", 0.8)
    if unit == "Q" and is_near(parts, "match") and not is_near(parts, "accounts"):
        return None  # "Ruiz scored in the fourth quarter"
    is_sport = unit == "H" or parts.symbol("ordinal") == "F"
    if is_sport and not is_near(parts, "accounts"):
        return None  # "the second half of a match"
    return parts.timex("DATE", value, "published", 0.8)


def is_near(parts: Parts, group: str) -> bool:
    """Return whether a word of a group is near, the expression's own words aside."""
    words = parts.tokens.words
    before = words[max(parts.first - _ACCOUNTS_TOKENS, 0) : parts.first]
    after = words[parts.last : parts.last + _ACCOUNTS_TOKENS]
    return any(parts.in_group(word, group) for word in (*before, *after))


def quarter_of_months(parts: Parts, anchors: Anchors) -> Found:
    """Read "the April-June quarter", "the July-September period", "the December quarter"."""
    last, unit = int(parts.value("last")), parts.value("unit")
    if last % 3 or unit not in (("Q", "P") if parts.has("month") else ("Q",)):
        return None
    if parts.has("month") and last - int(parts.value("month")) != 2:
        return None
    whole = f"{parts.number('year'):04}" if parts.has("year") else None
    if parts.has("direction"):
        whole = related(parts, anchors, "Y")
    if whole is not None:
        return parts.timex("DATE", f"{whole}-Q{last // 3}", "explicit", 0.9)
    value = anchors.part_of_year("Q", last // 3, parts.tense())
    return parts.timex("DATE", value, "published", 0.8)


def two_quarters(parts: Parts, anchors: Anchors) -> Found:
    """Read "the first and second quarters of 1997", "first- and second-half": two expressions."""
    unit = parts.value("unit")
    numbers = parts.number("ordinal"), parts.number("other")
    if unit not in ("Q", "H") or not 0 < numbers[0] < numbers[1] <= (4 if unit == "Q" else 2):
        return None
    year = parts.number_or_none("year")
    whole = f"{year:04}" if year else None
    if parts.has("direction"):
        whole = related(parts, anchors, "Y")
    elif unit == "H" and not year and not is_near(parts, "accounts"):
        return None
    whole = whole or anchors.part_of_year(unit, numbers[1], parts.tense())[:4]
    values = [f"{whole}-{unit}{which}" for which in numbers]
    mark, anchor = parts.at("mark"), "explicit" if year else "published"
    end = parts.at("ordinal") + 1
    return [
        parts.timex("DATE", values[0], anchor, 0.8, last=end),
        parts.timex("DATE", values[1], anchor, 0.85, first=mark + 1),
    ]


def quarter_code(parts: Parts, anchors: Anchors) -> Found:
    """Read "Q3", "Q3 2023", "2023-Q3"."""
    which = parts.value("code" if parts.has("code") else "quarter")
    number = parts.number_or_none("year") or parts.number_or_none("before")
    if number is not None:
        return parts.timex("DATE", f"{number:04}-{which}", "explicit", 0.95)
    if parts.has("direction"):
        whole = related(parts, anchors, "Y")
        return parts.timex("DATE", f"{whole}-{which}", "published", 0.9) if whole else None
    value = anchors.part_of_year("Q", int(which[1]), parts.tense())
    return parts.timex("DATE", value, "published", 0.8)
