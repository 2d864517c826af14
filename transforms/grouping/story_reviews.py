"""Looks at a story again after it has grown: its central article, and whether it is two stories.

A story is reviewed each time it has doubled, so an article is looked at a few times, however
large its story becomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from transforms.grouping.vectors import Vector, mean, similarity

# Halves of one event are at 0.34 and more, a fire and a flood in one town at 0.29 (dev split of
# tests/quality/stories.jsonl).
_SPLIT_SIMILARITY: Final = 0.28
_FEWEST_IN_PART: Final = 3  # a part of two may be an odd pair of articles
_ROUNDS: Final = 4  # of assigning articles to the nearer half; more change nothing
MOST_REVIEWED: Final = 64  # of the newest articles; enough to see two events


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article of a story.

    Attributes:
        key: The article.
        at: When it was published.
        vector: Its terms.
    """

    key: str
    at: datetime
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a story that is a story of its own.

    Attributes:
        members: Its articles, the oldest first.
        vector: Their mean.
        central: The article that is most like the others.
    """

    members: tuple[Member, ...]
    vector: Vector
    central: str


def review(members: Sequence[Member]) -> tuple[Part, Part | None]:
    """Return the story that stays, and the part that is split off, None without one.

    The older part stays. Both together have all members.

    >>> day = datetime(2024, 6, 3)
    >>> def report(key: str, word: int, name: int) -> Member:
    ...     return Member(key=key, at=day, vector=Vector({word: 1.0}, {name: 1.0}))
    >>> floods = [report(key, 2, 3) for key in ("a", "b", "c")]
    >>> fires = [report(key, 4, 5) for key in ("d", "e", "f")]
    >>> stays, split = review([*floods, *fires])
    >>> [member.key for member in stays.members], split.central
    (['a', 'b', 'c'], 'd')
    """
    ordered = sorted(members, key=lambda member: (member.at, member.key))
    whole = _part(ordered)
    if len(ordered) < 2 * _FEWEST_IN_PART:
        return whole, None
    halves = _halves(whole)
    if halves is None or min(len(half.members) for half in halves) < _FEWEST_IN_PART:
        return whole, None
    if similarity(halves[0].vector, halves[1].vector) >= _SPLIT_SIMILARITY:
        return whole, None
    first, second = sorted(halves, key=lambda half: ordered.index(half.members[0]))
    return first, second


def _halves(whole: Part) -> tuple[Part, Part] | None:
    """Return the members by the nearer of two centres, which begin far from each other."""
    one = min(whole.members, key=lambda member: similarity(member.vector, whole.vector))
    other = min(whole.members, key=lambda member: similarity(member.vector, one.vector))
    halves = _divided(whole, one.vector, other.vector)
    for _ in range(_ROUNDS):
        if halves is None:
            return None
        halves = _divided(whole, halves[0].vector, halves[1].vector)
    return halves


def _divided(whole: Part, one: Vector, other: Vector) -> tuple[Part, Part] | None:
    """Return the members that are nearer to each of two centres, None if one has none."""
    near: tuple[list[Member], list[Member]] = ([], [])
    for member in whole.members:
        near[similarity(member.vector, other) > similarity(member.vector, one)].append(member)
    return (_part(near[0]), _part(near[1])) if near[0] and near[1] else None


def _part(members: Sequence[Member]) -> Part:
    vector = mean(member.vector for member in members)
    central = max(members, key=lambda member: similarity(member.vector, vector))
    return Part(members=tuple(members), vector=vector, central=central.key)
