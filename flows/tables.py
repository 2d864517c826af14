"""Rows on standard output: a table for people, CSV, JSON or Markdown for what comes next."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.report import plain

Rows = Sequence[Sequence[Any]]

_PIPED_WIDTH = 160  # without a terminal there is no width to ask for


def write_rows(columns: Sequence[str], rows: Rows, *, fmt: str) -> None:
    """Print rows in the format `table`, `csv`, `json` or `markdown`."""
    if fmt == "csv":
        sys.stdout.write(as_csv(columns, rows))
    elif fmt == "json":
        write_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif fmt == "markdown":
        sys.stdout.write(as_markdown(columns, rows))
    else:
        sys.stdout.write(as_table(columns, rows))


def write_json(value: object) -> None:
    """Print `value` as one line of JSON."""
    sys.stdout.buffer.write(orjson.dumps(value, default=str, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def as_csv(columns: Sequence[str], rows: Rows) -> str:
    """Return rows as CSV with a header; NULL is an empty field."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if value is None else value for value in row] for row in rows])
    return stream.getvalue()


def as_markdown(columns: Sequence[str], rows: Rows) -> str:
    """Return rows as a Markdown table."""
    lines = [columns, ["---"] * len(columns), *([cell(value) for value in row] for row in rows)]
    return "".join(
        "| " + " | ".join(c.replace("|", "\\|") for c in line) + " |\n" for line in lines
    )


def as_table(columns: Sequence[str], rows: Rows) -> str:
    """Return rows as a table that fits the terminal, with control characters replaced."""
    stream = io.StringIO()
    terminal = Console()
    width = terminal.width if terminal.is_terminal else _PIPED_WIDTH
    console = Console(file=stream, width=width, force_terminal=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    console.print(table)
    return stream.getvalue()


def cell(value: object) -> str:
    """Return one value as text for a table."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, list):
        return ", ".join(cell(item) for item in value)
    return plain(str(value))
