"""Plans of visits: how long after its publication the page of an article is fetched again."""

from __future__ import annotations

import re
from typing import Final

VisitPlan = tuple[int, ...]  # seconds after publication, ascending; empty for no visits

USUAL_PLAN: Final = "1h,6h,1d,3d,14d"  # most edits come early
EXPECTED_PLAN: Final = (
    f'times after publication, separated by commas ("{USUAL_PLAN}"), from 10m to 90d, or "off"'
)
_TIME: Final = re.compile(r"([1-9]\d{0,4})\s*([mhdw])")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SOONEST_S: Final = 600  # `ingest` runs every ten minutes
_LATEST_S: Final = 90 * 86_400


def read_plan(text: str) -> VisitPlan:
    """Return the visits in seconds after publication, ascending; none for "off".

    Raises:
        ValueError: `text` is not a plan; the message says what is expected.

    >>> read_plan("1h, 6h, 1d")
    (3600, 21600, 86400)
    >>> read_plan("off")
    ()
    """
    stated = text.strip().lower()
    if stated == "off":
        return ()
    plan = sorted({_read_time(part) for part in stated.split(",")})
    return tuple(plan)


def _read_time(text: str) -> int:
    found = _TIME.fullmatch(text.strip())
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not _SOONEST_S <= seconds <= _LATEST_S:
        raise ValueError(EXPECTED_PLAN)
    return seconds
