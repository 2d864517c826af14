"""The numbers that sources, feeds and the collection have in Media Cloud's API.

Media Cloud numbers them, and we name them. The number of a name is made of it: the first six
bytes of its SHA-256, as a whole number. So it is the same on every machine and in every
snapshot, and fits into the numbers of JavaScript and of spreadsheets. Among 10,000 names, two
share a number with a chance of less than one in a million; a search for it then finds both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

COLLECTION: Final = 1  # the only one, of all sources
_BYTES: Final = 6


def number_of(name: str) -> int:
    """Return the number of a source or feed.

    >>> number_of("taz.de")
    139220891600573
    """
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:_BYTES])


def names_of(numbers: Iterable[int], names: Iterable[str]) -> dict[int, list[str]]:
    """Return the names that have each number; none for an unknown number."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    for name in names:
        if (number := number_of(name)) in found:
            found[number].append(name)
    return found
