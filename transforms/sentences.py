"""Paragraphs and sentences as spans."""

from __future__ import annotations

import re

VERSION = 1

_BREAK = re.compile(r"(?<=[.!?])[\"”’»)]*\s+(?=[\"“‘«(]*[A-Z0-9])")


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    r"""Return the spans of the paragraphs, the lines that are not blank.

    >>> paragraph_spans("One line.\n\nAnother.")
    [(0, 9), (11, 19)]
    """
    return [m.span() for m in re.finditer(r"[^\n]+", text) if m[0].strip()]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences, never across a paragraph break.

    >>> ["Rain fell. Nobody left."[s:e] for s, e in sentence_spans("Rain fell. Nobody left.")]
    ['Rain fell.', 'Nobody left.']
    """
    spans = []
    for start, end in paragraph_spans(text):
        position = start
        for m in _BREAK.finditer(text, start, end):
            spans.append((position, m.start()))
            position = m.end()
        spans.append((position, end))
    return spans
