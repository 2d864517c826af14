"""Acronyms that an article introduces: "the World Health Organization (WHO)".

A short form in brackets after a name, or a name in brackets after a short form, belongs
to it when its letters are the initials of the name's words, small words left out or not
(after Schwartz and Hearst, 2003, without their inner letters).
"""

from __future__ import annotations

from transforms.name_spans import Candidate
from transforms.name_words import Words

_SMALL = frozenset("of the and for in on at de la le du des del & 's ’s".split())


def introduced_acronyms(candidates: list[Candidate], words: Words) -> dict[str, str]:
    """Return each acronym that the text introduces, to the name it stands for."""
    acronyms: dict[str, str] = {}
    for left, right in zip(candidates, candidates[1:], strict=False):
        between = words.text[left.last : right.first]
        if between not in (["("], ["(", "the"], ["(", '"'], ["(", "“"]):
            continue
        for short, full in ((right.name, left.name), (left.name, right.name)):
            if is_acronym(short, full):
                acronyms.setdefault(short, full)
    return acronyms


def is_acronym(short: str, full: str) -> bool:
    """Return whether `short` is made of the initials of `full`.

    >>> is_acronym("OSCE", "Organization for Security and Co-operation in Europe")
    True
    """
    letters = short.replace(".", "")
    if " " in short or not 2 <= len(letters) <= 8 or sum(map(str.isupper, letters)) < 2:
        return False
    words = full.replace("-", " ").split()
    if len(words) < 2:
        return False
    initials = "".join(word[0] for word in words).upper()
    capitals = "".join(word[0] for word in words if word not in _SMALL).upper()
    hyphened = "".join(word[0] for word in full.split() if word not in _SMALL).upper()
    return letters.upper() in {initials, capitals, hyphened}
