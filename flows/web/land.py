"""The land of the world, cut out for a small map.

`seeds/maps/land.txt` has a ring of a coast in each line, in hundredths of a degree: longitude and
latitude of its first point, then the steps to the next points. The rings end at the date line.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from flows.seeds import seeds_dir

_UNITS: Final = 100  # of a degree
_TURN: Final = 360  # degrees

Point = tuple[float, float]  # longitude and latitude, or another pair of axes


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the world in degrees; its longitudes may be beyond 180 east or west."""

    west: float
    south: float
    east: float
    north: float


def land_within(frame: Frame) -> list[list[Point]]:
    """Return the rings of the land in a frame, cut at its sides.

    A ring inside another one, as the Caspian Sea is, is a hole. Land on the other side of the date
    line gets longitudes that continue those of the frame.
    """
    found = []
    for ring, box in _rings():
        for turn in (-_TURN, 0, _TURN):
            is_near = (
                box.west + turn < frame.east
                and box.east + turn > frame.west
                and box.south < frame.north
                and box.north > frame.south
            )
            if is_near and (cut := _cut([(x + turn, y) for x, y in ring], frame)):
                found.append(cut)
    return found


def _cut(ring: list[Point], frame: Frame) -> list[Point]:
    """Return the part of a ring inside the frame (Sutherland and Hodgman 1974)."""
    sides = ((0, frame.west, 1), (0, frame.east, -1), (1, frame.south, 1), (1, frame.north, -1))
    for axis, limit, sign in sides:
        ring = list(_cut_at(ring, axis, limit, sign))
    return ring


def _cut_at(ring: Sequence[Point], axis: int, limit: float, sign: int) -> Iterator[Point]:
    """Yield the points of a ring on one side of a line, with those where it crosses the line."""
    for at, point in enumerate(ring):
        before = ring[at - 1]
        was_inside = (before[axis] - limit) * sign >= 0
        is_inside = (point[axis] - limit) * sign >= 0
        if was_inside != is_inside:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
            yield (limit, other) if axis == 0 else (other, limit)
        if is_inside:
            yield point


@functools.cache
def _rings() -> tuple[tuple[list[Point], Frame], ...]:
    """Return each ring with the smallest frame around it."""
    lines = (seeds_dir() / "maps" / "land.txt").read_text("ascii").splitlines()
    return tuple((ring, _around(ring)) for ring in map(_ring, lines))


def _ring(line: str) -> list[Point]:
    steps = [int(step) / _UNITS for step in line.split()]
    return list(zip(accumulate(steps[::2]), accumulate(steps[1::2]), strict=True))


def _around(ring: Sequence[Point]) -> Frame:
    longitudes, latitudes = zip(*ring, strict=True)
    return Frame(min(longitudes), min(latitudes), max(longitudes), max(latitudes))
