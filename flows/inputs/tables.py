"""Tables in text files: CSV, TSV and the dialects that spreadsheets write.

The delimiter, the charset and the header are found in the first rows. A row that is broken
(a quotation mark that is never closed, too few fields) is reported, and reading continues
with the next row that fits the header.
"""

from __future__ import annotations

import csv
import io
import itertools
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
_HEADER_ROWS = 20  # rows in which the header is searched
_AHEAD_CHARS = 1_000_000  # read behind a broken row to find the end of the next one
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
    charset = "utf-8" if head.isascii() else find_charset(head).name
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
            rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                return rows[:_SAMPLE_ROWS]
    except csv.Error:
        return rows
    return rows[:-1] if is_cut and len(rows) > 2 else rows


def _shape_of(
    rows: list[list[str]], shape: TableShape, names: FieldNames, *, is_named: bool
) -> TableShape | None:
    at = _header_at(rows, names)
    if not rows or not 1 < len(rows[at]) <= _MAX_COLUMNS:
        return _single_column(rows[at:], shape, names) if is_named else None
    header, body = rows[at], list(filter(None, rows[at + 1 :]))
    shape = replace(shape, first_row=at + 2)
    if _is_trafilatura(header):
        return replace(shape, columns=_TRAFILATURA, first_row=at + 1)
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
        return replace(shape, columns=numbers, first_row=at + 1)
    return None


def _header_at(rows: list[list[str]], names: FieldNames) -> int:
    """Return the index of the header: the first row with two known names, or the first row.

    A title and blank rows may stand above it.
    """
    for at, row in enumerate(rows[:_HEADER_ROWS]):
        if sum(plain_name(cell) in names.columns for cell in row if len(cell) < 60) > 1:
            return at
    return next((at for at, row in enumerate(rows) if row), 0)


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
    # Bytes that are not UTF-8 are kept as they are, to be repaired cell by cell.
    errors = "surrogateescape" if shape.charset == "utf-8" else "replace"
    with (
        open_stream(path) as stream,
        io.TextIOWrapper(stream, shape.charset, errors, newline="") as file,
    ):
        try:
            yield from _Rows(file, shape, looks_right)
        except BROKEN as exc:
            raise unreadable(path, exc) from exc


class _Lines:
    """The lines of a table; lines can be put back.

    Attributes:
        number: The number of the last line taken, counted from 1.
    """

    def __init__(self, file: IO[str]) -> None:
        self.number = 0
        self._file, self._again = file, deque[str]()

    def take(self) -> str:
        """Return the next line, empty at the end; a line that is too long is cut."""
        line = self._again.popleft() if self._again else self._read()
        self.number += bool(line)
        return line

    def put_back(self, lines: Sequence[str]) -> None:
        """Make `lines` the next ones."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)

    def _read(self) -> str:
        line = self._file.readline(MAX_RECORD_BYTES)
        if len(line) == MAX_RECORD_BYTES:
            rest = line
            while rest and not rest.endswith(("\n", "\r")):
                rest = self._file.readline(1 << 20)
            return line[: _MAX_ROW_CHARS + 1]
        return line if self.number else line.removeprefix("\ufeff")


class _Rows:
    """The rows of a table, and what is wrong with those that are broken."""

    def __init__(
        self, file: IO[str], shape: TableShape, looks_right: Callable[[dict[str, str]], bool]
    ) -> None:
        self._shape, self._looks_right = shape, looks_right
        self._lines = _Lines(file)

    def __iter__(self) -> Iterator[Record | BadRecord]:
        for _ in range(self._shape.skipped_lines):
            self._lines.take()
        number = self._shape.first_row - 1
        for _ in range(number):
            self._next_row([])
        while True:
            start, taken = self._lines.number + 1, list[str]()
            row, problem = self._next_row(taken)
            if not taken:
                return
            number += 1
            if row is not None and not any(cell.strip() for cell in row):
                continue
            values = None if row is None else self._fitted(row)
            at = 0 if values is not None and not problem else self._next_start(taken)
            if values is not None and at in {0, len(taken)}:
                yield Record(number, values)
                continue
            self._lines.put_back(taken[at:])
            if not problem and row is not None:
                problem = f"got {len(row)} fields, expected {len(self._shape.columns)}"
            reason = "line_too_long" if problem == TOO_LONG else "bad_row"
            yield BadRecord(number, reason, f"line {start}: {problem}")

    def _next_row(self, taken: list[str]) -> tuple[list[str] | None, str]:
        """Return the next row, None if it is not closed, and what is wrong with its marks.

        Its lines are added to `taken`.
        """
        lines = self._more_lines(taken, _MAX_ROW_CHARS)
        try:
            row = next(csv.reader(lines, delimiter=self._shape.delimiter, strict=True), [])
        except csv.Error as exc:
            if "unexpected end" in str(exc):
                return None, "a quotation mark is not closed"
        else:
            is_too_long = len(taken) == 1 and len(taken[0]) > _MAX_ROW_CHARS
            return (None, TOO_LONG) if is_too_long else (row, "")
        # A mark that is not doubled inside a field: spreadsheets read such rows, too.
        lines = itertools.chain(list(taken), self._more_lines(taken, _MAX_ROW_CHARS))
        row = next(csv.reader(lines, delimiter=self._shape.delimiter), [])
        return row, "a quotation mark is not closed or not doubled"

    def _more_lines(self, taken: list[str], most: int) -> Iterator[str]:
        """Yield the following lines, `most` characters of them, and add them to `taken`."""
        size = 0
        while size <= most and (line := self._lines.take()):
            taken.append(line)
            size += len(line)
            if size > most:
                return
            yield line

    def _fitted(self, row: list[str]) -> dict[str, str] | None:
        """Return the row by column; None if it does not have one value for each column."""
        columns = self._shape.columns
        while len(row) > len(columns) and not row[-1].strip():
            row.pop()
        if len(row) != len(columns):
            return None
        return {name: _repaired(cell) for name, cell in zip(columns, row, strict=True)}

    def _next_start(self, taken: list[str]) -> int:
        """Return at which line of a broken row the next row begins."""
        for at in range(1, min(len(taken), _RESYNC_LINES)):
            ahead: list[str] = []
            rest = (taken[index] for index in range(at, len(taken)))  # no copy for each line
            lines = itertools.chain(rest, self._more_lines(ahead, _AHEAD_CHARS))
            try:
                row = next(csv.reader(lines, delimiter=self._shape.delimiter, strict=True), [])
            except csv.Error:
                row = []
            self._lines.put_back(ahead)
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
