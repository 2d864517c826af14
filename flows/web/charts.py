"""Charts as inline SVG, which needs no script in the reader's browser.

Tooltips are `title` elements, and each chart has a description in words for screen readers.
Text has the colour and font of the page, so charts are readable in light and dark mode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from markupsafe import Markup

from flows.printable import plain
from flows.web.svg import WIDTHS, draw
from flows.web.text_width import shortened, text_width
from warehouse.report_data import Rows

OTHERS = "all others"

# Okabe and Ito's palette: colour-blind readers can tell it apart, on white and on black.
COLORS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
# Pixels.
_PLOT_TOP: Final = 30
_PLOT_HEIGHT: Final = 220
_WIDEST_COLUMN: Final = 64
_LEGEND_COLUMN: Final = 190  # at least
_HEADLINE_COLUMN: Final = 400
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stacked:
    """Counts per day or longer period in parts, one above the other.

    Attributes:
        names: How each part is called, by its key, the lowest first.
        counted: What is counted.
        parts: What the parts are.
        column: Least width of a column of the legend.
    """

    counts: Counter[tuple[date, str]]
    days: Sequence[date]
    names: Mapping[str, str]
    counted: Counted
    parts: str
    column: int


def in_both_widths(draw_one: Callable[..., str], rows: Any, **options: Any) -> dict[str, Markup]:
    """Return a drawing in each of the widths, as XML whose text is escaped; none if it is empty.

    Args:
        draw_one: Returns the drawing in one width.
        rows: What is drawn.
        options: Further arguments of `draw_one`.
    """
    drawn = {name: draw_one(rows, width=width, **options) for name, width in WIDTHS.items()}
    return {name: Markup(svg) for name, svg in drawn.items() if svg}  # noqa: S704


def articles_per_day(rows: Rows, *, first_on: date | None, last_on: date | None, width: int) -> str:
    """Return stacked bars of articles per day; the six largest sources have their own colour."""
    if not rows or first_on is None or last_on is None:
        return ""
    counted = Counted(label="Articles per day and source", unit="articles")
    return stacks_over_time(rows, _days(first_on, last_on), counted, width=width)


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
    named = [source for source, _ in most.most_common(len(COLORS) - 1)]
    if len(most) == len(COLORS):
        named = [source for source, _ in most.most_common()]
    counts = Counter[tuple[date, str]]()
    for row in rows:
        source = row["source_id"] if row["source_id"] in named else OTHERS
        counts[row["day"], source] += row[counted.unit]
    sources = named + ([OTHERS] if len(most) > len(named) else [])
    stacked = _Stacked(
        counts=counts, days=days, names=dict(zip(sources, sources, strict=True)),
        counted=counted, parts="Sources", column=_LEGEND_COLUMN,
    )  # fmt: skip
    return draw("charts", "stacks", _stacks(stacked, width))


def story_sizes(
    rows: Rows,
    *,
    headlines: Mapping[str, str],
    first_on: date | None,
    last_on: date | None,
    width: int,
) -> str:
    """Return stacked bars of the articles per day of some stories.

    Args:
        rows: Story, day and articles.
        headlines: The headline of each story, at most as many as there are colours.
        first_on: First day that is shown.
        last_on: Last day that is shown.
        width: Width in pixels.
    """  # fmt: skip
    if not rows or first_on is None or last_on is None:
        return ""
    counts = Counter[tuple[date, str]]()
    for row in rows:
        counts[row["day"], row["story_id"]] += row["articles"]
    stacked = _Stacked(
        counts=counts, days=_days(first_on, last_on), names=headlines,
        counted=Counted(label="Articles per day and story", unit="articles"), parts="Stories", column=_HEADLINE_COLUMN,
    )  # fmt: skip
    return draw("charts", "stacks", _stacks(stacked, width))


def _days(first_on: date, last_on: date) -> list[date]:
    return [first_on + timedelta(n) for n in range((last_on - first_on).days + 1)]


def _stacks(stacked: _Stacked, width: int) -> dict[str, Any]:
    """Return what the drawing of stacked bars shows, with positions in pixels."""
    counts, days = stacked.counts, stacked.days
    totals = {day: sum(counts[day, key] for key in stacked.names) for day in days}
    steps = _whole_steps(max(totals.values()))
    left = max(text_width(f"{step:,}") for step in steps) + 10
    floor, scale = _PLOT_TOP + _PLOT_HEIGHT, _PLOT_HEIGHT / steps[-1]
    column = (width - left) / len(days)
    bar = min(_WIDEST_COLUMN, column - 1 if column >= 6 else column)
    centres = {day: left + column * (at + 0.5) for at, day in enumerate(days)}
    parts: list[dict[str, Any]] = []
    bases = dict.fromkeys(days, float(floor))
    legend_columns = max(1, int((width - left) // stacked.column))
    legend_column = (width - left) / legend_columns
    for at, (key, name) in enumerate(stacked.names.items()):
        marks = []
        for day, count in ((day, counts[day, key]) for day in days if counts[day, key]):
            bases[day] -= count * scale
            marks.append({
                "x": centres[day] - bar / 2, "y": bases[day], "width": bar, "height": count * scale,
                "title": f"{stacked.counted.period}{_short_day(day, with_year=True)}, {plain(name)}: {count:,}",
            })  # fmt: skip
        parts.append({
            "color": COLORS[at], "marks": marks,
            "x": left + legend_column * (at % legend_columns),
            "y": floor + 44 + _LEGEND_LINE * (at // legend_columns),
            "text": shortened(plain(name), legend_column - 25),
        })  # fmt: skip
    return {
        "label": stacked.counted.label,
        "description": _told(stacked, totals),
        "unit": stacked.counted.unit,
        "width": width,
        "height": parts[-1]["y"] + 8,
        "left": left,
        "floor": floor,
        "y_ticks": [{"at": floor - step * scale, "text": f"{step:,}"} for step in steps],
        "x_ticks": list(_x_ticks(days, centres, width)),
        "parts": parts,
    }


def _told(stacked: _Stacked, totals: Mapping[date, int]) -> str:
    """Return the chart in words."""
    days = list(totals)
    busiest = max(days, key=totals.__getitem__)
    by_key = Counter[str]()
    for (_, key), count in stacked.counts.items():
        by_key[key] += count
    listed = "; ".join(f"{plain(name)}: {by_key[key]:,}" for key, name in stacked.names.items())
    first, last, most = (_short_day(day, with_year=True) for day in (days[0], days[-1], busiest))
    counted = stacked.counted
    when = f"in the {counted.period}" if counted.period else "on "
    told = f"{first} to {last}. Most {counted.unit}: {totals[busiest]:,}, {when}{most}."
    return f"{told} {stacked.parts}: {listed}."


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
    return draw("charts", "rows", {
        "label": label, "description": "; ".join(f"{name}: {count:,}" for name, count in named),
        "width": width, "height": _ROW * len(named), "left": left, "color": COLORS[0],
        "marks": marks,
    })  # fmt: skip
