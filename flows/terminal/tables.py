"""Rows on standard output: a table for people, CSV, JSON or Markdown for what comes next."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Sequence

import orjson
from rich.console import Console

from flows.terminal.layout import Rows, as_text, cell

# In UTF-8, what JSON leaves as it is and a terminal obeys: DEL, C1 and changes of direction.
_STEERING = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
_PIPED_WIDTH = 100  # without a terminal there is no width to ask for


def as_bytes(columns: Sequence[str], rows: Rows, *, fmt: str) -> bytes:
    """Return rows in a format, in UTF-8."""
    if fmt == "csv":
        text = as_csv(columns, rows)
    elif fmt == "json":
        return as_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif fmt == "markdown":
        text = as_markdown(columns, rows)
    else:
        text = as_table(columns, rows)
    return text.encode("utf-8", "replace")


def write_json(value: object) -> None:
    """Print `value` as one line of JSON."""
    sys.stdout.buffer.write(as_json(value))
    sys.stdout.buffer.flush()


def as_json(value: object) -> bytes:
    """Return `value` as one line of JSON; what JSON has no type for becomes a string.

    Characters that steer a terminal are escaped, so the value is the same.
    """
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    text = orjson.dumps(value, default=str, option=options)
    return _STEERING.sub(_escape, text)


def _escape(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found[0].decode())


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
    return "".join("| " + " | ".join(map(_escaped, line)) + " |\n" for line in lines)


def as_table(columns: Sequence[str], rows: Rows) -> str:
    """Return rows as a table that fits the terminal, with control characters replaced."""
    terminal = Console()
    width = terminal.width if terminal.is_terminal else _PIPED_WIDTH
    return as_text(columns, rows, width=width)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
