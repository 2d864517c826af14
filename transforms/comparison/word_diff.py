"""The difference of two texts, word by word.

Paragraphs are matched first, then the words of the paragraphs that changed. A word is what a
reader takes for one ("don't", "3.5", "ferry-boat"); a punctuation mark is a word of its own.
Quotation marks, apostrophes and dashes of another style count as equal, and so does other
white space. A word or two between two longer changes are taken into the change, because
such a mixture is hard to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from transforms.comparison.matching import Match, match
from transforms.comparison.wording import same_style

# Chinese and Japanese have no spaces between words: each character is taken for one.
_APART: Final = "\u3040-\u30ff\u3400-\u9fff"
_WORD: Final = re.compile(rf"[{_APART}]|[^\W{_APART}]+(?:['’.,\-][^\W{_APART}]+)*|[^\w\s]")
# Equal words between two changes of at least three times their number.
_MOST_BETWEEN: Final = 2
_TIMES_LONGER: Final = 3

Span = tuple[int, int]
Kind = Literal["equal", "added", "cut"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that two texts share, or that only one of them has.

    Attributes:
        kind: `equal`, `added` (only in the later text) or `cut` (only in the earlier one).
        before: Its place in the earlier text, without white space around it; empty if added.
        after: Its place in the later text; empty if cut.
        words: Its number of words, punctuation marks not counted.
    """

    kind: Kind
    before: Span
    after: Span
    words: int


@dataclass(frozen=True, slots=True)
class _Change:
    """Ranges of words that differ: `cut` of the earlier text, `added` of the later one."""

    cut: Span
    added: Span

    @property
    def size(self) -> int:
        return max(self.cut[1] - self.cut[0], self.added[1] - self.added[0])


def diff_words(before: str, after: str) -> list[Piece]:
    """Return the difference of two texts as pieces, in reading order.

    Spans are half-open ranges of code points. Where words were replaced, the cut piece comes
    before the added one.

    >>> old, new = "The ferry sank on Monday.", "The old ferry sank on Tuesday."
    >>> [(piece.kind, new[slice(*piece.after)]) for piece in diff_words(old, new)][:3]
    [('equal', 'The'), ('added', 'old'), ('equal', 'ferry sank on')]
    >>> [old[slice(*piece.before)] for piece in diff_words(old, new) if piece.kind == "cut"]
    ['Monday']
    """
    mine, theirs = [*_WORD.finditer(before)], [*_WORD.finditer(after)]
    changes = _readable(_changes(before, after, mine, theirs))
    return [*_pieces(changes, mine, theirs)]


def _changes(
    before: str, after: str, mine: Sequence[re.Match[str]], theirs: Sequence[re.Match[str]]
) -> Iterator[_Change]:
    """Yield the ranges of words that differ, in order."""
    words, others = _folded(mine), _folded(theirs)
    lines, other_lines = _line_bounds(before, mine), _line_bounds(after, theirs)
    paragraphs = [" ".join(words[start:end]) for start, end in lines]
    other_paragraphs = [" ".join(others[start:end]) for start, end in other_lines]
    for cut, added in _gaps(match(paragraphs, other_paragraphs), len(lines), len(other_lines)):
        start, end = _bounds(lines, cut)
        other, other_end = _bounds(other_lines, added)
        runs = match(words[start:end], others[other:other_end])
        for inner, inner_added in _gaps(runs, end - start, other_end - other):
            change = _Change(
                (start + inner[0], start + inner[1]),
                (other + inner_added[0], other + inner_added[1]),
            )
            yield _whole_sentences(change, words, others)


def _folded(found: Iterable[re.Match[str]]) -> list[str]:
    return [same_style(word[0]) for word in found]


def _line_bounds(text: str, words: Sequence[re.Match[str]]) -> list[Span]:
    """Return the range of words of each paragraph that has words."""
    bounds, first = [], 0
    for at, word in enumerate(words):
        if at > first and "\n" in text[words[at - 1].end() : word.start()]:
            bounds.append((first, at))
            first = at
    return [*bounds, (first, len(words))] if words else []


def _bounds(lines: Sequence[Span], chosen: Span) -> Span:
    """Return the range of words of a range of paragraphs."""
    first, end = chosen
    if first == end:
        at = lines[first][0] if first < len(lines) else (lines[-1][1] if lines else 0)
        return at, at
    return lines[first][0], lines[end - 1][1]


def _gaps(runs: Sequence[Match], length: int, other_length: int) -> Iterator[tuple[Span, Span]]:
    """Yield the ranges between matches."""
    at = other = 0
    for run in [*runs, Match(length, other_length, 0)]:
        if run.before > at or run.after > other:
            yield (at, run.before), (other, run.after)
        at, other = run.before + run.length, run.after + run.length


def _readable(changes: Iterable[_Change]) -> list[_Change]:
    """Return the changes, joined where only a word or two stand between long ones."""
    joined: list[_Change] = []
    for change in changes:
        last = joined[-1] if joined else None
        between = change.cut[0] - last.cut[1] if last else 0
        if last and _is_short(between, last, change):
            change = _Change((last.cut[0], change.cut[1]), (last.added[0], change.added[1]))  # noqa: PLW2901  # its last form
            joined.pop()
        joined.append(change)
    return joined


def _is_short(between: int, last: _Change, change: _Change) -> bool:
    """Return whether a run of equal words is lost between two changes."""
    return between <= _MOST_BETWEEN and _TIMES_LONGER * between <= min(last.size, change.size)


def _whole_sentences(change: _Change, words: Sequence[str], others: Sequence[str]) -> _Change:
    """Return the change moved behind a mark that it begins with and that follows it, too.

    ". It sank" before "." is the sentence "It sank." after ".".
    """
    (cut, cut_end), (added, added_end) = change.cut, change.added
    is_cut = cut_end > cut
    if is_cut and added_end > added:
        return change
    side, first, end = (words, cut, cut_end) if is_cut else (others, added, added_end)
    if end < len(side) and side[first] == side[end] and not side[first][-1:].isalnum():
        return _Change((cut + 1, cut_end + 1), (added + 1, added_end + 1))
    return change


def _pieces(
    changes: Iterable[_Change], mine: Sequence[re.Match[str]], theirs: Sequence[re.Match[str]]
) -> Iterator[Piece]:
    at = other = 0
    for change in [*changes, _Change((len(mine), len(mine)), (len(theirs), len(theirs)))]:
        (cut, cut_end), (added, added_end) = change.cut, change.added
        if cut > at:
            before, after = _span(mine, at, cut), _span(theirs, other, added)
            yield Piece("equal", before, after, _count(mine[at:cut]))
        if cut_end > cut:
            before, after = _span(mine, cut, cut_end), _span(theirs, added, added)
            yield Piece("cut", before, after, _count(mine[cut:cut_end]))
        if added_end > added:
            before, after = _span(mine, cut_end, cut_end), _span(theirs, added, added_end)
            yield Piece("added", before, after, _count(theirs[added:added_end]))
        at, other = cut_end, added_end


def _span(words: Sequence[re.Match[str]], first: int, end: int) -> Span:
    """Return the range of code points of a range of words; after the word before, if empty."""
    if first < end:
        return words[first].start(), words[end - 1].end()
    at = words[first - 1].end() if first else 0
    return at, at


def _count(words: Iterable[re.Match[str]]) -> int:
    return sum(word[0][-1].isalnum() for word in words)
