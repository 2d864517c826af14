"""Figures as tables in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
_HEAD = ("figure", "ours", "against", "ratio", "range", "aim", "")


def figure_table(rows: Sequence[Row]) -> str:
    """Return a table of stored figures, and below it the errors of those that failed."""
    lines = [_HEAD, *map(_cells, rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_HEAD))]
    shown = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    errors = [f"\n{row['name']}: {row['error']}" for row in rows if row["error"]]
    return "\n".join([shown[0], _rule(widths), *shown[1:], *errors])


def growth_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with one line for each size."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    shown = ["| " + " | ".join(map(str.rjust, line, widths)) + " |" for line in (head, *rows)]
    return "\n".join([shown[0], _rule(widths, ":"), *shown[1:]])


def _rule(widths: Sequence[int], end: str = "-") -> str:
    return "|" + "|".join("-" * (width + 1) + end for width in widths) + "|"


def _cells(row: Row) -> tuple[str, ...]:
    if row["error"]:
        return (row["name"], "failed", row["against"], "", "", _aim(row), "")
    reached = {True: "yes", False: "no", None: ""}[row["is_reached"]]
    return (
        row["name"],
        amount(row["ours"], row["unit"]),
        f"{row['against']} {amount(row['yardstick'], '')}",
        f"{row['ratio']:.2f}",
        f"{row['low']:.2f}-{row['high']:.2f}",
        _aim(row),
        reached,
    )


def _aim(row: Row) -> str:
    if row["aim"] is None:
        return ""
    sign = "≥" if row["is_least"] else "≤"
    return f"{sign} {amount(row['aim'], '' if row['aim_of'] == 'ratio' else row['unit'])}"


def amount(number: float, unit: str) -> str:
    """Return a number with three digits and its unit.

    >>> amount(0.04213, "s"), amount(1234.5, "MB"), amount(27.31, "ms"), amount(0.12, "")
    ('0.042 s', '1,234 MB', '27.3 ms', '0.12')
    """
    if abs(number) >= 100:
        shown = f"{number:,.0f}"
    else:
        shown = f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"
        if abs(number) < 0.1:
            shown = f"{number:.3f}".removesuffix("0")
    return f"{shown} {unit}".rstrip()
