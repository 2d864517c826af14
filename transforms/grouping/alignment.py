"""Which words of two texts stand for each other: the same ones, and those that replace some.

Runs of three words that both texts have are the anchors. A few words between two anchors that
follow each other in both texts replace one another. Paragraphs may have another order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_ANCHOR: Final = 3  # with one word in seven replaced, nine in ten of the others are in anchors
_LONGEST_CHANGE: Final = 6  # words; two words of a sentence may be replaced close together
_MOST_PLACES: Final = 50  # of many places of one anchor, only the first are tried

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words of two texts that stand for each other.

    Attributes:
        shared: Words in runs that both texts have.
        changes: The few words between two runs in the first text, and those in the second; one
            of them may be empty.
        turns: How often a run stands before the last one in the second text.
    """

    shared: int
    changes: Sequence[tuple[Words, Words]]
    turns: int

    def covered(self, mine: Words, theirs: Words) -> float:
        """Return the share of the shorter text that stands for words of the other one."""
        side = 0 if len(mine) <= len(theirs) else 1
        changed = sum(len(change[side]) for change in self.changes)
        words = min(len(mine), len(theirs))
        return min((self.shared + changed) / words, 1.0) if words else 0.0


def align(mine: Words, theirs: Words) -> Alignment:
    """Return which words of a text stand for words of another one.

    >>> first = "the ferry to aveling will not sail on monday because of high waves".split()
    >>> later = "the ferry to aveling does not sail on monday because of high waves".split()
    >>> found = align(first, later)
    >>> found.shared, found.changes, found.covered(first, later)
    (12, [(['will'], ['does'])], 1.0)
    """
    places, taken = _places(theirs), bytearray(len(theirs))
    changes: list[tuple[Words, Words]] = []
    shared = at = turns = 0
    before: tuple[int, int] | None = None  # the ends of the last run
    while at <= len(mine) - _ANCHOR:
        tried = places.get(tuple(mine[at : at + _ANCHOR]), ())
        found = _place(tried, taken, before[1] if before else 0)
        if found is None:
            at += 1
            continue
        length = _run(mine, at, theirs, found, taken)
        if before is not None:
            gaps = at - before[0], found - before[1]
            turns += gaps[1] < 0
            if min(gaps) >= 0 and 0 < max(gaps) <= _LONGEST_CHANGE:
                changes.append((mine[before[0] : at], theirs[before[1] : found]))
        taken[found : found + length] = b"\1" * length
        shared += length
        at += length
        before = at, found + length
    return Alignment(shared, changes, turns)


def _places(words: Words) -> Mapping[tuple[str, ...], list[int]]:
    places: dict[tuple[str, ...], list[int]] = {}
    for at, anchor in enumerate(zip(words, words[1:], words[2:], strict=False)):
        known = places.setdefault(anchor, [])
        if len(known) < _MOST_PLACES:
            known.append(at)
    return places


def _place(places: Sequence[int], taken: bytearray, after: int) -> int | None:
    """Return the first free place from `after` on, otherwise the first free one."""
    free = [place for place in places if not taken[place]]
    return next((place for place in free if place >= after), free[0] if free else None)


def _run(mine: Words, at: int, theirs: Words, found: int, taken: bytearray) -> int:
    """Return how many words from `at` on are the same as the free ones from `found` on."""
    length, limit = 0, min(len(mine) - at, len(theirs) - found)
    while (
        length < limit and mine[at + length] == theirs[found + length] and not taken[found + length]
    ):
        length += 1
    return length
