"""Tables for the terminal, and JSON for other programs.

A table fits the width of the terminal: columns shrink as far as they stay readable, and
wider rows are shown with one column per line. Control characters are replaced everywhere,
because a headline must not be able to steer the terminal.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.printable import plain

# Characters in UTF-8 that JSON does not escape but terminals obey: DEL, C1, text direction.
_STEERING = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
_EXACT_DIGITS = 15  # of a decimal that a number in JSON keeps
_PIPED_WIDTH = 100  # used if there is no terminal


def write_json(value: object) -> None:
    """Print `value` as one line of JSON."""
    sys.stdout.buffer.write(as_json(value))
    sys.stdout.buffer.flush()


def as_json(value: object) -> bytes:
    """Return `value` as one line of JSON; types that JSON lacks become strings.

    Control characters are escaped, which does not change the value.
    """
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    try:
        text = orjson.dumps(value, default=_in_json, option=options)
    except TypeError:  # an integer of more than 64 bits, or text that is not Unicode
        text = f"{json.dumps(value, default=_in_json, separators=(',', ':'))}\n".encode()
    return _STEERING.sub(_escape, text)


def _in_json(value: object) -> float | str:
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= _EXACT_DIGITS:
        return float(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def _escape(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found[0].decode())


def terminal_width() -> int | None:
    """Return the width of the terminal in characters; None if there is no terminal."""
    terminal = Console()
    return terminal.width if terminal.is_terminal else None


def as_table(columns: Sequence[str], rows: Rows) -> str:
    """Return rows as a table that fits the terminal."""
    return as_text(columns, rows, width=terminal_width() or _PIPED_WIDTH)


Rows = Sequence[Sequence[Any]]

_READABLE = 16  # characters below which a column of text does not shrink
_GAP = 2  # spaces between two columns


def cell(value: object) -> str:
    """Return one value as text; numbers are short, and instants omit zero seconds.

    >>> cell(0.30000000000000004), cell([1, None]), cell(True)
    ('0.3', '1, ', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.2f}"
    if isinstance(value, datetime):
        shown = "%Y-%m-%d %H:%M" if not value.second else "%Y-%m-%d %H:%M:%S"
        return value.strftime(shown)
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{plain(str(key))}: {cell(item)}" for key, item in value.items())
    return plain(str(value))


def as_text(columns: Sequence[str], rows: Rows, *, width: int) -> str:
    """Return rows as a table, or with one column per line if a table would be too wide."""
    cells = [[cell(value) for value in row] for row in rows]
    names = [plain(name) for name in columns]
    least = sum(_GAP + min(_READABLE, _natural(names, cells, at)) for at in range(len(names)))
    if rows and least > width + _GAP:
        return _records(names, cells, width)
    return _table(names, rows, cells, width)


def _natural(names: Sequence[str], cells: Sequence[Sequence[str]], at: int) -> int:
    return max(cell_len(names[at]), *(cell_len(row[at]) for row in cells), 1)


def _table(names: Sequence[str], rows: Rows, cells: Sequence[Sequence[str]], width: int) -> str:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for at, name in enumerate(names):
        values = [row[at] for row in rows if row[at] is not None]
        # A number or a day that is broken over two lines is easy to misread.
        is_solid = bool(values) and all(isinstance(v, int | float | Decimal | date) for v in values)
        is_number = is_solid and not isinstance(values[0], date | bool)
        least = min(_READABLE, _natural(names, cells, at))
        table.add_column(
            Text(name),
            justify="right" if is_number else "left",
            no_wrap=is_solid,
            min_width=None if is_solid else least,
            overflow="fold",
        )
    for line in cells:
        table.add_row(*(Text(value) for value in line))
    return _printed(table, width)


def _records(names: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> str:
    widest = max(cell_len(name) for name in names)
    parts = []
    for number, line in enumerate(cells, 1):
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        grid.add_column(no_wrap=True, min_width=widest)
        grid.add_column(overflow="fold")
        for name, value in zip(names, line, strict=True):
            if value:
                grid.add_row(Text(name), Text(value))
        parts.append(f"── {number:,} {'─' * max(3, min(width, 60) - len(f'{number:,}') - 4)}\n")
        parts.append(_printed(grid, width))
    return "".join(parts)


def _printed(table: Table, width: int) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=False, color_system=None).print(table)
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())
