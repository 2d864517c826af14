"""Sheets of workbooks (.xlsx, .xls, .xlsb, .ods) as records.

The header is the first row of names, so a title above the table does no harm. Cells that
are merged have their value in all their rows.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from flows.errors import InputError
from flows.inputs.records import Record
from flows.inputs.streams import readable
from transforms.importing.fields import FieldNames, plain_name

MAX_SHEET_BYTES = 500_000_000  # inflated; a workbook is held in memory
_HEADER_ROWS: Final = 20  # rows in which the header is searched

Row = list[Any]


def read_sheet(
    path: Path, names: FieldNames, *, sheet: str | None = None
) -> tuple[str, Iterator[Record]]:
    """Return the name of a sheet, and its rows with the numbers that a spreadsheet shows.

    Args:
        path: The workbook.
        names: The known names of columns.
        sheet: Name of the sheet; None for the first one that is visible and not empty.

    Raises:
        InputError: The workbook cannot be read or is too large, or has no such sheet.
    """
    _check_size(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        chosen = _choose(path, book, sheet)
        rows = [list(row) for row in chosen.to_python(skip_empty_area=False)]
        _fill_merged(chosen, rows)
    except (CalamineError, OSError, ValueError) as exc:
        problem = f"cannot be read as a workbook: {exc}"
        raise InputError(readable(path), "unreadable", problem) from exc
    at = _find_header(rows, names)
    columns = _columns(rows[at]) if rows else ()
    return chosen.name, _records(rows, at, columns)


def _check_size(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        size = path.stat().st_size
    else:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    if size > MAX_SHEET_BYTES:
        problem = f"holds {size // 1_000_000} MB: save the sheet as CSV, which has no such limit"
        raise InputError(readable(path), "too_large", problem)


def _choose(path: Path, book: CalamineWorkbook, sheet: str | None) -> CalamineSheet:
    if sheet is not None:
        if sheet not in book.sheet_names:
            listed = ", ".join(f'"{name}"' for name in book.sheet_names)
            problem = f'has no sheet "{sheet}": its sheets are {listed}'
            raise InputError(readable(path), "no_sheet", problem)
        return book.get_sheet_by_name(sheet)
    shown = [
        one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible
    ] or book.sheet_names
    for name in shown:
        found = book.get_sheet_by_name(name)
        if found.height:
            return found
    raise InputError(readable(path), "empty", "has no sheet with rows")


def _fill_merged(sheet: CalamineSheet, rows: list[Row]) -> None:
    """Write the value of merged cells into each of their rows, in their first column."""
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]


def _find_header(rows: list[Row], names: FieldNames) -> int:
    """Return the index of the header: the first row with two known names, or with two names."""
    top = rows[:_HEADER_ROWS]
    for at, row in enumerate(top):
        known = [
            cell for cell in row if isinstance(cell, str) and plain_name(cell) in names.columns
        ]
        if len(known) > 1:
            return at
    for at, row in enumerate(top):
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) > 1:
            return at
    return 0


def _columns(row: Row) -> tuple[str, ...]:
    return tuple(
        " ".join(str(cell).split()) or f"column {number}" for number, cell in enumerate(row, 1)
    )


def _records(rows: list[Row], at: int, columns: tuple[str, ...]) -> Iterator[Record]:
    for number, row in enumerate(rows[at + 1 :], at + 2):
        if any(cell not in {"", None} for cell in row):
            yield Record(number, dict(zip(columns, row, strict=False)))
