"""The paragraphs of a PDF: lines joined again, with the hyphens at their ends mended.

A paragraph ends where the gap to the next line is wider, the letters change, the next line
is indented, or the last line is so short that the first word of the next one would have
fitted. From one column to the next only the last two and the punctuation tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from transforms.formats.pdf_columns import Column
from transforms.formats.pdf_lines import Line

_OTHER_SIZE: Final = 0.06  # relative change of the letters' size
_OTHER_WIDTH: Final = 0.2
_WIDE_GAP: Final = 1.25  # times the usual distance between two lines
_USUAL_LEADING: Final = 1.35  # letter heights from one line to the next
_INDENT: Final = 0.5  # letter heights
_FEW_INDENTS: Final = 2
_MUCH_ROOM: Final = 0.3  # of the width of the column that a short line leaves free
_SPACE: Final = 0.3  # letter heights that the space before the next word takes
_END: Final = re.compile(r"[.!?…:][\"'”’»›)\]]*$")
_LAST_WORD: Final = re.compile(r"(?:^|(?<=[^\w-]))(\w+(?:-\w+)*)[\x02\xad\u2010-]$")
_SOFT_HYPHENS: Final = "\xad\u2010"  # only there because the line ends
_MARKS: Final = {2: "-", 0xAD: None, 0xFFFE: "-"}  # PDFium shows a hyphen at a line's end as U+0002
_FEW_DIVIDED: Final = 0.03  # of the lines
_FIRST_WORD: Final = re.compile(r"\w+")
_WORD: Final = re.compile(r"(?<![\w-])\w+(?![\w\x02-])")
_JOINED: Final = re.compile(r"\b\w++(?:-\w++)++")
# First parts of compounds that keep their hyphen at the end of a line. A number does unless
# the rest is only an ending ("four-teen").
_COMPOUND_STARTS: Final = frozenset({
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "one", "two",
    "three", "four", "five", "six", "seven", "eight", "nine", "half", "self", "non", "vice", "year",
})  # fmt: skip
_ENDINGS: Final = frozenset({"fold", "ish", "less", "ly", "self", "some", "teen", "teenth", "ty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph, with the page and the size of the letters of its first line."""

    text: str
    page: int
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWords:
    """The words of a document in lower case, which tell how a divided word is written.

    Attributes:
        whole: Words without a hyphen.
        compounds: Words with one.
        are_divided: Whether words are divided at the ends of lines; if not, every hyphen
            there belongs to a word.
    """

    whole: frozenset[str] = frozenset()
    compounds: frozenset[str] = frozenset()
    are_divided: bool = True


@dataclass(frozen=True, slots=True)
class _Edges:
    """The left and right edge of a column, in points."""

    left: float
    right: float

    def is_as_wide_as(self, other: _Edges) -> bool:
        """Whether text may flow from one column to the other."""
        narrow, wide = sorted((self.right - self.left, other.right - other.left))
        return wide <= (1 + _OTHER_WIDTH) * narrow


@dataclass(frozen=True, slots=True)
class _Style:
    """The size of most letters, the usual distance of two lines, and whether it indents."""

    size: float
    leading: float
    is_indented: bool


def body_size(columns: Sequence[Column]) -> float:
    """Return the height of most letters, in points."""
    sizes: Counter[float] = Counter()
    for column in columns:
        for line in column:
            sizes[round(line.size, 1)] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=1.0)


def read_paragraphs(columns: Sequence[Column]) -> list[Paragraph]:
    """Return the paragraphs of a document from its columns in reading order."""
    size = body_size(columns)
    edges = _all_edges(columns, size)
    style = _style(columns, edges, size)
    words = _known_words([line for column in columns for line in column])
    found: list[list[Line]] = []
    last: tuple[Line, int] | None = None
    for at, column in enumerate(columns):
        for line in column:
            if last is not None and _continues(last, (line, at), edges, style):
                found[-1].append(line)
            else:
                found.append([line])
            last = line, at
    return [
        Paragraph(text=_text(lines, words), page=lines[0].page, size=lines[0].size)
        for lines in found
    ]


def _continues(
    last: tuple[Line, int], new: tuple[Line, int], edges: Sequence[_Edges], style: _Style
) -> bool:
    """Whether the new line continues the paragraph of the last one; both with their column."""
    (before, column), (line, other) = last, new
    if _is_other_type(before, line):
        return False
    is_heading = line.size > (1 + _OTHER_SIZE) * style.size
    ends = _END.search(before.text) is not None
    room = _room(before, line, edges[column])
    is_indented = line.left > edges[other].left + _INDENT * line.size
    if column == other or _is_below(before, line):
        usual = style.leading if not is_heading else _USUAL_LEADING * line.size
        if before.baseline - line.baseline > _WIDE_GAP * max(usual, line.size):
            return False
        if is_heading:
            return True
        if is_indented and (ends or before.left < line.left - _INDENT * line.size):
            return False
        is_much = room > _MUCH_ROOM * (edges[column].right - edges[column].left)
        if style.is_indented or not ends:
            return not is_much or line.text[:1].islower()
        return room <= 0
    if not edges[column].is_as_wide_as(edges[other]):
        return False
    if not ends or line.text[:1].islower():
        return not is_heading or line.text[:1].islower()
    # A sentence ends at the end of a full line more often than a paragraph does.
    return room <= 0 and not is_indented


