r"""Unicode normal forms, in time that grows with the length of the text.

`unicodedata.normalize` sorts each run of combining marks by insertion: a megabyte of marks
takes it a quarter of an hour. Unicode's Stream-Safe Text Format (UAX 15, section 13) expects
at most 30 marks in a row; no language has more than a few.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

MAX_MARKS = 30

# Combining marks are not in `\w`; the two that stand apart in halfwidth Japanese are.
_APART = "\uff9e\uff9f"
_MANY = re.compile(rf"[^\x00-\x7f]{{{MAX_MARKS + 1}}}")  # few texts have so many, and it is quick
_MAYBE_MARKS = re.compile(rf"(?:[^\w\s\x00-\x7f]|[{_APART}]){{{MAX_MARKS + 1},}}")


def normalize(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    r"""Return `text` in a normal form.

    A run of more than 30 combining marks is normalised in pieces of 30.

    >>> normalize("NFC", "Cafe\u0301"), len(normalize("NFC", "e" + "\u0301\u0316" * 100_000))
    ('Café', 200000)
    """
    if text.isascii():
        return text
    pieces, at = [], 0
    for cut in _cuts(text):
        pieces.append(unicodedata.normalize(form, text[at:cut]))
        at = cut
    return "".join([*pieces, unicodedata.normalize(form, text[at:])])


def _cuts(text: str) -> Iterator[int]:
    """Yield the offset after every 30 marks in a row."""
    if not _MANY.search(text):
        return
    for run in _MAYBE_MARKS.finditer(text):
        marks = 0
        for at in range(*run.span()):
            is_mark = text[at] in _APART or unicodedata.category(text[at])[0] == "M"
            marks = marks + 1 if is_mark else 0
            if marks == MAX_MARKS:
                yield at + 1
                marks = 0
