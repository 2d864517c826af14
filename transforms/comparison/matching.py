"""Which elements of two sequences correspond, in time that grows with their length.

Method: equal beginnings and ends are taken first. Elements that are in both sequences once
are anchors if they are in the same order (Bram Cohen's patience diff); what lies between two
anchors is matched in the same way. Where there is no anchor, Myers' greedy algorithm (1986)
finds the shortest way from one sequence to the other, but only for a limited number of
changes: what differs more is replaced as a whole. So 40,000 repeated words take no longer
than other words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# A paragraph that was rewritten with more changes than this reads better as cut and added.
_MOST_CHANGES: Final = 60
_MOST_LEVELS: Final = 30  # anchors within anchors; prose needs three or four


@dataclass(frozen=True, slots=True)
class Match:
    """A run of equal elements: its place in both sequences and its length."""

    before: int
    after: int
    length: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Half-open ranges of both sequences that may correspond."""

    before: int
    before_end: int
    after: int
    after_end: int
    level: int = 0


def match(before: Sequence[str], after: Sequence[str]) -> list[Match]:
    """Return the runs of equal elements of two sequences, in the order of both.

    Runs never touch in both sequences.

    >>> match("the ferry sank on Monday".split(), "the old ferry sank".split())
    [Match(before=0, after=0, length=1), Match(before=1, after=2, length=2)]
    """
    found: list[Match] = []
    waiting = [_Part(0, len(before), 0, len(after))]
    while waiting:
        part = waiting.pop()
        ends, inner = _trimmed(before, after, part)
        found += ends
        if inner.before == inner.before_end or inner.after == inner.after_end:
            continue
        anchors = _anchors(before, after, inner) if inner.level < _MOST_LEVELS else []
        if anchors:
            waiting += _between(inner, anchors)
            found += (Match(one, other, 1) for one, other in anchors)
        else:
            found += _shortest(before, after, inner)
    return _joined(sorted(found, key=lambda run: run.before))


def _trimmed(before: Sequence[str], after: Sequence[str], part: _Part) -> tuple[list[Match], _Part]:
    """Return the equal beginning and end of a part, and the rest of it."""
    start, most = 0, min(part.before_end - part.before, part.after_end - part.after)
    while start < most and before[part.before + start] == after[part.after + start]:
        start += 1
    end = 0
    while (
        end < most - start and before[part.before_end - 1 - end] == after[part.after_end - 1 - end]
    ):
        end += 1
    rest = _Part(
        part.before + start,
        part.before_end - end,
        part.after + start,
        part.after_end - end,
        part.level + 1,
    )
    runs = [
        Match(part.before, part.after, start),
        Match(rest.before_end, rest.after_end, end),
    ]
    return [run for run in runs if run.length], rest


def _anchors(before: Sequence[str], after: Sequence[str], part: _Part) -> list[tuple[int, int]]:
    """Return the places of the elements that are once in both parts, in ascending order."""
    theirs = _once(after, part.after, part.after_end)
    pairs = [
        (at, theirs[element])
        for element, at in _once(before, part.before, part.before_end).items()
        if element in theirs
    ]
    return _ascending(pairs)


def _once(elements: Sequence[str], start: int, end: int) -> dict[str, int]:
    counts = Counter(elements[start:end])
    return {elements[at]: at for at in range(start, end) if counts[elements[at]] == 1}


def _ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest chain of pairs that ascends in both members (patience sorting)."""
    tops: list[int] = []  # the smallest last member of a chain of each length
    ends: list[int] = []  # the pair with that member
    earlier: list[int] = []
    for at, (_, other) in enumerate(pairs):
        length = bisect_left(tops, other)
        earlier.append(ends[length - 1] if length else -1)
        tops[length : length + 1] = [other]
        ends[length : length + 1] = [at]
    chain, at = [], ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = earlier[at]
    return chain[::-1]


def _between(part: _Part, anchors: Sequence[tuple[int, int]]) -> Iterator[_Part]:
    """Yield the parts before, between and after the anchors."""
    start, other = part.before, part.after
    for before, after in [*anchors, (part.before_end, part.after_end)]:
        if before > start and after > other:
            yield _Part(start, before, other, after, part.level)
        start, other = before + 1, after + 1


def _shortest(before: Sequence[str], after: Sequence[str], part: _Part) -> list[Match]:
    """Return the matches on the way with the fewest changes; none if there are too many."""
    length, other_length = part.before_end - part.before, part.after_end - part.after
    furthest, trail = {1: 0}, []
    for changes in range(min(_MOST_CHANGES, length + other_length) + 1):
        trail.append(dict(furthest))
        for diagonal in range(-changes, changes + 1, 2):
            is_added = diagonal == -changes or (
                diagonal != changes and furthest[diagonal - 1] < furthest[diagonal + 1]
            )
            at = furthest[diagonal + 1] if is_added else furthest[diagonal - 1] + 1
            other = at - diagonal
            while (
                at < length
                and other < other_length
                and before[part.before + at] == after[part.after + other]
            ):
                at, other = at + 1, other + 1
            furthest[diagonal] = at
            if at >= length and other >= other_length:
                return _walked_back(trail, part, at, other)
    return []


def _walked_back(trail: Sequence[dict[int, int]], part: _Part, at: int, other: int) -> list[Match]:
    """Return the matches on a way that was found, from its end to its beginning."""
    found = []
    for changes in range(len(trail) - 1, -1, -1):
        furthest, diagonal = trail[changes], at - other
        is_added = diagonal == -changes or (
            diagonal != changes and furthest[diagonal - 1] < furthest[diagonal + 1]
        )
        from_diagonal = diagonal + 1 if is_added else diagonal - 1
        start = furthest[from_diagonal] if changes else 0
        begin = start if is_added or not changes else start + 1
        if at > begin:
            first = begin - diagonal
            found.append(Match(part.before + begin, part.after + first, at - begin))
        at, other = start, start - from_diagonal
    return found


def _joined(runs: Sequence[Match]) -> list[Match]:
    joined: list[Match] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last and (last.before + last.length, last.after + last.length) == (
            run.before,
            run.after,
        ):
            joined[-1] = Match(last.before, last.after, last.length + run.length)
        else:
            joined.append(run)
    return joined
