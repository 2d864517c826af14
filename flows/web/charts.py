"""Charts as inline SVG, drawn by Vega-Lite when the report is made.

Nothing runs in the reader's browser: tooltips are `title` elements. Text has the colour
of the page, so charts are readable in light and dark mode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

import altair as alt
import vl_convert
from lxml import etree

from flows.printable import plain
from warehouse.report_data import Rows

OTHERS = "all others"
DAY = timedelta(days=1)

# Okabe and Ito's palette: colour-blind readers can tell it apart, on white and on black.
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
_SVG = "{http://www.w3.org/2000/svg}"
_LONGEST_LABEL = 40


def articles_per_day(rows: Rows, *, first_on: date | None, last_on: date | None, width: int) -> str:
    """Return stacked bars of articles per day; the six largest sources have their own colour."""
    if not rows or first_on is None or last_on is None:
        return ""
    most = Counter[str]()
    for row in rows:
        most[row["source_id"]] += row["articles"]
    named = [source for source, _ in most.most_common(len(_COLORS) - 1)]
    if len(most) == len(_COLORS):
        named = [source for source, _ in most.most_common()]
    values = Counter[tuple[str, str]]()
    for row in rows:
        source = _label(row["source_id"]) if row["source_id"] in named else OTHERS
        values[row["day"].isoformat(), source] += row["articles"]
    order = [_label(source) for source in named]
    order += [OTHERS] if len(most) > len(named) else []
    data = [{"day": day, "source": source, "articles": count, "rank": order.index(source)}
            for (day, source), count in values.items()]  # fmt: skip
    chart = (
        alt.Chart(alt.InlineData(values=data))
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X("day:T", title=None, timeUnit="utcyearmonthdate", axis=alt.Axis(
                format="%e %b", grid=False, values=_days(first_on, last_on, width // 80)),
                scale=alt.Scale(type="utc", domain=[_utc(first_on), _utc(last_on + DAY)])),
            y=alt.Y("articles:Q", title="articles", stack=True,
                    axis=alt.Axis(values=_whole_steps(values), format="d")),
            color=alt.Color("source:N", title=None, sort=order, scale=alt.Scale(
                domain=order, range=list(_COLORS[: len(order)])),
                legend=alt.Legend(orient="bottom", columns=max(1, width // 180))),
            order=alt.Order("rank:Q"),
            description=alt.Description("description:N"),
        )
        .transform_calculate(
            description="utcFormat(toDate(datum.day), '%e %b %Y') + ', ' + datum.source + ': '"
            " + format(datum.articles, ',')"
        )
    )  # fmt: skip
    return _svg(chart, width, 220, "Articles per day and source")


def bars(rows: Rows, *, value: str, width: int, label: str) -> str:
    """Return horizontal bars of the column `value` by the column `name`, longest first."""
    if not rows:
        return ""
    data = [{"name": _label(row["name"]), "at": at, "value": row[value]}
            for at, row in enumerate(rows)]  # fmt: skip
    base = alt.Chart(alt.InlineData(values=data)).encode(
        # By position, not by name: two entries with the same name keep separate bars.
        y=alt.Y("at:O", title=None, sort=None, axis=alt.Axis(
            domain=False, ticks=False, labelLimit=width // 2, labelExpr=_names(data))),
        x=alt.X("value:Q", title=None, axis=None),
        description=alt.Description("description:N"),
    ).transform_calculate(description=f"datum.name + ': ' + format(datum.value, ',') + ' {label}'")  # fmt: skip
    marks = base.mark_bar(color=_COLORS[0], height={"band": 0.7}, cornerRadiusEnd=2)
    numbers = base.mark_text(align="left", dx=4, fill="currentColor").encode(
        text=alt.Text("value:Q", format=",")
    )
    return _svg(marks + numbers, width, 22 * len(data), label)


def _names(data: Sequence[dict[str, Any]]) -> str:
    """Return a Vega expression for the label of each bar, with every name quoted."""
    quoted = ", ".join(
        "'" + row["name"].replace("\\", "\\\\").replace("'", "\\'") + "'" for row in data
    )
    return f"[{quoted}][datum.value]"


def _days(first_on: date, last_on: date, most: int) -> list[alt.DateTime]:
    """Return at most about `most` days, evenly spread."""
    days = (last_on - first_on).days + 1
    return [_utc(first_on + at * DAY) for at in range(0, days, -(-days // most))]


def _utc(day: date) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def _whole_steps(values: Mapping[tuple[str, str], int]) -> list[int]:
    """Return about five whole numbers from 0 to the highest stack, for the axis."""
    stacks = Counter[str]()
    for (day, _), count in values.items():
        stacks[day] += count
    highest = max(stacks.values())
    power = 10 ** max(0, len(str(highest)) - 2)
    step = next(n * power for n in (1, 2, 5, 10, 20, 50) if highest <= 6 * n * power)
    return list(range(0, highest + step, step))


def _label(text: str) -> str:
    text = plain(text)
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


def _svg(chart: alt.Chart | alt.LayerChart, width: int, height: int, label: str) -> str:
    styled = chart.properties(
        width=width, height=height, background="transparent", autosize=alt.AutoSizeParams(
            type="fit-x", contains="padding"),
        # The reader's sans-serif font may be wider than the one measured here.
        padding=cast("Any", {"left": 16, "right": 24, "top": 8, "bottom": 5}),
    ).configure(font="sans-serif").configure_view(stroke=None).configure_axis(
        labelColor="currentColor", titleColor="currentColor", tickColor="currentColor",
        domainColor="currentColor", gridColor="currentColor", gridOpacity=0.15, labelFontSize=12,
        titleFontSize=12, titleFontWeight="normal",
    ).configure_legend(labelColor="currentColor", labelFontSize=12, labelLimit=170, columnPadding=24)  # fmt: skip
    drawn = vl_convert.vegalite_to_svg(styled.to_dict())
    return _with_tooltips(drawn, label)


def _with_tooltips(svg: str, label: str) -> str:
    """Return the drawing with a label for screen readers and a tooltip for each mark."""
    root = etree.fromstring(svg.encode())
    root.set("role", "img")
    root.set("aria-label", label)
    # Clip paths have the same ids in every drawing, and nothing is drawn outside them.
    etree.strip_elements(root, f"{_SVG}defs")
    for clipped in root.iter():
        clipped.attrib.pop("clip-path", None)
    for mark in root.iter(f"{_SVG}path", f"{_SVG}text"):
        text = mark.attrib.pop("aria-label", None)
        mark.attrib.pop("aria-roledescription", None)
        if text and mark.tag == f"{_SVG}path":
            etree.SubElement(mark, f"{_SVG}title").text = text
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")
