"""What changed from one wording to another, as pieces that a page can mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from transforms.comparison.readable import shown_runs
from transforms.comparison.word_diff import diff_words

_WHOLE: Final = 10_000  # words around a change that are shown: more than a statement has


@dataclass(frozen=True, slots=True)
class ChangedPiece:
    """A stretch of words: `equal`, `added` or `cut`, with the white space before it."""

    kind: str
    gap: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordChanges:
    """The difference of two wordings.

    Attributes:
        pieces: All words of both in reading order; none if no word differs.
        added: Number of words that only the later one has.
        cut: Number of words that only the earlier one has.
    """

    pieces: tuple[ChangedPiece, ...]
    added: int
    cut: int

    @property
    def is_change(self) -> bool:
        """Whether a word differs, not only marks between words."""
        return bool(self.added or self.cut)


def word_changes(before: str, after: str) -> WordChanges:
    """Return what changed from one wording to another.

    >>> found = word_changes("We waited long.", "We all waited long enough.")
    >>> found.added, found.cut, [one.text for one in found.pieces if one.kind == "added"]
    (2, 0, ['all', 'enough'])
    """
    pieces = diff_words(before, after)
    added, cut = (
        sum(piece.words for piece in pieces if piece.kind == kind) for kind in ("added", "cut")
    )
    runs = [*shown_runs(before, after, pieces, context=_WHOLE)] if added or cut else []
    shown = tuple(
        ChangedPiece(run.kind, run.gap or _blank(last.text, run.text) if last else "", run.text)
        for last, run in zip([None, *runs], runs, strict=False)
    )
    return WordChanges(pieces=shown, added=added, cut=cut)


def _blank(before: str, after: str) -> str:
    """Return a blank if two stretches would read as one word without it."""
    return " " if before[-1:].isalnum() and after[:1].isalnum() else ""
