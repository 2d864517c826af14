"""Heat strips: how far the new entries of a feed came on each of some days.

A strip has a column for each day and four rows: entries that were expected, seen, fetched and
loaded. The shade of a cell is one of four levels. A strip that is light below and dark above
shows at a glance where entries get lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from flows.printable import number

ROWS: Final = ("expected", "seen", "fetched", "loaded")
LEVELS: Final = ("none", "up to a third of the usual", "up to two thirds", "more")
_CELL, _GAP = 7, 1  # pixels

Days = Sequence[Mapping[str, Any]]


def heat_strip(days: Days, *, has_titles: bool = False) -> Markup:
    """Return the strip of one feed as SVG; its colours are in the style sheet.

    Args:
        days: The figures of each day, in order.
        has_titles: Whether each day has a tooltip.
    """
    width, height = len(days) * _CELL, len(ROWS) * _CELL
    usual = usual_of(days)
    paths: list[list[str]] = [[] for _ in LEVELS]
    for x, day in enumerate(days):
        for y, row in enumerate(ROWS):
            place = f"M{x * _CELL} {y * _CELL}h{_CELL - _GAP}v{_CELL - _GAP}h-{_CELL - _GAP}z"
            paths[level_of(day[row], usual)].append(place)
    drawn = Markup("").join(
        Markup('<path class="heat{}" d="{}"/>').format(level, "".join(places))
        for level, places in enumerate(paths)
        if places
    )
    titles = Markup("").join(_titles(days, height) if has_titles else ())
    return Markup(
        '<svg class="strip" role="img" aria-label="{}" width="{w}" height="{h}" '
        'viewBox="0 0 {w} {h}" preserveAspectRatio="none">{}{}</svg>'
    ).format(in_words(days), drawn, titles, w=width, h=height)


def _titles(days: Days, height: int) -> list[Markup]:
    return [
        Markup('<rect class="hit" x="{}" width="{}" height="{}"><title>{}</title></rect>').format(
            x * _CELL, _CELL, height, _told(day)
        )
        for x, day in enumerate(days)
    ]


def _told(day: Mapping[str, Any]) -> str:
    figures = ", ".join(f"{_figure(day[row])} {row}" for row in ROWS)
    return f"{day['day'].day} {day['day']:%b}: {figures}"


def _figure(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def usual_of(days: Days) -> float:
    """Return the most that is usual on a day: the most expected, without that the most seen."""
    expected = max((day["expected"] for day in days), default=0)
    return float(expected or max((day["seen"] for day in days), default=0))


def level_of(value: float, usual: float) -> int:
    """Return the level of a figure, from 0 to 3.

    >>> [level_of(value, 9.0) for value in (0, 3, 6, 7, 20)]
    [0, 1, 2, 3, 3]
    """
    if value <= 0:
        return 0
    return 1 if value <= usual / 3 else 2 if value <= usual * 2 / 3 else 3


def in_words(days: Days) -> str:
    """Return a strip in words.

    >>> from datetime import date
    >>> in_words([{"day": date(2024, 6, 3), "expected": 2.5, "seen": 3, "fetched": 3, "loaded": 2}])
    'Last day: 2.5 expected, 3 seen, 3 fetched, 2 loaded; something new on 1 day'
    """
    sums = ", ".join(f"{_figure(sum(day[row] for day in days))} {row}" for row in ROWS)
    span = "Last day" if len(days) == 1 else f"Last {len(days)} days"
    return f"{span}: {sums}; something new on {number(sum(day['seen'] > 0 for day in days), 'day')}"
