"""Months, and how to tell them from the people who are called like them."""

from __future__ import annotations

from transforms.dating.anchors import Anchors
from transforms.dating.calendar_rules import Found, anchor_of, related, tense_of
from transforms.dating.tense import UNKNOWN
from transforms.dating.timex_parts import Parts
from transforms.dating.timex_tokens import Tokens


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
    """Read "in November": the last one, or the next where the clause looks ahead."""
    if not _is_month(parts, anchors) or parts.after() in "dN9":
        return None
    tense = tense_of(parts)
    value = anchors.month(int(parts.value("month")), tense)
    return parts.timex("DATE", value, "published", 0.75 if tense == UNKNOWN else 0.9)


def _is_month(parts: Parts, anchors: Anchors) -> bool:
    """Tell a month from a name: "in May" from "Theresa May" and "April Ryan"."""
    symbol, before = parts.symbol("month"), parts.before()
    if symbol == "J":
        return before in "ifb&~(EBlue"
    is_led = before in "lueEB" or parts.before(2) + before == "E-"
    if symbol == "M" or is_led or parts.in_group(parts.word_before(), "month"):
        return True
    tokens, first, last = parts.tokens, parts.first, parts.last
    is_named = last < len(tokens.words) and tokens.symbols[last] == "_" and tokens.is_capital(last)
    is_surname = before in "|;" or (before == "_" and tokens.is_capital(first - 1))
    return not (is_named or is_surname or parts.word("month") in anchors.persons)


def persons_called_months(tokens: Tokens) -> frozenset[str]:
    """Return the months that name somebody in the text: "may" where it has a "Mrs. May"."""
    found = set()
    titles = tokens.vocabulary.groups.get("title", frozenset())
    symbols = tokens.symbols
    for i, symbol in enumerate(symbols):
        if symbol != "m" or i == 0 or symbols[i + 1 : i + 2] in ("d", "9", "y"):
            continue
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
