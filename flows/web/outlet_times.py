"""A drawing of who published when: one row for each outlet, one mark for each article.

Marks differ in shape as well as in colour. Outlets are in the order of their first article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from markupsafe import Markup

from flows.printable import number, plain
from flows.web.svg import WIDTHS, draw
from flows.web.text_width import shortened, text_width
from flows.web.time_axis import TimeAxis

_MOST_ROWS: Final = 40  # outlets with a row of their own; the others share one
_ROW: Final = 20  # pixels, as the following ones
_TOP: Final = 26
_LEGEND_LINE: Final = 18
_SIZE: Final = 4.5  # half of the width of a mark
# Okabe and Ito's palette, as in the charts.
_COLORS: Final = {"diamond": "#D55E00", "circle": "#0072B2", "square": "#999999", "triangle": "#CC79A7"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of mark: its shape (diamond, circle, square or triangle) and what it stands for."""

    shape: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An article in the drawing.

    Attributes:
        outlet: Its outlet.
        at: When it was published.
        form: Key of its form.
        text: What a pointer on the mark shows, after outlet and time.
    """

    outlet: str
    at: datetime
    form: str
    text: str


def draw_outlet_times(
    marks: Sequence[Mark], forms: dict[str, Form], *, label: str
) -> dict[str, Markup]:
    """Return drawings by width; none without marks.

    Args:
        marks: The articles.
        forms: The kinds of marks, in the order of the legend; earlier ones are drawn over later ones.
        label: Name of the drawing.
    """
    if not marks:
        return {}
    ordered = sorted(marks, key=lambda mark: (mark.at, mark.outlet))
    return {
        kind: Markup(draw("outlet_times", "times", _chart(ordered, forms, label, width)))  # noqa: S704  # escaped XML
        for kind, width in WIDTHS.items()
    }


def _chart(marks: Sequence[Mark], forms: dict[str, Form], label: str, width: int) -> dict[str, Any]:
    """Return what the drawing shows, with positions in pixels; `marks` are ordered by time."""
    places, names = _rows(marks)
    counts = Counter(places[mark.outlet] for mark in marks)
    texts = [shortened(plain(name), width * 0.32) for name in names]
    left = max(map(text_width, texts)) + 10
    right = width - text_width(f"{max(counts.values()):,}") - 14
    axis = TimeAxis(marks[0].at, marks[-1].at, left=left + _SIZE, right=right - _SIZE)
    floor = _TOP + _ROW * len(names)
    legend = _legend(marks, forms, width, floor + 40)
    return {
        "label": label,
        "description": _description(marks, names, forms),
        "width": width,
        "height": legend[-1]["y"] + 8,
        "left": left,
        "right": right,
        "top": _TOP,
        "floor": floor,
        "count_at": width,
        "ticks": list(_ticks(axis, width)),
        "rows": [
            {"y": _TOP + _ROW * (at + 0.5), "text": text, "name": plain(name), "count": counts[at]}
            for at, (text, name) in enumerate(zip(texts, names, strict=True))
        ],
        "marks": [
            {
                "x": axis.at(mark.at), "y": _TOP + _ROW * (places[mark.outlet] + 0.5),
                "shape": forms[mark.form].shape, "color": _COLORS[forms[mark.form].shape],
                "title": f"{plain(mark.outlet)}, {_minute(mark.at)}: {plain(mark.text)}",
            }
            for key in reversed(forms) for mark in marks if mark.form == key
        ],
        "legend": legend, "size": _SIZE,
    }  # fmt: skip


def _rows(marks: Sequence[Mark]) -> tuple[dict[str, int], list[str]]:
    """Return the row of each outlet, and the names of the rows; the last one may be shared."""
    outlets = list(dict.fromkeys(mark.outlet for mark in marks))
    if len(outlets) <= _MOST_ROWS:
        return {outlet: at for at, outlet in enumerate(outlets)}, outlets
    most = Counter(mark.outlet for mark in marks)
    first = outlets[0]
    kept = {first, *sorted(outlets, key=lambda outlet: -most[outlet])[: _MOST_ROWS - 1]}
    own = [outlet for outlet in outlets if outlet in kept]
    rows = {outlet: at for at, outlet in enumerate(own)}
    others = f"{len(outlets) - len(own):,} other outlets"
    return {outlet: rows.get(outlet, len(own)) for outlet in outlets}, [*own, others]


def _ticks(axis: TimeAxis, width: int) -> list[dict[str, Any]]:
    ticks = []
    for tick in axis.ticks():
        half = text_width(tick.text) / 2
        text_at = min(max(tick.at, half), width - half)
        ticks.append({"at": tick.at, "text_at": text_at, "text": tick.text})
    return ticks


def _legend(
    marks: Sequence[Mark], forms: dict[str, Form], width: int, top: float
) -> list[dict[str, Any]]:
    """Return the kinds of marks that occur, in as many lines as they need."""
    used = {mark.form for mark in marks}
    x, y = _SIZE + 1, top
    entries: list[dict[str, Any]] = []
    for key, form in forms.items():
        if key not in used:
            continue
        room = text_width(form.meaning) + 30
        if entries and x + room > width:
            x, y = _SIZE + 1, y + _LEGEND_LINE
        entries.append({
            "x": x, "y": y, "shape": form.shape, "color": _COLORS[form.shape], "text": form.meaning,
        })  # fmt: skip
        x += room
    return entries


def _description(marks: Sequence[Mark], names: Sequence[str], forms: dict[str, Form]) -> str:
    """Return the drawing in words."""
    counts = Counter(mark.form for mark in marks)
    told = "; ".join(
        f"{form.meaning}: {counts[key]:,}" for key, form in forms.items() if counts[key]
    )
    return (
        f"{number(len(marks), 'article')} in {number(len(names), 'row')}, from {_minute(marks[0].at)}"
        f" to {_minute(marks[-1].at)}. First: {plain(marks[0].outlet)}. {told}."
    )


def _minute(instant: datetime) -> str:
    at = instant.astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
