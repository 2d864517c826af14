"""Facts: the names and figures of a text. Editors keep them; forms get new ones each day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from transforms.grouping.shingles import Shingled

_BEFORE: Final = " \t\r\n\"'“”„‚‘’«»‹›(["  # what may stand between a sentence and the mark before
_SENTENCE_ENDS: Final = frozenset(".!?:…")


@dataclass(frozen=True, slots=True)
class Facts:
    """The names and figures of a text.

    Attributes:
        names: Capitalized words that begin no sentence; in German these are nouns, too.
        figures: Words of digits.
    """

    names: frozenset[str]
    figures: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """All names and figures."""
        return self.names | self.figures


def facts(text: str, shingled: Shingled) -> Facts:
    """Return the names and figures of a text, in lower case.

    >>> from transforms.grouping.shingles import shingle
    >>> report = "Trains to Aveling were late. Nobody was hurt, Karin Holt said on 3 May."
    >>> found = facts(report, shingle(report))
    >>> sorted(found.names), sorted(found.figures)
    (['aveling', 'holt', 'karin', 'may'], ['3'])
    """
    names, figures = set(), set()
    for word, start in zip(shingled.words, shingled.starts, strict=True):
        if word.isdigit():
            figures.add(word)
        elif text[start].isupper() and not _begins_sentence(text, start):
            names.add(word)
    return Facts(frozenset(names), frozenset(figures))


def share_kept(mine: frozenset[str], theirs: frozenset[str]) -> float | None:
    """Return the share of words that both sets have; None if one set is empty.

    >>> share_kept(frozenset({"holt", "prast"}), frozenset({"holt", "prast", "torne"}))
    1.0
    """
    fewer = min(len(mine), len(theirs))
    return len(mine & theirs) / fewer if fewer else None


def _begins_sentence(text: str, start: int) -> bool:
    at = start - 1
    while at >= 0 and text[at] in _BEFORE:
        at -= 1
    return at < 0 or text[at] in _SENTENCE_ENDS
