"""Paragraphs as spans."""

from __future__ import annotations

import re

VERSION = 1


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    r"""Return the spans of the paragraphs, the lines that are not blank.

    >>> paragraph_spans("One line.\n\nAnother.")
    [(0, 9), (11, 19)]
    """
    return [m.span() for m in re.finditer(r"[^\n]+", text) if m[0].strip()]
