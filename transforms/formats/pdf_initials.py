"""Initials: large first letters that reach down over several lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from transforms.formats.pdf_lines import INITIAL, Line

_MAX_LETTERS: Final = 2  # a quotation mark and a letter
_NEAR: Final = 1.0  # of their sizes between the initial and the line beside it


def with_initials(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a page with each initial joined to the line that it begins.

    The lines beside the initial count as not indented.
    """
    found = list(lines)
    sizes = [line.size for line in lines for _ in line.text]
    large = INITIAL * median(sizes) if sizes else 0.0
    for initial in lines:
        if len(initial.text) > _MAX_LETTERS or initial.size < large:
            continue
        beside = [at for at, line in enumerate(found) if _is_beside(initial, line)]
        if not beside:
            continue
        first = max(beside, key=lambda at: found[at].baseline)
        for at in beside:
            text = initial.text + found[at].text if at == first else found[at].text
            found[at] = replace(found[at], text=text, left=initial.left)
        found.remove(initial)
    return found


def _is_beside(initial: Line, line: Line) -> bool:
    gap = line.left - initial.right
    is_level = initial.baseline - line.size < line.baseline < initial.top
    return initial.size > INITIAL * line.size and is_level and -1 <= gap <= _NEAR * line.size
