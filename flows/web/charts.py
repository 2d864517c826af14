"""Charts as inline SVG, which needs no script in the reader's browser.

Tooltips are `title` elements, and each chart has a description in words for screen readers.
Text has the colour and font of the page, so charts are readable in light and dark mode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flows.printable import plain
from flows.web.svg import draw
from flows.web.text_width import shortened, text_width
from warehouse.report_data import Rows

OTHERS = "all others"

# Okabe and Ito's palette: colour-blind readers can tell it apart, on white and on black.
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
# Pixels.
_PLOT_TOP: Final = 30
_PLOT_HEIGHT: Final = 220
_WIDEST_COLUMN: Final = 64
_LEGEND_COLUMN: Final = 190  # at least
_LEGEND_LINE: Final = 18
_ROW: Final = 22
_BAR: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What stacked bars count.

    Attributes:
        label: Name of the chart.
        unit: What is counted, as the column of the rows with the counts is named.
        period: What stands before the first day of a period, empty if each is one day.
    """

    label: str
    unit: str
    period: str = ""


def articles_per_day(rows: Rows, *, first_on: date | None, last_on: date | None, width: int) -> str:
    """Return stacked bars of articles per day; the six largest sources have their own colour."""
    if not rows or first_on is None or last_on is None:
        return ""
    days = [first_on + timedelta(n) for n in range((last_on - first_on).days + 1)]
    counted = Counted(label="Articles per day and source", unit="articles")
    return stacks_over_time(rows, days, counted, width=width)


def stacks_over_time(rows: Rows, days: Sequence[date], counted: Counted, *, width: int) -> str:
    """Return stacked bars, one for each period; the six largest sources have their own colour.

    Args:
        rows: Counts of each source (`source_id`) in each period, by its first day (`day`).
        days: The first days of all periods, in order.
        counted: What is counted.
        width: Pixels.
    """
    most = Counter[str]()
    for row in rows:
        most[row["source_id"]] += row[counted.unit]
    named = [source for source, _ in most.most_common(len(_COLORS) - 1)]
    if len(most) == len(_COLORS):
        named = [source for source, _ in most.most_common()]
    counts = Counter[tuple[date, str]]()
    for row in rows:
        source = row["source_id"] if row["source_id"] in named else OTHERS
        counts[row["day"], source] += row[counted.unit]
    sources = named + ([OTHERS] if len(most) > len(named) else [])
    words = {
        "label": counted.label,
        "description": _told(counts, days, sources, counted),
        "unit": counted.unit,
    }
    return _draw("stacks", words | _stacks(counts, days, sources, counted.period, width))


def _stacks(
    counts: Counter[tuple[date, str]],
    days: Sequence[date],
    sources: Sequence[str],
    period: str,
    width: int,
) -> dict[str, Any]:
    """Return what the drawing of stacked bars shows, with positions in pixels."""
    totals = {day: sum(counts[day, source] for source in sources) for day in days}
    steps = _whole_steps(max(totals.values()))
    left = max(text_width(f"{step:,}") for step in steps) + 10
    floor, scale = _PLOT_TOP + _PLOT_HEIGHT, _PLOT_HEIGHT / steps[-1]
    column = (width - left) / len(days)
    bar = min(_WIDEST_COLUMN, column - 1 if column >= 6 else column)
    centres = {day: left + column * (at + 0.5) for at, day in enumerate(days)}
    parts: list[dict[str, Any]] = []
    bases = dict.fromkeys(days, float(floor))
    legend_columns = max(1, int((width - left) // _LEGEND_COLUMN))
    legend_column = (width - left) / legend_columns
    for at, source in enumerate(sources):
        marks = []
        for day in days:
            if not (count := counts[day, source]):
                continue
            bases[day] -= count * scale
            marks.append({
                "x": centres[day] - bar / 2, "y": bases[day], "width": bar, "height": count * scale,
                "title": f"{period}{_short_day(day, with_year=True)}, {plain(source)}: {count:,}",
            })  # fmt: skip
        parts.append({
            "color": _COLORS[at], "marks": marks,
            "x": left + legend_column * (at % legend_columns),
            "y": floor + 44 + _LEGEND_LINE * (at // legend_columns),
            "text": shortened(plain(source), legend_column - 25),
        })  # fmt: skip
    return {
        "width": width,
        "height": parts[-1]["y"] + 8,
        "left": left,
        "floor": floor,
        "y_ticks": [{"at": floor - step * scale, "text": f"{step:,}"} for step in steps],
        "x_ticks": list(_x_ticks(days, centres, width)),
        "parts": parts,
    }


def _told(
    counts: Counter[tuple[date, str]],
    days: Sequence[date],
    sources: Sequence[str],
    counted: Counted,
) -> str:
    """Return the chart in words."""
    totals = {day: sum(counts[day, source] for source in sources) for day in days}
    busiest = max(days, key=totals.__getitem__)
    by_source = Counter[str]()
    for (_, source), count in counts.items():
        by_source[source] += count
    listed = "; ".join(f"{plain(source)}: {by_source[source]:,}" for source in sources)
    first, last, most = (_short_day(day, with_year=True) for day in (days[0], days[-1], busiest))
    when = f"in the {counted.period}" if counted.period else "on "
    return (
        f"{first} to {last}. Most {counted.unit}: {totals[busiest]:,}, {when}{most}."
        f" Sources: {listed}."
    )


def _x_ticks(
    days: Sequence[date], centres: Mapping[date, float], width: int
) -> list[dict[str, Any]]:
    """Return evenly spread days with their labels, which stay within the drawing."""
    with_year = days[0].year != days[-1].year
    every = -(-len(days) // max(1, width // (110 if with_year else 75)))
    ticks = []
    for day in days[::every]:
        text = _short_day(day, with_year=with_year)
        half = text_width(text) / 2
        text_at = min(max(centres[day], half), width - half)
        ticks.append({"at": centres[day], "text_at": text_at, "text": text})
    return ticks


def _short_day(day: date, *, with_year: bool) -> str:
    return f"{day.day} {day:%b %Y}" if with_year else f"{day.day} {day:%b}"


def _whole_steps(highest: int) -> list[int]:
    """Return about five whole numbers for the axis, from 0 to `highest` or a little more."""
    power = 10 ** max(0, len(str(highest)) - 2)
    step = next(n * power for n in (1, 2, 5, 10, 20, 50) if highest <= 6 * n * power)
    return list(range(0, highest + step, step))


def bars(rows: Rows, *, value: str, width: int, label: str) -> str:
    """Return horizontal bars of the column `value` by the column `name`, longest first."""
    if not rows:
        return ""
    named = [(plain(row["name"]), row[value]) for row in rows]
    texts = [shortened(name, width / 2) for name, _ in named]
    left = max(map(text_width, texts)) + 6
    most = max(1, *(count for _, count in named))
    room = width - left - 8 - text_width(f"{most:,}")
    marks = [
        {"y": at * _ROW + (_ROW - _BAR) / 2, "width": max(1, room * count / most), "height": _BAR,
         "text": text, "value": f"{count:,}", "title": f"{name}: {count:,} {label}"}
        for at, ((name, count), text) in enumerate(zip(named, texts, strict=True))
    ]  # fmt: skip
    return _draw("rows", {
        "label": label, "description": "; ".join(f"{name}: {count:,}" for name, count in named),
        "width": width, "height": _ROW * len(named), "left": left, "color": _COLORS[0],
        "marks": marks,
    })  # fmt: skip


def _draw(form: str, chart: Mapping[str, Any]) -> str:
    return draw("charts", form, chart)
