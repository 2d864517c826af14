"""What `onrecord feeds` shows: one line per feed.

On a terminal a line is as wide as the terminal, and long names are cut. In a pipe nothing is cut,
and each feed is still one line, so that other programs can search in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len, set_cell_size

from flows.feeds.feed_facts import age, until
from flows.feeds.health import name_of
from flows.printable import plain

Row = Mapping[str, Any]

_COLUMNS = ("feed", "state", "last new", "per day", "next poll", "note")
_GAP = "  "
_LEAST_NAME = 20  # characters of a name that stay readable
_LEAST_NOTE = 16  # "since 2024-06-03", or the code of a failure; a shorter note is left out


def feed_table(rows: Sequence[Row], *, now: datetime, width: int | None) -> str:
    """Return one line per feed; a width of None means that nothing is cut."""
    names = _names(rows)
    lines = [_COLUMNS, *(_cells(row, name, now) for row, name in zip(rows, names, strict=True))]
    wide = [max(cell_len(line[at]) for line in lines) for at in range(len(_COLUMNS))]
    wide[5] = wide[5] if any(row["note"] for row in rows) else 0
    if width is not None:
        wide = _fitted(wide, width)
    shown = [at for at, size in enumerate(wide) if size]
    return "".join(
        _GAP.join(_sized(line[at], wide[at], is_right=at == 3) for at in shown).rstrip() + "\n"
        for line in lines
    )


def _names(rows: Sequence[Row]) -> list[str]:
    """Return the name of each feed; feeds with the same title also show their addresses."""
    same = Counter(name_of(row).casefold() for row in rows)
    return [
        plain(name_of(row) if same[name_of(row).casefold()] == 1 else _with_address(row))
        for row in rows
    ]


def _with_address(row: Row) -> str:
    return f"{name_of(row)} ({str(row['url']).partition('://')[2]})"


def _cells(row: Row, name: str, now: datetime) -> tuple[str, ...]:
    rate = row["new_per_day"]
    return (
        name,
        row["state"],
        age(row["last_new_at"], now),
        "" if rate is None else f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}",
        until(row["next_poll_at"], now) or ("now" if row["state"] == "new" else ""),
        plain(row["note"] or ""),
    )


def _fitted(wide: list[int], width: int) -> list[int]:
    """Return the widths of the columns so that a line fits; the note gets a third of the room."""
    room = width - sum(wide[1:5]) - 4 * len(_GAP)
    if not wide[5] or room < _LEAST_NAME + len(_GAP) + _LEAST_NOTE:
        return [min(wide[0], max(room, _LEAST_NAME)), *wide[1:5], 0]
    note = min(wide[5], max(_LEAST_NOTE, room // 3, room - len(_GAP) - wide[0]))
    return [min(wide[0], room - len(_GAP) - note), *wide[1:5], note]


def _sized(text: str, size: int, *, is_right: bool) -> str:
    """Return a cell with an exact width; a longer text is cut and ends with an ellipsis."""
    if cell_len(text) > size:
        text = f"{set_cell_size(text, size - 1).rstrip()}…"
    rest = " " * (size - cell_len(text))
    return rest + text if is_right else text + rest
