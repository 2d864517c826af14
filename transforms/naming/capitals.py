"""Corrects for lines and words that are capitalised as a whole.

Headlines In Title Case and SHOUTED LINES capitalise ordinary words, and datelines shout a
place ("BRUSSELS, Nov 28"). There a capital does not indicate a name: shouted words are
converted to title case, and every word is treated as one that opens a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_words import Words
from transforms.naming.quoted_titles import Span, is_capitalised

# Shares of a line's longer words, judged by eye on headlines of 40 publishers.
_TITLE_CASE = 0.75
_SHOUTED = 0.7
_AGAINST = frozenset(["at", "v", "vs"])
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def settle_capitals(words: Words, gazetteer: Gazetteer, quoted: Sequence[Span]) -> list[bool]:
    """Rewrite shouted words in place; return for each word if its line is capitalised.

    `quoted` are the words between quotation marks, which are settled as lines of their own.
    """
    capitalised = [False] * len(words.text)
    for first, last in words.lines():
        shouted = False
        if any(map(str.isupper, words.text[first:last])):
            shouted = _settle_shouted(words, gazetteer, first, last)
        if shouted or _is_title_case(words.text[first:last], gazetteer):
            for i in range(first, last):
                capitalised[i] = words.opens[i] = True
    _settle_quoted(words, gazetteer, quoted, capitalised)
    _settle_known(words, gazetteer)
    return capitalised


def _settle_shouted(words: Words, gazetteer: Gazetteer, first: int, last: int) -> bool:
    """Rewrite the shouted words of a line; return whether the whole line is shouted."""
    if _is_shouted(words.text[first:last]):
        _lower(words, gazetteer, first, last)
        return True
    _lower_dateline(words, gazetteer, first, last)
    _lower_opening(words, gazetteer, first, last)
    return False


def _settle_quoted(
    words: Words, gazetteer: Gazetteer, quoted: Sequence[Span], capitalised: list[bool]
) -> None:
    """Do the same for what is shouted or capitalised between quotation marks."""
    for first, last in quoted:
        shouted = _is_shouted(words.text[first:last])
        if shouted and not capitalised[first]:
            _lower(words, gazetteer, first, last)
        if shouted or is_capitalised(words.text[first:last], gazetteer):
            for i in range(first, last):
                capitalised[i] = words.opens[i] = True


def _settle_known(words: Words, gazetteer: Gazetteer) -> None:
    """Put single shouted words in title case if the text or a list has them so."""
    written = set(words.text)
    shouted = {word for word in written if len(word) > 3 and word.isupper()}
    shouted = {word for word in shouted if word not in gazetteer.names}
    for i in [i for i, word in enumerate(words.text) if word in shouted] if shouted else ():
        plain = _title_case(words.text[i])
        beside = words.text[i - 1 : i] + words.text[i + 1 : i + 2]
        row = any(other[0].isdigit() or other in _AGAINST for other in beside)
        known = row and bool(gazetteer.kind(plain))
        known = known or plain in written or plain in gazetteer.heads
        if known or _is_place(plain, gazetteer):
            words.text[i] = plain


def _is_place(name: str, gazetteer: Gazetteer) -> bool:
    return gazetteer.kind(name) == "place" and not gazetteer.is_hint(name)


def _is_shouted(line: list[str]) -> bool:
    long = [word for word in line if len(word) > 2 and word.isalpha()]
    return len(long) >= 2 and sum(map(str.isupper, long)) >= _SHOUTED * len(long)


def _is_title_case(line: list[str], gazetteer: Gazetteer) -> bool:
    """Return whether only small words of a line are in lower case."""
    if not 4 <= len(line) <= 30:
        return False
    long = [word for word in line if len(word) > 3 and word[0].isalpha()]
    capitals = [word for word in long if word[0].isupper()]
    if len(long) < 4 or len(capitals) < _TITLE_CASE * len(long):
        return False
    return gazetteer.openers.issuperset(word for word in line if word[0].islower())


def _lower(words: Words, gazetteer: Gazetteer, first: int, last: int) -> None:
    """Put a shouted line in title case, except for known acronyms."""
    titled = {word: _title_case(word) for word in set(words.text[first:last])}
    i = first
    while i < last:
        line = words.text[i : min(last, i + 4)]
        count = _shouted_name(line, [titled[word] for word in line], gazetteer)
        if count:
            kept = line[0] if line[0] in gazetteer.longest else ""
            words.text[i : i + count] = [titled[word] for word in line[:count]]
            words.text[i] = kept or words.text[i]
        else:
            words.text[i] = _unshouted(line[0], gazetteer)
        i += max(count, 1)


def _shouted_name(line: list[str], titled: list[str], gazetteer: Gazetteer) -> int:
    """Return the length in words of a known name of several words at the start.

    `titled` has the words of the line in title case.
    """
    for count in range(len(line), 1, -1):
        rest = titled[1:count]
        if gazetteer.kind(" ".join([titled[0], *rest])):
            return count
        if " ".join([line[0], *rest]) in gazetteer.names:
            return count
    return 0


def _unshouted(word: str, gazetteer: Gazetteer) -> str:
    if not word.isupper() or "." in word or word[0].isdigit():
        return word
    if len(word) == 1 or (word.lower() in gazetteer.openers and word not in gazetteer.names):
        return word.lower()
    return word if word in gazetteer.names else _title_case(word)


def _lower_dateline(words: Words, gazetteer: Gazetteer, first: int, last: int) -> None:
    """Put the shouted place that opens a line in title case: "NEW YORK (Reuters)"."""
    text = words.text
    end = first
    while end < min(last, first + 4) and text[end].isupper() and len(text[end]) > 1:
        end += 1
    for stop in range(end, first, -1):
        name = " ".join(map(_title_case, text[first:stop]))
        known = gazetteer.kind(name) and " ".join(text[first:stop]) not in gazetteer.names
        if len(name) > 3 and (known or _is_dateline(text[stop:last])):
            text[first:stop] = map(_title_case, text[first:stop])
            if _is_dateline(text[stop:last]):
                words.datelines.add(first)
            return


def _is_dateline(rest: list[str]) -> bool:
    """Return whether a day, an agency or a country follows the place, then a dash."""
    if rest and _DATE.fullmatch(rest[0]):
        return True
    if rest[:1] == ["("]:
        return ")" in rest[:8]
    return rest[:1] == [","] and any(
        word in {"(", "-", "–", "—"} or (word[:4].isdigit() and len(word) >= 4)
        for word in rest[1:9]
    )


def _lower_opening(words: Words, gazetteer: Gazetteer, first: int, last: int) -> None:
    """Put the shouted opening of a paragraph in title case: "ANNA LIND HAD no time"."""
    end = first
    while end < last and (words.text[end].isupper() or not words.text[end].isalnum()):
        end += 1
    shouted = [word for word in words.text[first:end] if word.isalpha()]
    if len(shouted) > 1 and sum(map(len, shouted)) > 4 * len(shouted) - 2:
        _lower(words, gazetteer, first, end)
        for i in range(first, end):
            words.opens[i] = True


def _title_case(word: str) -> str:
    """Return a shouted word in the usual spelling of a name.

    >>> _title_case("JEAN-LUC"), _title_case("MCDONALD"), _title_case("O'NEILL")
    ('Jean-Luc', 'McDonald', "O'Neill")
    """
    parts = [part.capitalize() for part in word.split("-")]
    parts = ["Mc" + part[2:].capitalize() if part.startswith("Mc") else part for part in parts]
    return "-".join(
        part[:2] + part[2:].capitalize() if part[1:2] == "'" else part for part in parts
    )
