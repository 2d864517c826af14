"""The intake: what was found among the input, and what was left out, for people to read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.printable import number

_FIGURES = re.compile(r"^\d{1,2}[/-]\d{1,2}[/-]\d")
_MOST_LINES = 10  # of one kind


@dataclass(slots=True)
class Intake:
    """Counts of the input of one run; they grow while it is read.

    Attributes:
        files: Files by kind, named in the singular ("HTML page").
        records: Records in structured files, by kind.
        skipped: Files and records that are no input, by what they are.
        addresses: Addresses of pages to fetch.
        columns: Which column has what, one line for each kind of table.
        unread_days: For each column, the number of days that could not be read, and one.
    """

    files: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    addresses: int = 0
    columns: dict[str, None] = field(default_factory=dict)
    unread_days: dict[str, tuple[int, str]] = field(default_factory=dict)

    def note_unread(self, column: str, value: str) -> None:
        """Count a day that could not be read."""
        count, example = self.unread_days.get(column, (0, value))
        self.unread_days[column] = count + 1, example

    def lines(self) -> list[str]:
        """Return the intake as lines: what was found, how tables were read, what was left out."""
        lines = []
        if self.files:
            lines.append(f"found: {'; '.join(self._found(kind) for kind in self.files)}")
        lines += _first_lines(self.columns)
        if self.skipped:
            lines.append(f"skipped: {'; '.join(self.skipped_lines())}")
        lines += [
            f"{number(count, 'date')} in {column} could not be used, such as {example!r}"
            for column, (count, example) in self.unread_days.items()
        ]
        if any(_FIGURES.search(example) for _, example in self.unread_days.values()):
            lines.append("--dates day-first or --dates month-first says how to read 04/05/2024")
        return lines

    def skipped_lines(self) -> list[str]:
        """Return what was left out, one line for each kind ("12 .pdf: not supported")."""
        return [f"{count:,} {what}" for what, count in sorted(self.skipped.items())]

    def _found(self, kind: str) -> str:
        files, records = self.files[kind], self.records[kind]
        if kind not in self.records:
            return number(files, kind)
        inside = number(records, "record")
        return f"{kind}, {inside}" if files == 1 else f"{files:,} files of {kind}, {inside}"


def _first_lines(lines: dict[str, None]) -> Iterator[str]:
    for at, line in enumerate(lines):
        if at == _MOST_LINES:
            yield f"... and {len(lines) - at:,} other kinds of tables"
            return
        yield line
