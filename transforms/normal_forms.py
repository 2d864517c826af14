"""Texts in the normal forms of Unicode, also hostile ones.

`unicodedata.normalize` sorts the marks that follow a letter in quadratic time: 40 KB of them
took seconds. A run of marks is therefore cut to the length that the standard calls safe for
streams (UAX #15, section 13); no language needs more than a few.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

MAX_MARKS = 30  # on one letter

_LONG_RUN = re.compile(r"[^\w\s\x00-\u02ff]{31,}")  # no mark is a letter, figure or blank


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return `text` in a normal form, with at most `MAX_MARKS` marks on one letter.

    >>> normalized("NFC", "Cafe\u0301"), len(normalized("NFC", "e" + "\u0316" * 1000))
    ('Café', 31)
    """
    if text.isascii():
        return text
    return unicodedata.normalize(form, _LONG_RUN.sub(_with_few_marks, text))


def _with_few_marks(run: re.Match[str]) -> str:
    kept = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
