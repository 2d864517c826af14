"""Rows as text: CSV, TSV, JSON, JSON Lines, Markdown or a table, piece by piece.

CSV and TSV are exact: NULL is an empty field, instants are ISO 8601, lists are JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from flows.output.formats import Format
from flows.output.tables import as_json, as_table, cell

if TYPE_CHECKING:  # most queries start without the writer of workbooks
    from warehouse.excel_csv import ExcelCsv
    from warehouse.spreadsheet import Sheet


class Rows(Protocol):
    """Rows that are read piece by piece, such as those of a query (`RowStream`)."""

    @property
    def columns(self) -> Sequence[str]:
        """Name of each column."""

    @property
    def types(self) -> Sequence[str]:
        """DuckDB type of each column."""

    @property
    def distinct_columns(self) -> Sequence[str]:
        """Name of each column, with a number if an earlier one has it."""

    def __iter__(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield lists of rows."""


def text_of(rows: Rows, fmt: Format, excel: ExcelCsv | None = None) -> Iterator[str]:
    """Yield the rows in a text format, in pieces that end with a line.

    Raises:
        QueryError: As for `RowStream`.
    """
    match fmt:
        case Format.CSV if excel:
            return excel.text_of(sheet_of(rows))
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


def sheet_of(rows: Rows) -> Sheet:
    """Return the rows as one sheet."""
    from warehouse.spreadsheet import Sheet

    return Sheet(name="rows", columns=rows.columns, types=rows.types, pieces=rows)


def _separated(rows: Rows, delimiter: str) -> Iterator[str]:
    yield _lines([rows.columns], delimiter)
    for piece in rows:
        yield _lines(piece, delimiter)


def _lines(rows: Iterable[Sequence[Any]], delimiter: str) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerows([_field(value) for value in row] for row in rows)
    return stream.getvalue()


def _field(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | dict):
        return as_json(value).decode().rstrip("\n")
    return value.hex() if isinstance(value, bytes) else value


def _json_lines(rows: Rows) -> Iterator[str]:
    names = rows.distinct_columns
    for piece in rows:
        lines = (as_json(dict(zip(names, row, strict=True))) for row in piece)
        yield b"".join(lines).decode()


def _json_array(rows: Rows) -> Iterator[str]:
    before = "["
    for lines in _json_lines(rows):
        yield before + lines.rstrip("\n").replace("\n", ",")
        before = ","
    yield "]\n" if before == "," else "[]\n"


def _markdown(rows: Rows) -> Iterator[str]:
    yield _bars(rows.columns) + _bars(["---"] * len(rows.columns))
    for piece in rows:
        yield "".join(_bars([cell(value) for value in row]) for row in piece)


def _bars(cells: Sequence[str]) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for text in cells
    )
    return "| " + " | ".join(escaped) + " |\n"


def _table(rows: Rows) -> Iterator[str]:
    """Yield the whole table: the widths of its columns depend on all rows."""
    yield as_table(rows.columns, [row for piece in rows for row in piece])
