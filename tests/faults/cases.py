"""The table of what can go wrong, with the tests that show what happens then."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("cases.csv")
TESTS = Path(__file__).parents[1]
NOT_APPLICABLE = "does not apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case of the table.

    Attributes:
        number: Its number, from 1.
        text: What goes wrong.
        tests: The tests that show it: `file::name`, the file relative to `tests`.
        open: What no test shows; empty if the tests show everything.
    """

    number: int
    text: str
    tests: tuple[str, ...]
    open: str

    @property
    def coverage(self) -> str:
        """`tested`, `in part`, `not tested` or `does not apply`."""
        if self.open.startswith(NOT_APPLICABLE):
            return NOT_APPLICABLE
        if not self.tests:
            return "not tested"
        return "in part" if self.open else "tested"


def read_cases() -> list[Case]:
    """Return the cases in the order of their numbers."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [
            Case(
                number=int(row["number"]),
                text=row["case"],
                tests=tuple(row["tests"].split()),
                open=row["open"],
            )
            for row in csv.DictReader(lines)
        ]
