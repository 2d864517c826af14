"""Limits of how often something may be asked or guessed."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Final

Clock = Callable[[], float]
_MOST_KEYS: Final = 10_000  # whose requests are counted; the one that asked longest ago goes first
# Wrong guesses, from all readers together: guessing must not be faster from many addresses.
_MOST_WRONG: Final = 10
WRONG_WITHIN_S: Final = 60.0


class RequestRates:
    """Counts requests by who sends them; what was used up comes back evenly over a minute."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """Start without requests."""
        self._clock, self._lock = clock, threading.Lock()
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: Hashable, *, per_minute: int) -> float:
        """Count a request, unless it comes too early; return the seconds that are missing then.

        Args:
            key: Who sends it.
            per_minute: How many requests are allowed in a minute; 0 for any number.

        Returns:
            0 if the request is allowed.
        """
        if not per_minute:
            return 0.0
        with self._lock:
            now = self._clock()
            left, at = self._left.pop(key, (float(per_minute), now))
            left = min(per_minute, left + (now - at) * per_minute / 60)
            self._left[key] = (left - 1 if left >= 1 else left), now
            if len(self._left) > _MOST_KEYS:
                self._left.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) * 60 / per_minute


class WrongGuesses:
    """Counts wrong passwords or tokens of the last minute."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """Start without a guess."""
        self._clock, self._lock = clock, threading.Lock()
        self._wrong: deque[float] = deque(maxlen=_MOST_WRONG)

    def count(self) -> None:
        """Remember a wrong guess."""
        with self._lock:
            self._wrong.append(self._clock())

    def must_wait(self) -> bool:
        """Whether there were too many wrong guesses in the last minute."""
        with self._lock:
            recent = [at for at in self._wrong if at > self._clock() - WRONG_WITHIN_S]
        return len(recent) == _MOST_WRONG
