"""Running headers, footers and page numbers, which are not part of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

from transforms.formats.pdf_lines import Line

_EDGE_HEIGHTS: Final = 3  # lines at the top and at the bottom that may be furniture
_EDGE_SHARE: Final = 0.15  # of the height of the page, at the top and at the bottom
_HEADLINE: Final = 1.2  # times the height of most letters
_NEARLY: Final = 0.85
_MASTHEAD_CHARS: Final = 80
_DIGITS: Final = re.compile(r"\d+")
_LETTER: Final = re.compile(r"[^\W\d_]")
_SAME_HEIGHT: Final = 3.0  # points
_FAR: Final = 4.0  # letter heights between the text and a footer
_APART: Final = 1.6  # letter heights between a page number and the text
_NUMBER: Final = re.compile(
    r"\W*(?:(?:page|p|pg|seite|página|pagina|side|sida)\.?\s*)?\d{1,4}"
    r"(?:\s*(?:of|/|von|de|di|av|af)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
# What browsers print at the edge of a page: the time of printing and the address.
_PRINTED: Final = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}[:.]\d{2}(?:\s?[ap]m)?|(?:file|https?)://\S+",
    re.IGNORECASE,
)


def without_furniture(pages: Sequence[list[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """Return the lines of each page without its running headers, footers and page numbers.

    A line near the edge is furniture if it is a page number or what a browser prints there,
    if another page has it at its edge, whatever its digits, or if it stands at the height of
    such a line.

    Args:
        pages: The lines of each page.
        heights: The height of each page, in points.
    """
    edges = [_edge(lines, height) for lines, height in zip(pages, heights, strict=True)]
    repeated = Counter(
        key for edge in edges for key in {_key(line) for line in edge} if _LETTER.search(key)
    )
    return [_without(lines, edge, repeated) for lines, edge in zip(pages, edges, strict=True)]


def is_printed(line: Line) -> bool:
    """Whether a browser printed the line: the time of printing or the address."""
    return _PRINTED.fullmatch(line.text) is not None


def masthead(lines: Sequence[Line], height: float) -> list[Line]:
    """Return what stands above the headline of a first page: the paper's name, the day.

    A headline has letters that are clearly larger than most. Nothing is returned if more than
    a few lines are above it, because they may be an article of their own.

    Args:
        lines: The lines of the page.
        height: The height of the page, in points.
    """
    if not lines:
        return []
    size = median(line.size for line in lines for _ in line.text)
    largest = max(line.size for line in lines)
    if largest < _HEADLINE * size:
        return []
    top = max(line.top for line in lines if line.size > _NEARLY * largest)
    above = [line for line in lines if line.baseline >= top - 1]
    is_short = all(len(line.text) <= _MASTHEAD_CHARS for line in above)
    is_high = top > (1 - 2 * _EDGE_SHARE) * height
    heights = {round(line.baseline) for line in above}
    return above if is_short and is_high and len(heights) <= _EDGE_HEIGHTS else []


def _without(lines: list[Line], edge: list[Line], repeated: Counter[str]) -> list[Line]:
    sure = [
        line
        for line in edge
        if is_printed(line)
        or repeated[_key(line)] > 1
        or _is_page_number(line, lines)
        or _is_footer(line, lines)
    ]
    dropped = {
        id(line)
        for line in edge
        if any(abs(line.baseline - other.baseline) <= _SAME_HEIGHT for other in sure)
    }
    return [line for line in lines if id(line) not in dropped]


def _is_page_number(line: Line, lines: list[Line]) -> bool:
    """Whether a line is a number that stands apart; a paragraph may end in a year."""
    return _NUMBER.fullmatch(line.text) is not None and not any(
        _SAME_HEIGHT < abs(line.baseline - other.baseline) < _APART * max(line.size, other.size)
        for other in lines
    )


def _is_footer(line: Line, lines: list[Line]) -> bool:
    """Whether a line is the lowest one, far below the others, and no sentence."""
    higher = [other for other in lines if other.baseline > line.baseline + _SAME_HEIGHT]
    lowest = min((other.baseline for other in higher), default=line.baseline)
    return (
        lowest - line.baseline > _FAR * line.size
        and all(line.baseline <= other.baseline + _SAME_HEIGHT for other in lines)
        and len(line.text) <= _MASTHEAD_CHARS
        and not line.text.endswith((".", "!", "?", "”", '"'))
    )


def _edge(lines: list[Line], height: float) -> list[Line]:
    """Return the lines at the edges: few heights, and near the top or bottom of the page."""
    bottoms = sorted({round(line.baseline) for line in lines})
    outer = {*bottoms[:_EDGE_HEIGHTS], *bottoms[-_EDGE_HEIGHTS:]}
    return [
        line
        for line in lines
        if round(line.baseline) in outer
        and not _EDGE_SHARE * height < line.baseline < (1 - _EDGE_SHARE) * height
    ]


def _key(line: Line) -> str:
    return _DIGITS.sub("#", " ".join(line.text.casefold().split()))
