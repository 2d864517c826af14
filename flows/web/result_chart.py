"""A chart of a query's result: bars of a number by a name or a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from markupsafe import Markup

from flows.web.charts import bars, in_both_widths
from warehouse.limited_reader import Result

_MOST: Final = 60  # bars; more cannot be read
_NUMBERS: Final = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "HUGEINT")


def draw_result(result: Result) -> dict[str, Markup]:
    """Return drawings of the first column with numbers by the first other one, by width.

    There are none if a column is missing.
    """
    numbers = number_columns(result)
    names = [at for at in range(len(result.columns)) if at not in numbers]
    if not numbers or not names:
        return {}
    name, value = names[0], numbers[0]
    rows = [
        {"name": _text(row[name]), "value": row[value]}
        for row in result.rows
        if row[value] is not None
    ][:_MOST]
    label = f"{result.columns[value]} by {result.columns[name]}"
    return in_both_widths(bars, rows, value="value", label=label)


def number_columns(result: Result) -> list[int]:
    """Return the places of the columns with numbers."""
    return [at for at, kind in enumerate(result.types) if _is_number(kind)]


def _is_number(kind: str) -> bool:
    return any(part in kind for part in _NUMBERS) and "[" not in kind


def _text(value: Any) -> str:
    if value is None:
        return "no value"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
