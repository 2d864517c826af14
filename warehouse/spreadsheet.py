"""Writes rows to an Excel workbook (.xlsx), one row at a time, so that memory stays bounded.

Excel knows no time zones: instants are written as UTC, and their column headers say so.
Text is never a formula. What Excel cannot hold is counted and reported:

- a cell has at most 32,767 characters: longer text is cut;
- a sheet has at most 1,048,576 rows: more rows go on in further sheets;
- a sheet has at most 65,530 links: further URLs are plain text;
- a number has at most 15 digits, and the first day is 1900-01-01: other numbers and days
  are text.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from warehouse.errors import ExportError, WarehouseUnwritableError
from warehouse.files import replace_output

MAX_ROWS = 1_048_576  # of a sheet, with its header
MAX_LINKS = 65_530
MAX_CELL = 32_767  # UTF-16 units
_MAX_COLUMNS = 16_384
_MAX_LINK = 2_079  # characters of a URL
_MAX_INTEGER = 10**15
_MAX_DIGITS = 15
# Excel believes that 1900 was a leap year, so other programs read its first days differently.
_FIRST_DAY = date(1900, 3, 1)

# Characters that XML forbids, and those that only steer a terminal.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINK = re.compile(r"https?://\S+")
_FORMULA = ("=", "+", "-", "@")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")

_SAMPLE_ROWS = 1_000  # widths are chosen from the first rows
_WIDEST = 60  # characters
_FILTER_WIDTH = 3  # characters that the arrow of the filter hides


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows for one sheet.

    Attributes:
        name: Its name; forbidden characters are replaced.
        columns: Name of each column.
        types: DuckDB type of each column.
        pieces: Lists of rows.
    """

    name: str
    columns: Sequence[str]
    types: Sequence[str]
    pieces: Iterable[Sequence[Sequence[Any]]]


@dataclass(slots=True)
class Limits:
    """What a workbook could not hold as it was.

    Attributes:
        cut_cells: Cells whose text was cut.
        plain_links: URLs that are plain text.
        plain_numbers: Numbers with more than 15 digits, which are text.
        further_sheets: Sheets added for rows beyond the limit of one sheet.
    """

    cut_cells: int = 0
    plain_links: int = 0
    plain_numbers: int = 0
    further_sheets: int = 0

    def notes(self) -> list[str]:
        """Return one sentence for each limit that was reached."""
        told = (
            (self.cut_cells, f"cells cut to {MAX_CELL:,} characters, the limit of Excel"),
            (self.plain_links, f"URLs without a link, because a sheet has at most {MAX_LINKS:,}"),
            (self.plain_numbers, f"numbers as text, because Excel keeps {_MAX_DIGITS} digits"),
            (self.further_sheets, f"further sheets, because one has at most {MAX_ROWS:,} rows"),
        )
        return [f"{text}: {count:,}" for count, text in told if count]


def write_workbook(target: Path, sheets: Iterable[Sheet]) -> Limits:
    """Write sheets to a workbook in one step; return the limits that were reached.

    Raises:
        WarehouseUnwritableError: The file cannot be written.
        ExportError: A sheet has more than 16,384 columns.
    """
    limits = Limits()
    try:
        with (
            replace_output(target) as partial,
            tempfile.TemporaryDirectory() as scratch,
            partial.open("wb") as stream,
        ):
            options = {"constant_memory": True, "tmpdir": scratch, "use_zip64": True}
            with Workbook(stream, options) as workbook:
                workbook.set_properties({"comments": "Instants are UTC."})
                formats = _Formats(workbook)
                for sheet in sheets:
                    if len(sheet.columns) > _MAX_COLUMNS:
                        problem = f"{len(sheet.columns):,} columns do not fit a sheet: select fewer"
                        raise ExportError(str(target), problem)
                    _write_sheet(workbook, sheet, formats, limits)
    except OSError as exc:
        raise WarehouseUnwritableError(target, exc.strerror or str(exc)) from exc
    except XlsxFileError as exc:
        raise WarehouseUnwritableError(target, str(exc)) from exc
    return limits


