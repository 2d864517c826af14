"""Who ran whose texts, as a graph: who had them first at the left, who ran them later at the right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flows.printable import number, plain
from flows.web.charts import COLORS
from flows.web.svg import draw
from flows.web.text_width import shortened, text_width
from warehouse.report_data import Rows

# Pixels.
_TOP: Final = 34
_ROW: Final = 24
_LINE: Final = 1.5  # for each text
_THICKEST: Final = 12.0
_GAP: Final = 8  # between a name and its lines
_NAME_SHARE: Final = 0.36  # of the width, at most, for the names of a side


def copy_graph(rows: Rows, *, width: int) -> str:
    """Return the graph of the rows of `report/syndication.sql`, an empty text without rows."""
    if not rows:
        return ""
    left, right = _sides(rows)
    height = _TOP + _ROW * max(len(left), len(right))
    starts, ends = _places(left, height), _places(right, height)
    names = {source: shortened(plain(source), _NAME_SHARE * width) for source in (*left, *right)}
    first = max(text_width(names[source]) for source in left) + _GAP
    last = width - max(text_width(names[source]) for source in right) - _GAP
    each = min(_LINE, _THICKEST / max(row["texts"] for row in rows))
    colors = {source: COLORS[min(at, len(COLORS) - 1)] for at, source in enumerate(left)}
    lines = [
        {
            "y1": starts[row["earliest_source_id"]],
            "y2": ends[row["source_id"]],
            "color": colors[row["earliest_source_id"]],
            "width": max(1.0, each * row["texts"]),
            "title": _told(row),
        }
        for row in rows  # the thickest first, so that none is hidden
    ]
    return draw("charts", "links", {
        "label": "Who ran whose texts", "description": "; ".join(map(_told, rows)),
        "width": width, "height": height, "first": first, "last": last, "gap": _GAP,
        "heads": ("had it first", "ran it later"), "lines": lines,
        "left": [{"y": starts[source], "text": names[source]} for source in left],
        "right": [{"y": ends[source], "text": names[source]} for source in right],
    })  # fmt: skip


def _sides(rows: Rows) -> tuple[list[str], list[str]]:
    """Return the publishers of both sides.

    At the left, those with the most texts come first. At the right, each is near those whose
    texts it ran, so that few lines cross.
    """
    given, taken, weighed = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        given[row["earliest_source_id"]] += row["texts"]
        taken[row["source_id"]] += row["texts"]
    left = sorted(given, key=lambda source: (-given[source], source))
    at = {source: place for place, source in enumerate(left)}
    for row in rows:
        weighed[row["source_id"]] += at[row["earliest_source_id"]] * row["texts"]
    right = sorted(taken, key=lambda source: (weighed[source] / taken[source], source))
    return left, right


def _places(sources: Sequence[str], height: int) -> Mapping[str, float]:
    """Return the height of each publisher in the drawing, evenly spread."""
    step = (height - _TOP) / len(sources)
    return {source: _TOP + step * (at + 0.5) for at, source in enumerate(sources)}


def _told(row: Mapping[str, Any]) -> str:
    first, later = plain(row["earliest_source_id"]), plain(row["source_id"])
    return f"{first} → {later}: {number(row['texts'], 'text')}"
