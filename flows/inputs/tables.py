"""Tables in text files: CSV, TSV and the dialects that spreadsheets write.

The delimiter, the charset and the header are found in the first rows. A row that is broken
(a quotation mark that is never closed, too few fields) is reported, and reading continues
with the next row that fits the header.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from flows.inputs.records import TOO_LONG, BadRecord, Record
from flows.inputs.streams import BROKEN, HEAD_BYTES, MAX_RECORD_BYTES, open_stream, unreadable
from transforms.charsets import find_charset
from transforms.importing.fields import FieldNames, plain_name

csv.field_size_limit(MAX_RECORD_BYTES)

_DELIMITERS: Final = ("\t", ";", ",", "|")
_MAX_ROW_CHARS = 16_000_000  # a row beyond this has a quotation mark that is never closed
_MAX_COLUMNS = 2_000
_SAMPLE_ROWS = 50
_RESYNC_LINES = 20_000  # lines of a broken row that are tried as the start of the next
_NAME = re.compile(r"[^\W\d_][\w .()/#&-]{0,39}")
_NO_NAME = re.compile(r"https?://|[.!?]$|^[\d\W]+$")
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+$", re.IGNORECASE)
# Trafilatura writes its tables without a header.
_TRAFILATURA: Final = (
    *("url", "id", "fingerprint", "hostname", "title", "image"),
    *("date", "text", "comments", "license", "pagetype"),
)
_FINGERPRINT = re.compile(r"[0-9a-f]{12,20}")


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a table is written.

    Attributes:
        columns: The names of its columns.
        first_row: The number of its first row of data, counted from 1.
        skipped_lines: Lines before the header.
    """

    delimiter: str
    charset: str
    columns: tuple[str, ...]
    first_row: int = 2
    skipped_lines: int = 0

    @property
    def label(self) -> str:
        """The kind of table for people."""
        return "TSV" if self.delimiter == "\t" else "CSV"


def find_shape(head: bytes, names: FieldNames, *, is_named: bool = False) -> TableShape | None:
    """Return the shape of the table that begins with `head`; None if it is no table.

    A table has a header of names and rows with as many fields. Prose with commas in it has
    neither.

    Args:
        head: The first bytes of a file.
        names: The known names of columns.
        is_named: Whether the name of the file says that it is a table.
    """
    charset = find_charset(head).name
    text = head.decode(charset, "replace").removeprefix("\ufeff")
    stated = _SEPARATOR.match(text)
    skipped = 1 if stated else 0
    if stated:
        text = text[stated.end() :]
    found = []
    for delimiter in [stated[1]] if stated else _DELIMITERS:
        rows = _sample(text, delimiter, is_cut=len(head) >= HEAD_BYTES)
        blank = TableShape(delimiter, charset, (), 2, skipped)
        shape = _shape_of(rows, blank, names, is_named=is_named)
        if shape is not None:
            found.append(shape)
    return max(found, key=lambda shape: len(shape.columns), default=None)


def _sample(text: str, delimiter: str, *, is_cut: bool) -> list[list[str]]:
    """Return the first rows of a text as a table, without the one that `is_cut` cuts off."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                return rows[:_SAMPLE_ROWS]
    except csv.Error:
        return rows
    return rows[:-1] if is_cut and len(rows) > 2 else rows


def _shape_of(
    rows: list[list[str]], shape: TableShape, names: FieldNames, *, is_named: bool
) -> TableShape | None:
    if not rows or not 1 < len(rows[0]) <= _MAX_COLUMNS:
        return _single_column(rows, shape, names) if is_named else None
    header, body = rows[0], rows[1:]
    if _is_trafilatura(header):
        return replace(shape, columns=_TRAFILATURA, first_row=1)
    fitting = sum(len(row) == len(header) for row in body)
    if _is_header(header):
        known = sum(plain_name(name) in names.columns for name in header)
        marked = any(keys <= set(map(plain_name, header)) for _, keys in names.marks)
        is_sure = known >= 2 or marked or is_named or (len(header) > 2 and fitting >= 2)
        if not is_sure or (body and not is_named and fitting < 0.5 * len(body)):
            return None
        return replace(shape, columns=_distinct(header))
    # Without a header the columns have numbers.
    if is_named and fitting >= 0.8 * len(body):
        numbers = tuple(str(number) for number in range(1, len(header) + 1))
        return replace(shape, columns=numbers, first_row=1)
    return None


def _single_column(
    rows: list[list[str]], shape: TableShape, names: FieldNames
) -> TableShape | None:
    if shape.delimiter != "," or not rows or not rows[0]:
        return None
    name = rows[0][0]
    if plain_name(name) in names.columns or _is_header(rows[0]):
        return replace(shape, columns=(name.strip(),))
    return replace(shape, columns=("1",), first_row=1)


def _is_header(row: Sequence[str]) -> bool:
    """Return whether the cells of a row look like names of columns."""
    cells = [cell.strip() for cell in row]
    named = [cell for cell in cells if cell]
    if len(named) < max(1, len(cells) * 0.5):
        return False
    fitting = sum(
        len(cell) <= 60 and "\n" not in cell and not _NO_NAME.search(cell)
        and (_NAME.fullmatch(cell) is not None or " " not in cell)
        for cell in named
    )  # fmt: skip
    return fitting >= 0.8 * len(named) and max(Counter(named).values()) <= 2


def _is_trafilatura(row: Sequence[str]) -> bool:
    return (
        len(row) == len(_TRAFILATURA)
        and (row[0] == "null" or bool(_ADDRESS.match(row[0])))
        and bool(_FINGERPRINT.fullmatch(row[2]))
    )


def _distinct(header: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns, with a number where there is none or one is repeated."""
    seen: Counter[str] = Counter()
    columns = []
    for number, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"column {number}"
        seen[name] += 1
        columns.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(columns)


