"""Rows as text: CSV, TSV, JSON, JSON Lines, Markdown or a table, piece by piece.

CSV and TSV are exact: NULL is an empty field, instants are ISO 8601, lists are JSON.
CSV for Excel is for people who open it with a double click: UTF-8 with a byte-order mark,
instants as UTC without an offset, cells no longer than Excel allows, and an apostrophe before
text that Excel would run as a formula (OWASP, "CSV injection").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flows.cli.output_format import Format
from flows.cli.tables import as_json, as_table, cell
from flows.printable import number
from warehouse.queries import RowStream
from warehouse.spreadsheet import MAX_CELL, MAX_ROWS, as_cell_text

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(slots=True)
class ExcelCsv:
    """How CSV for Excel is written, and what Excel will not show.

    Attributes:
        decimal: Sign before the decimals. Excel splits CSV at commas where it is a point, and
            at semicolons where it is a comma.
        cut_cells: Cells that were cut to the length that Excel allows.
        rows: Rows written.
    """

    decimal: str = "."
    cut_cells: int = 0
    rows: int = 0

    @property
    def delimiter(self) -> str:
        """Sign between two cells."""
        return ";" if self.decimal == "," else ","

    def field(self, value: Any) -> Any:
        """Return a value as Excel reads it from CSV."""
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, int | float | Decimal):
            return str(value).replace(".", self.decimal)
        if isinstance(value, datetime):
            shown = value.astimezone(UTC) if value.tzinfo else value
            return f"{shown:%Y-%m-%d %H:%M:%S}"
        if value is None or isinstance(value, date):
            return _field(value)
        text = value if isinstance(value, str) else as_cell_text(value)
        text = f"'{text}" if text.startswith(_FORMULA) else text
        if len(text) > MAX_CELL:  # Excel would put the rest into the next row
            self.cut_cells += 1
        return text[:MAX_CELL]

    def notes(self) -> list[str]:
        """Return one sentence for each limit of Excel that was reached."""
        notes = []
        if self.cut_cells:
            cells = number(self.cut_cells, "cell")
            notes.append(f"{cells} cut to {MAX_CELL:,} characters, the limit of Excel")
        if self.rows >= MAX_ROWS:
            rows = number(self.rows - MAX_ROWS + 1, "row")
            notes.append(f"Excel will not show the last {rows}: a sheet has at most {MAX_ROWS:,}")
        return notes


def text_of(rows: RowStream, fmt: Format, excel: ExcelCsv | None = None) -> Iterator[str]:
    """Yield the rows in a text format, in pieces that end with a line.

    Raises:
        QueryError: As for `RowStream`.
    """
    match fmt:
        case Format.CSV if excel:
            return _excel_csv(rows, excel)
        case Format.CSV:
            return _separated(rows, ",")
        case Format.TSV:
            return _separated(rows, "\t")
        case Format.JSON:
            return _json_array(rows)
        case Format.JSONL:
            return _json_lines(rows)
        case Format.MARKDOWN:
            return _markdown(rows)
        case _:
            return _table(rows)


def _separated(rows: RowStream, delimiter: str) -> Iterator[str]:
    yield _lines([rows.columns], delimiter=delimiter)
    for piece in rows:
        yield _lines(piece, delimiter=delimiter)


def _excel_csv(rows: RowStream, excel: ExcelCsv) -> Iterator[str]:
    header = [
        f"{name} (UTC)" if kind == "TIMESTAMP WITH TIME ZONE" else name
        for name, kind in zip(rows.columns, rows.types, strict=True)
    ]
    yield "\ufeff" + _lines([header], delimiter=excel.delimiter, end="\r\n", field=excel.field)
    for piece in rows:
        excel.rows = rows.count
        yield _lines(piece, delimiter=excel.delimiter, end="\r\n", field=excel.field)


def _lines(
    rows: Sequence[Sequence[Any]],
    *,
    delimiter: str,
    end: str = "\n",
    field: Callable[[Any], Any] | None = None,
) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    writer.writerows([[(field or _field)(value) for value in row] for row in rows])
    return stream.getvalue()


def _field(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | dict):
        return as_json(value).decode().rstrip("\n")
    return value.hex() if isinstance(value, bytes) else value


def _json_lines(rows: RowStream) -> Iterator[str]:
    names = rows.distinct_columns
    for piece in rows:
        lines = (as_json(dict(zip(names, row, strict=True))) for row in piece)
        yield b"".join(lines).decode()


def _json_array(rows: RowStream) -> Iterator[str]:
    before = "["
    for lines in _json_lines(rows):
        yield before + lines.rstrip("\n").replace("\n", ",")
        before = ","
    yield "]\n" if before == "," else "[]\n"


def _markdown(rows: RowStream) -> Iterator[str]:
    yield _bars(rows.columns) + _bars(["---"] * len(rows.columns))
    for piece in rows:
        yield "".join(_bars([cell(value) for value in row]) for row in piece)


def _bars(cells: Sequence[str]) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for text in cells
    )
    return "| " + " | ".join(escaped) + " |\n"


def _table(rows: RowStream) -> Iterator[str]:
    """Yield the whole table: the widths of its columns depend on all rows."""
    yield as_table(rows.columns, [row for piece in rows for row in piece])