def _is_below(before: Line, line: Line) -> bool:
    """Whether a line stands lower on the same page; the next column begins higher."""
    return before.page == line.page and line.top < before.baseline


def _is_other_type(before: Line, line: Line) -> bool:
    smaller, larger = sorted((before.size, line.size))
    return larger > (1 + _OTHER_SIZE) * smaller or before.is_bold != line.is_bold


def _room(before: Line, line: Line, edges: _Edges) -> float:
    """Return what the first word of `line` would have left free at the end of `before`."""
    return edges.right - (before.right + _SPACE * before.size + line.first_word)


def _all_edges(columns: Sequence[Column], size: float) -> list[_Edges]:
    """Return the edges of each column; columns that start at the same place share them."""
    own, of_text = [], []
    for column in columns:
        text = [line for line in column if abs(line.size - size) <= _OTHER_SIZE * size]
        own.append(_edges(text or column))
        of_text += [_edges(text)] if text else []
    return [
        _Edges(
            edges.left,
            max(
                (other.right for other in of_text if abs(other.left - edges.left) <= size / 2),
                default=edges.right,
            ),
        )
        for edges in own
    ]


def _edges(lines: Sequence[Line]) -> _Edges:
    return _Edges(min(line.left for line in lines), max(line.right for line in lines))


def _style(columns: Sequence[Column], edges: Sequence[_Edges], size: float) -> _Style:
    gaps, indents = [], 0
    for column, edge in zip(columns, edges, strict=True):
        for before, line in pairwise(column):
            if abs(line.size - size) <= _OTHER_SIZE * size and not _is_other_type(before, line):
                gaps.append(before.baseline - line.baseline)
                indents += line.left > edge.left + _INDENT * size
    # Paragraphs may be as short as two lines, so their gaps may be as many as those of lines.
    leading = sorted(gaps)[len(gaps) // 5] if gaps else _USUAL_LEADING * size
    wide = sum(gap > _WIDE_GAP * leading for gap in gaps)
    return _Style(size, leading, indents > max(wide, _FEW_INDENTS))


def _known_words(lines: Sequence[Line]) -> KnownWords:
    """Return the words of the document.

    A text without divided words has a hyphen at the end of a line only by chance. In others
    about every tenth line has one.
    """
    ends = Counter(line.text[-1] for line in lines)
    soft = sum(ends[mark] for mark in _SOFT_HYPHENS)
    hard = ends["-"] + ends["\x02"]
    return KnownWords(
        whole=frozenset(word for line in lines for word in _WORD.findall(line.text.casefold())),
        compounds=frozenset(
            word for line in lines for word in _JOINED.findall(line.text.casefold())
        ),
        are_divided=not soft and hard >= max(3, _FEW_DIVIDED * len(lines)),
    )


def _text(lines: Sequence[Line], words: KnownWords) -> str:
    text = lines[0].text
    for line in lines[1:]:
        text = join_lines(text, line.text, words)
    return " ".join(text.translate(_MARKS).split())


def join_lines(before: str, after: str, words: KnownWords) -> str:
    r"""Return two lines of a paragraph as one; a word divided at the end becomes whole.

    Args:
        before: The first line.
        after: The next line.
        words: The words of the document.

    >>> join_lines("the ferries re-", "turned to the har-", KnownWords())
    'the ferries returned to the har-'
    >>> join_lines("for thirty-", "one years", KnownWords())
    'for thirty-one years'
    """
    start, end = _LAST_WORD.search(before), _FIRST_WORD.match(after)
    if start is None or end is None:
        return f"{before} {after}"
    if before[-1] in _SOFT_HYPHENS:
        return before[:-1] + after
    first, second = start[1].casefold(), end[0].casefold()
    if f"{first}-{second}" in words.compounds:
        is_compound = True
    elif first + second in words.whole:
        is_compound = False
    else:
        is_compound = (
            not words.are_divided
            or (first in _COMPOUND_STARTS and second not in _ENDINGS)
            or not end[0][:1].islower()
            or not first[-1:].isalpha()
        )
    return before[:-1] + ("-" if is_compound else "") + after