def read_table(
    path: Path, shape: TableShape, looks_right: Callable[[dict[str, str]], bool]
) -> Iterator[Record | BadRecord]:
    """Yield the rows of a table; numbers are those that a spreadsheet shows.

    Args:
        path: The file.
        shape: How the table is written.
        looks_right: Tells whether the values of a row are where they belong. It is asked
            behind a broken row only.

    Raises:
        InputError: The file cannot be read any further.
    """
    with (
        open_stream(path) as stream,
        io.TextIOWrapper(stream, shape.charset, "surrogateescape", newline="") as file,
    ):
        try:
            yield from _Rows(file, shape, looks_right)
        except BROKEN as exc:
            raise unreadable(path, exc) from exc


class _Rows:
    """The rows of a table, with the lines that they are made of."""

    def __init__(
        self, file: IO[str], shape: TableShape, looks_right: Callable[[dict[str, str]], bool]
    ) -> None:
        self._shape, self._looks_right = shape, looks_right
        self._file = file
        self._again: deque[str] = deque()  # lines to read again
        self._line = 0
        self._taken: list[str] = []  # the lines of the row that is being read
        self._is_too_long = self._is_lenient = False

    def __iter__(self) -> Iterator[Record | BadRecord]:
        for _ in range(self._shape.skipped_lines):
            self._file.readline(MAX_RECORD_BYTES)
            self._line += 1
        if self._shape.first_row > 1:
            self._next_row()
        number = self._shape.first_row - 1
        while True:
            start, self._taken = self._line + 1, []
            self._is_too_long = self._is_lenient = False
            row = self._next_row()
            if row is None and not self._taken:
                return
            if row == [] or (row is not None and not any(cell.strip() for cell in row)):
                number += 1
                continue
            number += 1
            fitting = None if row is None else self._fitted(row)
            if fitting is not None and not self._holds_two_rows():
                yield Record(number, fitting)
            else:
                yield self._broken(number, start, row if fitting is None else None)

    def _next_row(self) -> list[str] | None:
        """Return the next row; None at the end, or if the row is not closed."""
        try:
            return next(csv.reader(self._lines(), delimiter=self._shape.delimiter, strict=True))
        except StopIteration:
            return None
        except csv.Error as exc:
            if "unexpected end" in str(exc) or self._is_too_long:
                return None
            # A mark that is not doubled inside a field: spreadsheets read such rows, too.
            self._is_lenient = True
            return next(csv.reader(iter(self._taken), delimiter=self._shape.delimiter), None)

    def _lines(self) -> Iterator[str]:
        size = 0
        while line := self._again.popleft() if self._again else self._read_line():
            self._line += 1
            self._taken.append(line)
            size += len(line)
            if size > _MAX_ROW_CHARS:
                self._is_too_long = True
                return
            yield line

    def _read_line(self) -> str:
        line = self._file.readline(MAX_RECORD_BYTES)
        if len(line) == MAX_RECORD_BYTES and not line.endswith(("\n", "\r")):
            rest = line
            while rest and not rest.endswith(("\n", "\r")):
                rest = self._file.readline(1 << 20)
            self._is_too_long = True
            return line[: _MAX_ROW_CHARS + 1]
        if not self._line:
            line = line.removeprefix("\ufeff")
        return line

    def _holds_two_rows(self) -> bool:
        """Return whether a mark that is not closed has drawn the next row into this one."""
        taken = self._taken
        return self._is_lenient and len(taken) > 1 and self._resume_at(taken) < len(taken)

    def _fitted(self, row: list[str]) -> dict[str, str] | None:
        """Return the row by column; None if it does not have one value for each column."""
        columns = self._shape.columns
        while len(row) > len(columns) and not row[-1].strip():
            row.pop()
        if len(row) != len(columns):
            return None
        return {name: _repaired(cell) for name, cell in zip(columns, row, strict=True)}

    def _broken(self, number: int, start: int, row: list[str] | None) -> BadRecord:
        """Return what is wrong with the row, and continue at the next one that fits."""
        taken = self._taken
        if self._is_too_long and len(taken) == 1:
            return BadRecord(number, "line_too_long", f"line {start}: {TOO_LONG}")
        self._again.extendleft(reversed(taken[self._resume_at(taken) :]))
        self._line -= len(self._again)
        if row is None:
            problem = "a quotation mark is not closed"
        else:
            problem = f"got {len(row)} fields, expected {len(self._shape.columns)}"
        return BadRecord(number, "bad_row", f"line {start}: {problem}")

    def _resume_at(self, taken: list[str]) -> int:
        """Return the line of a broken row at which the next row begins."""
        for at in range(1, min(len(taken), _RESYNC_LINES)):
            lines = iter(taken[at:])
            try:
                row = next(csv.reader(lines, delimiter=self._shape.delimiter, strict=True), [])
            except csv.Error:
                continue
            values = self._fitted(row)
            if values is not None and len(values) > 1 and self._looks_right(values):
                return at
        return len(taken)


def _repaired(cell: str) -> str:
    """Return a cell whose bytes do not fit the charset of the table, read as Windows text."""
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return cell.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return cell
