"""The columns of a PDF page, in the order in which people read them.

A gutter is a strip that no line crosses, with lines on both sides. Lines that cross it,
such as a headline above two columns, divide the page into bands; each band is read column
by column. A column may have a gutter of its own, so any number of columns is found.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from transforms.formats.pdf_lines import Line

_MIN_LINES: Final = 3  # on each side of a gutter
# Share of the lines to the right of a gutter that start at its edge. The words of a line that is
# spread over its column start anywhere.
_MIN_STARTS: Final = 0.2
_MIN_GUTTER: Final = 0.5  # in letter heights
_MIN_SPACE: Final = 0.1  # between two words, in letter heights
_MAX_LINES: Final = 3_000  # a broadsheet page has about a thousand
_MAX_ABOVE: Final = 3  # lines
_MIN_APART: Final = 0.5  # letter heights between the text and a byline above it
_MAX_DEPTH: Final = 8
_SAME_EDGE: Final = 1.0  # points by which the edges of a column may differ
_SAME_HEIGHT: Final = 0.4  # letter heights by which the pieces of one line may differ

Column = list[Line]


def read_columns(lines: Sequence[Line]) -> list[Column]:
    """Return the lines of one page as columns, each from top to bottom.

    A page with very many lines is a table or a drawing: it is read as one column.
    """
    if len(lines) > _MAX_LINES:
        return [_joined(lines)]
    return [_joined(column) for column in _split(list(lines), 0) if column]


def _split(lines: list[Line], depth: int) -> list[Column]:
    gutter = _find_gutter(lines) if depth < _MAX_DEPTH else None
    if gutter is None:
        return [lines]
    found: list[Column] = []
    above: Column = []  # what stands over the columns of a band
    for is_crossing, group in groupby(
        sorted(lines, key=lambda line: -line.top), key=lambda line: _side(line, gutter) == 0
    ):
        band = list(group)
        if is_crossing:
            above = band
            found.append(above)
            continue
        left, right = ([line for line in band if _side(line, gutter) == side] for side in (-1, 1))
        short = _above(left, right) or _above(right, left)
        if short and not above:
            found.append(above)
        above += short
        apart = {id(line) for line in short}
        for part in (left, right):
            found += _split([line for line in part if id(line) not in apart], depth + 1)
        above = []
    return found


def _above(part: list[Line], other: list[Line]) -> list[Line]:
    """Return the lines of one column that stand apart above the top of the other one.

    They are the end of a headline, or a byline in the middle of the page.
    """
    top = max((line.top for line in other), default=math.inf)
    high = [line for line in part if line.baseline >= top]
    rest = [line for line in part if line.baseline < top]
    if not high or not rest or len({round(line.baseline) for line in high}) > _MAX_ABOVE:
        return []
    gap = min(line.baseline for line in high) - max(line.top for line in rest)
    return high if gap > _MIN_APART * rest[0].size else []


def _side(line: Line, gutter: float) -> int:
    """Return -1 for a line to the left of the column that starts at `gutter`, 1 for one in it."""
    if line.left >= gutter - _SAME_EDGE:
        return 1
    return -1 if line.right <= gutter - _MIN_GUTTER * line.size else 0


def _find_gutter(lines: list[Line]) -> float | None:
    """Return the left edge of the column to the right of the best gutter, None without one."""
    best: tuple[int, int, float] | None = None
    starts = Counter(round(line.left) for line in lines)
    for edge in sorted(starts):
        started = sum(starts[edge + step] for step in (-1, 0, 1))
        if started < _MIN_LINES:
            continue
        sides = [_side(line, edge) for line in lines]
        fewer = min(sides.count(-1), sides.count(1))
        is_column = started >= _MIN_STARTS * sides.count(1)
        if fewer < _MIN_LINES or not is_column or not _are_beside(lines, sides):
            continue
        mark = (sides.count(0), -fewer, edge)
        best = mark if best is None else min(best, mark)
    return best[2] if best else None


def _are_beside(lines: list[Line], sides: list[int]) -> bool:
    """Whether some lines on both sides stand at the same heights."""
    left, right = (
        [line for line, at in zip(lines, sides, strict=True) if at == side] for side in (-1, 1)
    )
    top = min(max(line.top for line in part) for part in (left, right))
    bottom = max(min(line.baseline for line in part) for part in (left, right))
    return all(
        sum(bottom <= line.baseline <= top for line in part) >= _MIN_LINES for part in (left, right)
    )


def _joined(lines: Iterable[Line]) -> Column:
    """Return lines from top to bottom; pieces at the same height become one line."""
    found: list[Line] = []
    for line in sorted(lines, key=lambda line: (-line.baseline, line.left)):
        last = found[-1] if found else None
        if last is None or last.baseline - line.baseline > _SAME_HEIGHT * min(line.size, last.size):
            found.append(line)
        else:
            found[-1] = _beside(*sorted((last, line), key=lambda piece: piece.left))
    return found


def _beside(left: Line, right: Line) -> Line:
    is_apart = right.left - left.right > _MIN_SPACE * left.size
    return replace(
        left,
        text=f"{left.text} {right.text}" if is_apart else left.text + right.text,
        right=max(left.right, right.right),
        size=max(left, right, key=lambda line: len(line.text)).size,
        is_bold=left.is_bold and right.is_bold,
    )
