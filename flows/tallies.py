"""What became of the feeds of a run, each counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTally:
    """Feeds polled, by outcome, and what they brought.

    Attributes:
        failed: Feeds that failed; `excused` are those that failed with all others.
        gap_risks: Feeds that may have shown entries between two polls that we missed.
        failures: Address, code and detail of each feed that failed.
    """

    polled: int = 0
    new: int = 0
    unchanged: int = 0
    failed: int = 0
    excused: int = 0
    gone: int = 0
    new_entries: int = 0
    changed_entries: int = 0
    gap_risks: int = 0
    failures: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Self:
        """Count rows of `polls`."""
        outcomes = [row["outcome"] for row in rows]
        return cls(
            polled=len(rows),
            new=outcomes.count("new"),
            unchanged=outcomes.count("unchanged"),
            failed=outcomes.count("failed"),
            excused=outcomes.count("excused"),
            gone=outcomes.count("gone"),
            new_entries=sum(row["new_entries"] for row in rows),
            changed_entries=sum(row["changed_entries"] for row in rows),
            gap_risks=sum(row["is_gap_risk"] for row in rows),
            failures=tuple(
                (row["url"], row["failure"], row["detail"] or "") for row in rows if row["failure"]
            ),
        )

    def __add__(self, other: PollTally) -> PollTally:
        return PollTally(
            **{name: getattr(self, name) + getattr(other, name) for name in PollTally.__slots__}
        )
