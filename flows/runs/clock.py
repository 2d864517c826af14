"""Whether the clock was set while a run worked: its wall clock compared with a steady one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from flows.printable import duration

# A time service corrects the clock in small steps, or makes it run at most 0.05 % faster or slower.
_LEAST_S: Final = 60.0
_DRIFT: Final = 0.001


def steady_s() -> float:
    """Return the seconds of a clock that nobody sets and that also counts while suspended."""
    # Linux has such a clock; elsewhere CLOCK_MONOTONIC is the nearest.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class RunClock:
    """The clocks of a run, from its start.

    Attributes:
        wall_s: Returns the seconds of the wall clock.
        steady_s: Returns the seconds of a clock that nobody sets.
    """

    wall_s: Callable[[], float] = time.time
    steady_s: Callable[[], float] = steady_s
    _wall_began_s: float = field(init=False)
    _steady_began_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._wall_began_s, self._steady_began_s = self.wall_s(), self.steady_s()

    @property
    def seconds(self) -> float:
        """The seconds since the start, whatever happened to the wall clock."""
        return self.steady_s() - self._steady_began_s

    def jump_s(self) -> float:
        """Return by how many seconds the wall clock was set forward since the start.

        Negative if it was set back; 0 for less than a minute.
        """
        seconds = self.seconds
        jump = self.wall_s() - self._wall_began_s - seconds
        return jump if abs(jump) > _LEAST_S + _DRIFT * seconds else 0.0


def jump_note(jump_s: float) -> str:
    """Return what a run says about a clock that was set by `jump_s` seconds.

    >>> jump_note(-7200.0)
    'the clock was set back by 2 h during the run, so its times are not reliable'
    """
    way = "forward" if jump_s > 0 else "back"
    by = duration(abs(jump_s))
    return f"the clock was set {way} by {by} during the run, so its times are not reliable"
