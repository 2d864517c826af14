"""Words of time in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from transforms.tables import Tables


@dataclass(frozen=True, slots=True)
class TimeWords:
    """What the calendar is called.

    Attributes:
        months: Name of a month, lower case, to its number.
    """

    months: Mapping[str, int]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `calendar/months`."""
        return cls(months={row["name"]: int(row["month"]) for row in tables["calendar/months"]})
