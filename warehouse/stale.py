"""Articles whose rows an older version of a transform made, and what they need again."""

from __future__ import annotations

import importlib.resources
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import duckdb

_STALE: Final = importlib.resources.files("warehouse").joinpath("stale.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows are to be computed again.

    Attributes:
        versions: Version that each transform has now; older rows are stale.
        since: Instant of publication from which on, else of acquisition; None for all.
        until: Instant before which; None for all.
        source: Source alone; None for all.
        redo_before: Rows computed before this instant are stale whatever their version.
    """

    versions: Mapping[str, int]
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    redo_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stale:
    """Newest revisions of articles that the same transforms are to run over again.

    Attributes:
        transforms: Those that are stale.
        replaces: Batch of the newest run of each transform over all of them.
        name_rows: First and last row of `mentions` of that batch, None where it has none.
        row_numbers: Their rows in `articles`, in order.
    """

    transforms: frozenset[str]
    replaces: Mapping[str, str]
    name_rows: tuple[int, int] | None
    row_numbers: array[int]


def find_stale(con: duckdb.DuckDBPyConnection, selection: Selection) -> list[Stale]:
    """Return what is to be computed again, in the order it lies in the file."""
    result = con.execute(
        _STALE.read_text("utf-8"),
        {
            "source": selection.source,
            "since": selection.since,
            "until": selection.until,
            "transforms": list(selection.versions),
            "versions": list(selection.versions.values()),
            "redo_before": selection.redo_before,
        },
    )
    found = []
    while row := result.fetchone():  # one at a time: a list of a million numbers is large
        transforms, batches, first, last, numbers = row
        name_rows = None if first is None else (first, last)
        found.append(
            Stale(frozenset(transforms), dict(batches or ()), name_rows, array("q", numbers))
        )
    return found


def count_stale(stale: Iterable[Stale]) -> int:
    """Return how many articles are stale."""
    return sum(len(group.row_numbers) for group in stale)


def in_parts(stale: Iterable[Stale], most: int) -> Iterator[list[Stale]]:
    """Yield the same in parts of at most so many articles.

    >>> numbers = [array("q", range(5)), array("q", range(5, 7))]
    >>> stale = [Stale(frozenset(), {}, None, some) for some in numbers]
    >>> [[list(group.row_numbers) for group in part] for part in in_parts(stale, 3)]
    [[[0, 1, 2]], [[3, 4], [5]], [[6]]]
    """
    part, room = list[Stale](), most
    for group in stale:
        start = 0
        while numbers := group.row_numbers[start : start + room]:
            part.append(replace(group, row_numbers=numbers))
            start += len(numbers)
            room -= len(numbers)
            if not room:
                yield part
                part, room = [], most
    if part:
        yield part
