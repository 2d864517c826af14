"""The stages of a run, and the seconds that it spent in each.

The stages follow one another in the thread of the run, so their sum is at most the seconds
of the run. Pages are fetched while others are analysed: `fetch` is the time that the run
waits for pages.
"""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

Stage = Literal["poll", "fetch", "read", "analyse", "append", "link", "publish"]


T = TypeVar("T")


class Stages:
    """The seconds of each stage that are not recorded yet."""

    def __init__(self) -> None:
        self._seconds: defaultdict[Stage, float] = defaultdict(float)

    @contextlib.contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Add the seconds of the `with` body to a stage, even if it raises."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.add(stage, time.monotonic() - started)

    def each(self, found: Iterator[T], stage_of: Callable[[T], Stage]) -> Iterator[T]:
        """Yield what is found; the wait for each one is added to its stage."""
        started = time.monotonic()
        for one in found:
            self.add(stage_of(one), time.monotonic() - started)
            yield one
            started = time.monotonic()

    def add(self, stage: Stage, seconds: float) -> None:
        """Add seconds to a stage."""
        self._seconds[stage] += seconds

    def take(self) -> dict[Stage, float]:
        """Return the seconds of each stage, and forget them."""
        taken = dict(self._seconds)
        self._seconds.clear()
        return taken
