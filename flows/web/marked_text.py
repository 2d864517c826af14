"""A text with overlapping marks as nested elements.

Statements contain names and days, may be interrupted, and may run over several paragraphs. HTML
elements must nest, so a mark that another one cuts is closed and opened again.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from flows.printable import plain_lines

# Marks that may be open at a place. Each end within the others closes and opens all of them again,
# so without a limit, a text takes the square of its marks. Real texts have up to five.
MOST_OPEN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that is marked in a text.

    Attributes:
        key: Its name, also the id of its first element; unique in the text.
        pieces: Half-open ranges of code points, in order and apart from each other.
        style: Classes of its elements.
        about: Id of the element that tells about it.
        label: What it is, in words.
        number: A number that is shown behind it, as a link to `about`; None to make its elements
            links themselves.
    """

    key: str
    pieces: Sequence[tuple[int, int]]
    style: str
    about: str
    label: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a text.

    Attributes:
        kind: `text`, `heading`, `item` or `quote`.
        html: Its text with the marks.
    """

    kind: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Step:
    """A step through a text: a mark opens or closes, or a stretch of text follows.

    Attributes:
        text: The stretch, empty if a mark opens or closes.
        mark: The mark, None for text.
        is_opening: Whether the mark opens.
        is_first: Whether it opens for the first time in the text.
        is_last: Whether it closes for the last time.
    """

    text: str = ""
    mark: Mark | None = None
    is_opening: bool = False
    is_first: bool = False
    is_last: bool = False


def within_limit(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks without those that begin where `MOST_OPEN` others are open.

    Of marks that begin at the same place, those that are given first are kept.
    """
    places = sorted((start, at, end) for at, mark in enumerate(marks) for start, end in mark.pieces)
    left_out: set[int] = set()
    ends: list[int] = []  # of the pieces that are open, the next one first
    for start, at, end in places:
        while ends and ends[0] <= start:
            heapq.heappop(ends)
        if len(ends) >= MOST_OPEN:
            left_out.add(at)
        elif at not in left_out:
            heapq.heappush(ends, end)
    return [mark for at, mark in enumerate(marks) if at not in left_out]


def paragraphs(text: str, kinds: Sequence[str], marks: Sequence[Mark]) -> list[Paragraph]:
    """Return the paragraphs of a text with the marks in them.

    Args:
        text: The text, one paragraph per line.
        kinds: Kind of each line; if there are not as many, all count as `text`.
        marks: The marks; parts outside of the text are left out.
    """
    lines = text.split("\n")
    if len(kinds) != len(lines):
        kinds = ["text"] * len(lines)
    waiting = deque(_pieces(text, marks))
    reached: list[_Piece] = []
    found, start = [], 0
    for line, kind in zip(lines, kinds, strict=True):
        end = start + len(line)
        while waiting and waiting[0].start < end:
            reached.append(waiting.popleft())
        reached = [piece for piece in reached if piece.end > start]
        if line.strip():
            found.append(Paragraph(kind, as_markup(_steps(text, reached, start, end))))
        start = end + 1
    return found


def steps(text: str, marks: Sequence[Mark]) -> Iterator[Step]:
    """Yield the steps through a text; each mark that opens closes again.

    >>> one = Mark(key="a", pieces=[(0, 5)], style="", about="", label="")
    >>> other = Mark(key="b", pieces=[(3, 8)], style="", about="", label="")
    >>> "".join(
    ...     step.text or ("<" if step.is_opening else "</") + step.mark.key + ">"
    ...     for step in steps("The ferry", [one, other])
    ... )
    '<a>The <b>f</b></a><b>err</b>y'
    """
    return _steps(text, _pieces(text, marks), 0, len(text))


@dataclass(slots=True)
class _Piece:
    """A piece of a mark; it begins and ends with a character that is not blank."""

    start: int
    end: int
    mark: Mark
    is_last: bool
    is_new: bool  # whether it is the first one and was not opened yet


def _pieces(text: str, marks: Sequence[Mark]) -> list[_Piece]:
    """Return the pieces of marks within a text, those that begin earlier or end later first."""
    found = []
    for mark in marks:
        places = []
        for start, end in mark.pieces:
            first = max(0, start)
            inner = text[first : max(first, end)]
            if kept := inner.strip():
                first += len(inner) - len(inner.lstrip())
                places.append((first, first + len(kept)))
        for at, (first, last) in enumerate(places):
            found.append(_Piece(first, last, mark, at == len(places) - 1, at == 0))
    return sorted(found, key=lambda piece: (piece.start, -piece.end, piece.mark.key))


def _steps(text: str, pieces: Sequence[_Piece], start: int, end: int) -> Iterator[Step]:
    """Yield the steps through a part of a text; pieces that go beyond it are cut."""
    starting: dict[int, list[_Piece]] = {}
    for piece in pieces:
        starting.setdefault(max(piece.start, start), []).append(piece)
    cuts = {start, end, *starting, *(piece.end for piece in pieces if piece.end < end)}
    opened: list[_Piece] = []
    at = start
    for cut in sorted(cuts):
        if cut > at:
            yield Step(text[at:cut])
            at = cut
        yield from _close(opened, cut, end)
        for piece in starting.get(cut, ()):
            opened.append(piece)
            yield _opening(piece)


def _close(opened: list[_Piece], cut: int, end: int) -> Iterator[Step]:
    """Close the marks that end at a place; those within them are opened again."""
    ending = [at for at, piece in enumerate(opened) if cut in (piece.end, end)]
    if not ending:
        return
    inner = opened[ending[0] :]
    del opened[ending[0] :]
    for piece in reversed(inner):
        yield Step(mark=piece.mark, is_last=piece.is_last and piece.end == cut)
    for piece in inner:
        if piece.end > cut and cut < end:
            opened.append(piece)
            yield _opening(piece)


def _opening(piece: _Piece) -> Step:
    is_first, piece.is_new = piece.is_new, False
    return Step(mark=piece.mark, is_opening=True, is_first=is_first)


def as_markup(found: Iterator[Step]) -> Markup:
    """Return steps as HTML; a link within a link is none, because HTML allows no such thing."""
    parts: list[Markup] = []
    tags: list[str] = []
    numbers: list[Markup] = []  # of marks that ended within a link, which comes first
    for step in found:
        mark = step.mark
        if mark is None:
            parts.append(Markup.escape(plain_lines(step.text)))
        elif step.is_opening:
            tags.append("span" if mark.number is not None or "a" in tags else "a")
            parts.append(_tag(tags[-1], mark, is_first=step.is_first))
        else:
            parts.append(Markup(f"</{tags.pop()}>"))  # noqa: S704  # "a" or "span"
            if step.is_last and mark.number is not None:
                numbers.append(_number(mark))
            if "a" not in tags:
                parts += numbers
                numbers.clear()
    return Markup("").join(parts)


def _number(mark: Mark) -> Markup:
    """Return the link behind a mark; the style sheet shows its number."""
    link = '<a class="ref" href="#{}" data-number="{}" aria-label="{}"></a>'
    return Markup(link).format(mark.about, mark.number, mark.label)  # noqa: S704  # escaped by format


def _tag(tag: str, mark: Mark, *, is_first: bool) -> Markup:
    ident = Markup(' id="{}"').format(mark.key) if is_first else ""
    if tag == "a":
        return Markup('<a class="{}" href="#{}" title="{}"{}>').format(
            mark.style, mark.about, mark.label, ident
        )
    return Markup('<span class="{}" title="{}"{}>').format(mark.style, mark.label, ident)
