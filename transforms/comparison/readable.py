"""A difference for people: changes with the words around them, long equal stretches cut short."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from transforms.comparison.word_diff import Kind, Piece

CONTEXT: Final = 8  # words before and after a change: about half a line of newsprint
_MARKS: Final = {"equal": ("", ""), "added": ("{+", "+}"), "cut": ("[-", "-]")}
_TOKEN: Final = re.compile(r"\S+")
GAP: Final = "…"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text to show.

    Attributes:
        kind: `equal`, `added` or `cut`.
        gap: White space before it: nothing, a blank or a line end.
        text: The words; an equal stretch may be cut short with "…".
    """

    kind: Kind
    gap: str
    text: str


def shown_runs(before: str, after: str, pieces: Sequence[Piece], *, context: int) -> Iterator[Run]:
    """Yield what to show of a difference, in reading order; nothing if the texts are equal.

    Args:
        before: The earlier text.
        after: The later text; equal stretches are shown as they are in it.
        pieces: Their difference.
        context: Number of words to show before and after each change; at least 1.
    """
    if all(piece.kind == "equal" for piece in pieces):
        return
    for at, piece in enumerate(pieces):
        side, span = (before, piece.before) if piece.kind == "cut" else (after, piece.after)
        text = side[slice(*span)]
        if piece.kind == "equal":
            is_first, is_last = at == 0, at == len(pieces) - 1
            text = _shortened(text, 0 if is_first else context, 0 if is_last else context)
        gap = _gap_before(side, span[0]) if at else ""
        if at and piece.kind == "added" and piece.after[0] == 0:
            gap = " "  # the text begins with what replaced its first words
        yield Run(piece.kind, gap, text)


def marked(before: str, after: str, pieces: Sequence[Piece], *, context: int = CONTEXT) -> str:
    """Return a difference as text: "[-cut-]" and "{+added+}"; empty if the texts are equal.

    >>> from transforms.comparison.word_diff import diff_words
    >>> old, new = "At least 12 people died.", "At least 14 people died, the guard said."
    >>> marked(old, new, diff_words(old, new))
    'At least [-12-] {+14+} people died{+, the guard said+}.'
    """
    parts = []
    for run in shown_runs(before, after, pieces, context=context):
        start, end = _MARKS[run.kind]
        parts.append(f"{run.gap}{start}{run.text}{end}")
    return "".join(parts)


def _shortened(text: str, head: int, tail: int) -> str:
    """Return the first and last words of an equal stretch, whole if it has few more.

    Words of another paragraph than the change are left out.
    """
    words = [*_TOKEN.finditer(text)]
    if len(words) <= head + tail + 1:
        return text
    start = words[head - 1].end() if head else 0
    end = words[-tail].start() if tail else len(text)
    if head and (line_end := text.find("\n", 0, start)) >= 0:
        start = line_end
    if tail and (line_end := text.rfind("\n", end)) >= 0:
        end = line_end + 1
    return text[:start] + _gap_in(text, start, end) + text[end:]


def _gap_in(text: str, start: int, end: int) -> str:
    """Return what stands for the words that are left out between two places."""
    left_out = text[start:end]
    if not left_out.strip():
        return left_out
    before = "" if start == 0 else "\n" if text[start] == "\n" else " "
    after = "" if end == len(text) else "\n" if text[end - 1] == "\n" else " "
    is_inside = before == after == " "
    between = f"{GAP}\n{GAP}" if is_inside and "\n" in left_out.strip() else GAP
    return f"{before}{between}{after}"


def _gap_before(text: str, at: int) -> str:
    """Return the white space before a place: a line end, a blank or nothing."""
    start = at
    while start and text[start - 1].isspace():
        start -= 1
    space = text[start:at]
    return "\n" if "\n" in space else " " if space else ""
