"""Instants that a wrong clock wrote down: they are ahead of the clock that is right now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

# Clocks of machines that are not synchronised differ by minutes, and a clock that ignores the
# daylight saving time by an hour. The views of the warehouse use the same limit.
TOLERANCE: Final = timedelta(hours=1)


def is_ahead(instant: datetime, now: datetime) -> bool:
    """Return whether an instant that should be past is more than an hour ahead of `now`.

    >>> noon = datetime(2024, 5, 6, 12)
    >>> is_ahead(noon + timedelta(days=200), noon), is_ahead(noon + timedelta(minutes=5), noon)
    (True, False)
    """
    return instant - now > TOLERANCE
