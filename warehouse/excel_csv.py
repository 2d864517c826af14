"""CSV for people who open it in Excel with a double click.

Excel reads CSV by the language of the computer: where decimals are written with a comma, it
expects semicolons between the cells. A first line `sep=;` would tell it, but other programs read
that line as data, so the user chooses. UTF-8 begins with a byte-order mark, or Excel reads it as
another encoding. Instants are UTC without an offset, cells are no longer than Excel allows, and an
apostrophe precedes text that Excel would run as a formula (OWASP, "CSV injection").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from warehouse.spreadsheet import MAX_CELL, MAX_ROWS, Sheet, as_cell_text, shown_columns

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(slots=True)
class ExcelCsv:
    """How CSV for Excel is written, and what Excel will not show.

    Attributes:
        decimal: Sign before the decimals: a point, or a comma with semicolons between cells.
        cut_cells: Cells that were cut to the length that Excel allows.
        rows: Rows written.
    """

    decimal: str = "."
    cut_cells: int = 0
    rows: int = 0

    def text_of(self, sheet: Sheet) -> Iterator[str]:
        """Yield the rows of a sheet, in pieces that end with a line; count what is lost."""
        header = [self._field(name) for name in shown_columns(sheet)]
        yield "\ufeff" + self._lines([header])
        for piece in sheet.pieces:
            self.rows += len(piece)
            yield self._lines([[self._field(value) for value in row] for row in piece])

    def notes(self) -> list[str]:
        """Return one sentence for each limit of Excel that was reached."""
        told = (
            (self.cut_cells, f"cells cut to {MAX_CELL:,} characters, the limit of Excel"),
            (
                max(0, self.rows + 1 - MAX_ROWS),
                f"rows that Excel will not show, because a sheet has at most {MAX_ROWS:,}",
            ),
        )
        return [f"{text}: {count:,}" for count, text in told if count]

    def _lines(self, rows: list[list[str]]) -> str:
        stream = io.StringIO(newline="")
        delimiter = ";" if self.decimal == "," else ","
        csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
        return stream.getvalue()

    def _field(self, value: Any) -> str:
        match value:
            case None:
                return ""
            case bool():
                return str(value).upper()
            case int() | float() | Decimal():
                return str(value).replace(".", self.decimal)
            case datetime():
                shown = value.astimezone(UTC) if value.tzinfo else value
                return f"{shown:%Y-%m-%d %H:%M:%S}"
            case date():
                return str(value)
        text = value if isinstance(value, str) else as_cell_text(value)
        text = f"'{text}" if text.startswith(_FORMULA) else text
        if len(text) > MAX_CELL:  # Excel would put the rest into the next row
            self.cut_cells += 1
        return text[:MAX_CELL]
