"""Records: the rows and objects of structured files, before anything is read from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """One row or object.

    Attributes:
        number: Its row in the sheet, its line in the file, or its place among the records,
            counted from 1.
        values: Its values by column or key.
    """

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A row or object that cannot be read.

    Attributes:
        number: As in `Record`.
        reason: Fixed code of its rejection.
        detail: What is wrong, in one line.
    """

    number: int
    reason: str
    detail: str


TOO_LONG = "longer than 64 MB: no article is that long; check the file for a missing line break"
