"""Acronyms that an article introduces: "the World Health Organization (WHO)".

A short form in brackets after a name, or a name in brackets after a short form, belongs
to it if its letters are the initials of the name's words, with or without small words
(after Schwartz and Hearst, 2003, but without letters from inside words).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_SMALL = frozenset(
    ["of", "the", "and", "for", "in", "on", "at", "de", "la", "le", "du", "des", "del", "&"]
)
_OPENING = frozenset(["(", "(the", '("', "(“", ", or"])


def introduced_acronyms(names: Sequence[tuple[str, int, int]], text: str) -> dict[str, str]:
    """Return the acronyms that `text` introduces, with the names they stand for.

    Args:
        names: Name, first code point and the one after it, in reading order.
        text: The text that the offsets refer to.
    """
    acronyms: dict[str, str] = {}
    for (left, _, end), (right, start, _) in pairwise(names):
        if text[end:start].strip() not in _OPENING:
            continue
        for short, full in ((right, left), (left, right)):
            if is_acronym(short, full):
                acronyms.setdefault(short, full)
    return acronyms


def is_acronym(short: str, full: str) -> bool:
    """Return whether `short` consists of the initials of `full`.

    >>> is_acronym("OSCE", "Organization for Security and Co-operation in Europe")
    True
    """
    letters = short.replace(".", "")
    if " " in short or not 2 <= len(letters) <= 8 or sum(map(str.isupper, letters)) < 2:
        return False
    words = full.split()
    if len(words) < 2:
        return False
    parts = full.replace("-", " ").split()
    spellings = (
        words,
        parts,
        [w for w in words if w not in _SMALL],
        [w for w in parts if w not in _SMALL],
    )
    return letters.upper() in {
        "".join(word[0] for word in spelling).upper() for spelling in spellings
    }