class _Formats:
    """The cell formats of a workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self.header: Format = workbook.add_format({"bold": True, "bottom": 1})
        self.day: Format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.instant: Format = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.time: Format = workbook.add_format({"num_format": "hh:mm:ss"})
        self.link: Format = workbook.get_default_url_format()
        # With it, text stays text when somebody edits the cell.
        self.no_formula: Format = workbook.add_format({"quote_prefix": True})


def _write_sheet(workbook: Workbook, sheet: Sheet, formats: _Formats, limits: Limits) -> None:
    part = 1
    writer = _SheetWriter(
        workbook.add_worksheet(_sheet_name(sheet.name, part)), sheet, formats, limits
    )
    for piece in sheet.pieces:
        for row in piece:
            if writer.rows == MAX_ROWS:
                writer.finish()
                part += 1
                limits.further_sheets += 1
                named = workbook.add_worksheet(_sheet_name(sheet.name, part))
                writer = _SheetWriter(named, sheet, formats, limits)
            writer.add(row)
    writer.finish()


def _sheet_name(name: str, part: int) -> str:
    suffix = f" ({part})" if part > 1 else ""
    return _SHEET_NAME.sub(" ", name)[: 31 - len(suffix)] + suffix


class _SheetWriter:
    """One sheet of a workbook, with its header."""

    def __init__(
        self, worksheet: Worksheet, sheet: Sheet, formats: _Formats, limits: Limits
    ) -> None:
        self._worksheet = worksheet
        self._formats = formats
        self._limits = limits
        self._links = 0
        self._widths = []
        for at, shown in enumerate(shown_columns(sheet)):
            worksheet.write_string(0, at, _clean(shown), formats.header)
            self._widths.append(len(shown) + _FILTER_WIDTH)
        self.rows = 1

    def add(self, row: Sequence[Any]) -> None:
        """Write the next row."""
        for at, value in enumerate(row):
            width = self._write(at, value)
            if self.rows <= _SAMPLE_ROWS and width > self._widths[at]:
                self._widths[at] = width
        self.rows += 1

    def finish(self) -> None:
        """Set the widths, the filter and the frozen header."""
        for at, width in enumerate(self._widths):
            self._worksheet.set_column(at, at, min(width + 1, _WIDEST))
        self._worksheet.freeze_panes(1, 0)
        if self._widths:
            self._worksheet.autofilter(0, 0, self.rows - 1, len(self._widths) - 1)

    def _write(self, at: int, value: Any) -> int:  # one case per type
        """Write a cell and return the width that it needs, in characters."""
        sheet, row = self._worksheet, self.rows
        match value:
            case None:
                return 0
            case str():
                return self._write_text(at, value)
            case bool():
                sheet.write_boolean(row, at, value)
                return 5
            case int() | float() | Decimal() if _is_exact(value):
                sheet.write_number(row, at, value)
                return len(str(value))
            case int() | float() | Decimal():
                self._limits.plain_numbers += math.isfinite(value)
                return self._write_text(at, str(value))
            case datetime() if value.date() >= _FIRST_DAY:
                sheet.write_datetime(row, at, _as_utc(value), self._formats.instant)
                return 19
            case date() if not isinstance(value, datetime) and value >= _FIRST_DAY:
                sheet.write_datetime(row, at, value, self._formats.day)
                return 10
            case time() if value.tzinfo is None:
                sheet.write_datetime(row, at, value, self._formats.time)
                return 8
            case datetime():
                return self._write_text(at, str(_as_utc(value)))
            case _:
                return self._write_text(at, as_cell_text(value))

    def _write_text(self, at: int, value: str) -> int:
        text = _clean(value)
        if not text:
            return 0
        if _LINK.fullmatch(text) and len(text.encode("utf-16-le")) <= 2 * _MAX_LINK:
            if self._links < MAX_LINKS:
                self._links += 1
                self._worksheet.write_url(self.rows, at, text, self._formats.link, text)
                return len(text)
            self._limits.plain_links += 1
        style = self._formats.no_formula if text.startswith(_FORMULA) else None
        if self._worksheet.write_string(self.rows, at, text, style) < 0:
            self._limits.cut_cells += 1
        return len(text)


def shown_columns(sheet: Sheet) -> list[str]:
    """Return the headers of a sheet; those of instants say that they are UTC."""
    return [
        f"{name} (UTC)" if kind == "TIMESTAMP WITH TIME ZONE" else name
        for name, kind in zip(sheet.columns, sheet.types, strict=True)
    ]


def as_cell_text(value: Any) -> str:
    """Return a value without a cell type as text.

    >>> as_cell_text(["Ana Petrova", "Ben Holm"]), as_cell_text([[0, 4], [9, 12]])
    ('Ana Petrova; Ben Holm', '[[0,4],[9,12]]')
    """
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return "; ".join("" if item is None else str(item) for item in value)
    if isinstance(value, list | tuple | dict):
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    return str(value)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _is_exact(number: int | float | Decimal) -> bool:
    """Whether a cell holds a number without loss; a DOUBLE has no exact digits to lose."""
    if isinstance(number, float):
        return math.isfinite(number)
    if isinstance(number, int):
        return abs(number) < _MAX_INTEGER
    return number.is_finite() and len(number.normalize().as_tuple().digits) <= _MAX_DIGITS


def _as_utc(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
