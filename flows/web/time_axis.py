"""The axis of a drawing in which each mark has its time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_HOURS: Final = (1, 2, 3, 6, 12, 24, 48, 96, 7 * 24, 14 * 24, 28 * 24, 91 * 24, 182 * 24)
_YEAR: Final = 365 * 24  # hours
# Pixels for a label and the room beside it, without and with a year.
_LABEL, _LABEL_WITH_YEAR = 62, 100
_LEAST: Final = timedelta(hours=2)
_MARGIN: Final = 0.02  # of the span, before the first and after the last time


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis with its label."""

    at: float
    text: str


class TimeAxis:
    """Turns times into places between two pixels."""

    def __init__(self, first: datetime, last: datetime, *, left: float, right: float) -> None:
        """Set up an axis for all times from the first to the last."""
        spare = max((last - first) * _MARGIN, (_LEAST - (last - first)) / 2)
        self._first, self._last = first.astimezone(UTC) - spare, last.astimezone(UTC) + spare
        self._left, self._right = left, right

    def at(self, instant: datetime) -> float:
        """Return the place of a time."""
        share = (instant - self._first) / (self._last - self._first)
        return self._left + share * (self._right - self._left)

    def ticks(self) -> Iterator[Tick]:
        """Yield places with the time or, at midnight, the day in UTC."""
        with_year = self._first.year != self._last.year
        label = _LABEL_WITH_YEAR if with_year else _LABEL
        fitting = max(1, int((self._right - self._left) // label))
        hours = (self._last - self._first) / timedelta(hours=1)
        years = math.ceil(hours / fitting / _YEAR)
        step = next((one for one in _HOURS if hours / one <= fitting), years * _YEAR)
        midnight = self._first.replace(hour=0, minute=0, second=0, microsecond=0)
        instant = midnight
        while instant <= self._last:
            if instant >= self._first:
                yield Tick(self.at(instant), _told(instant, with_year=with_year))
            instant += timedelta(hours=step)


def _told(instant: datetime, *, with_year: bool) -> str:
    if instant.hour:
        return f"{instant:%H:%M}"
    return f"{instant.day} {instant:%b %Y}" if with_year else f"{instant.day} {instant:%b}"
