"""Consent texts: what a page says about cookies and asks of its readers.

Most are cut with the element that holds them. Where no name tells them, their words do.
Every phrase is a row of `seeds/boilerplate/consent.csv`; its class is `address` where it
speaks to the reader ("your consent"), and `topic` where articles on the matter have it too
("legitimate interest").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from transforms.tables import Row

_QUOTED = re.compile('["“”„«»]')
_LEAST_PHRASES = 2


@dataclass(frozen=True, slots=True)
class ConsentPhrases:
    """Phrases of consent texts, in lower case."""

    address: tuple[str, ...]
    topic: tuple[str, ...]

    @classmethod
    def from_rows(cls, rows: Iterable[Row]) -> Self:
        """Group the rows by their column `class`."""
        found: dict[str, list[str]] = {"address": [], "topic": []}
        for row in rows:
            found[row["class"]].append(row["phrase"])
        return cls(tuple(found["address"]), tuple(found["topic"]))


def find_consent(texts: Sequence[str], phrases: ConsentPhrases) -> set[int]:
    """Return the indices of the texts that ask the reader for consent.

    Such a text has two of the phrases, and one of them speaks to the reader. A text with
    quotation marks is a report about consent.

    >>> phrases = ConsentPhrases(("your consent",), ("use cookies", "legitimate interest"))
    >>> texts = [
    ...     "We use cookies and need your consent.",
    ...     "Banks that use cookies named a legitimate interest.",
    ...     "The ferry sailed again on Monday.",
    ... ]
    >>> find_consent(texts, phrases)
    {0}
    """
    whole = "\n".join(texts).lower()
    address = [phrase for phrase in phrases.address if phrase in whole]
    if not address:  # most pages: each phrase is looked for once
        return set()
    topic = [phrase for phrase in phrases.topic if phrase in whole]
    return {at for at, text in enumerate(texts) if _asks(text, address, topic)}


def _asks(text: str, address: Sequence[str], topic: Sequence[str]) -> bool:
    lower = text.lower()
    spoken = sum(phrase in lower for phrase in address)
    if not spoken or _QUOTED.search(text):
        return False
    return spoken + sum(phrase in lower for phrase in topic) >= _LEAST_PHRASES
