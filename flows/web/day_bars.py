"""Bars of matches per day, week or month; each is a link that narrows the days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WIDTH: Final = 300  # pixels of the drawing; it is scaled to its place
HEIGHT: Final = 60
_MOST_BARS: Final = 60  # narrower ones cannot be hit
_STEPS: Final = (1, 7, 28, 91, 364)  # days of a bar


@dataclass(frozen=True, slots=True)
class Bar:
    """Some days and how many matches they have, with the place of the bar in pixels."""

    since: date
    until: date
    count: int
    x: float
    width: float
    height: float


def day_bars(days: Sequence[tuple[date, int]]) -> list[Bar]:
    """Return bars over the time from the first to the last day, also those without matches.

    >>> bars = day_bars([(date(2024, 5, 1), 4), (date(2024, 5, 3), 2)])
    >>> [(bar.since.day, bar.count, bar.height) for bar in bars]
    [(1, 4, 60.0), (2, 0, 0.0), (3, 2, 30.0)]
    """
    if not days:
        return []
    first, last = days[0][0], days[-1][0]
    span = (last - first).days + 1
    step = next((step for step in _STEPS if span <= step * _MOST_BARS), -(-span // _MOST_BARS))
    counts = Counter[int]()
    for day, count in days:
        counts[(day - first).days // step] += count
    number, highest = -(-span // step), max(counts.values())
    width = WIDTH / number
    return [
        Bar(
            since=first + timedelta(at * step),
            until=min(last, first + timedelta((at + 1) * step - 1)),
            count=counts[at],
            x=at * width,
            width=width,
            height=_height(counts[at], highest),
        )
        for at in range(number)
    ]


def _height(count: int, highest: int) -> float:
    return max(2.0, HEIGHT * count / highest) if count else 0.0  # one match can be seen
