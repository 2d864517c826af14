"""What a capital is worth where whole lines or words are capitalised.

Headlines In Title Case and SHOUTED LINES capitalise ordinary words, datelines shout a
place ("BRUSSELS, Nov 28"). There a capital is no sign of a name: shouted words are read
in title case, and every word counts as one that opens a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from transforms.gazetteer import Gazetteer
from transforms.name_words import Words

# Shares of the longer words of a line, by eye over headlines of 40 publishers.
_TITLE_CASE = 0.75
_SHOUTED = 0.7


def settle_capitals(words: Words, gazetteer: Gazetteer) -> list[bool]:
    """Rewrite shouted words in place; return for each word if its line is capitalised."""
    capitalised = [False] * len(words.text)
    for first, last in _lines(words):
        shouted = _is_shouted(words.text[first:last])
        if shouted:
            _lower(words, gazetteer, first, last)
        else:
            _lower_dateline(words, gazetteer, first, last)
            _lower_opening(words, gazetteer, first, last)
        if shouted or _is_title_case(words.text[first:last]):
            for i in range(first, last):
                capitalised[i] = words.opens[i] = True
    return capitalised


def _lines(words: Words) -> Iterator[tuple[int, int]]:
    first = 0
    for i, word in enumerate(words.text):
        if word == "\n":
            if i > first:
                yield first, i
            first = i + 1
    if first < len(words.text):
        yield first, len(words.text)


def _is_shouted(line: list[str]) -> bool:
    long = [word for word in line if len(word) > 2 and word.isalpha()]
    return len(long) >= 2 and sum(map(str.isupper, long)) >= _SHOUTED * len(long)


def _is_title_case(line: list[str]) -> bool:
    long = [word for word in line if len(word) > 3 and word[0].isalpha()]
    if len(long) < 4 or len(line) > 30:
        return False
    return sum(word[0].isupper() for word in long) >= _TITLE_CASE * len(long)


def _lower(words: Words, gazetteer: Gazetteer, first: int, last: int) -> None:
    """Put a shouted line in title case, but for the acronyms that are known."""
    for i in range(first, last):
        word = words.text[i]
        if not word.isupper() or len(word) < 2 or "." in word or word[0].isdigit():
            continue
        if word.lower() in gazetteer.openers and word not in {"US", "UN", "WHO"}:
            words.text[i] = word.lower()
        elif word not in gazetteer.names:
            words.text[i] = _title_case(word)


def _lower_dateline(words: Words, gazetteer: Gazetteer, first: int, last: int) -> None:
    """Put the shouted place that opens a line in title case: "NEW YORK (Reuters)"."""
    end = first
    while end < min(last, first + 4) and words.text[end].isupper() and len(words.text[end]) > 1:
        end += 1
    for stop in range(end, first, -1):
        shouted = words.text[first:stop]
        name = " ".join(map(_title_case, shouted))
        if len(name) > 3 and " ".join(shouted) not in gazetteer.names and gazetteer.known(name):
            words.text[first:stop] = map(_title_case, shouted)
            return


def _lower_opening(words: Words, gazetteer: Gazetteer, first: int, last: int) -> None:
    """Put the shouted opening of a paragraph in title case: "ANNA LIND HAD no time"."""
    end = first
    while end < last and words.text[end].isupper() and words.text[end].isalpha():
        end += 1
    if end - first > 1 and sum(map(len, words.text[first:end])) > 4 * (end - first) - 2:
        _lower(words, gazetteer, first, end)
        for i in range(first, end):
            words.opens[i] = True


def _title_case(word: str) -> str:
    """Return a shouted word as a name is written.

    >>> _title_case("JEAN-LUC"), _title_case("MCDONALD"), _title_case("O'NEILL")
    ('Jean-Luc', 'McDonald', "O'Neill")
    """
    parts = [part.capitalize() for part in word.split("-")]
    parts = ["Mc" + part[2:].capitalize() if part.startswith("Mc") else part for part in parts]
    return "-".join(
        part[:2] + part[2:].capitalize() if part[1:2] == "'" else part for part in parts
    )
