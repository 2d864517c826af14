"""The forms of names in languages that inflect them: "Москва", "Москви", "Москві".

The table `endings` of a language has paradigms: the ending of the first case, and the endings
that the other cases have in its place. Word lists have names in the first case; the forms are
made when the lists are compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from transforms.tables import Row


@dataclass(frozen=True, slots=True)
class Paradigm:
    """How words with one ending are inflected.

    Attributes:
        kind: `place`, or the gender of a person: `male`, `female`.
        ending: The ending in the first case; it may be empty.
        forms: The endings in the other cases.
    """

    kind: str
    ending: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inflections:
    """The paradigms of a language, those with the longest endings first.

    >>> rows = [{"ending": "ва", "kind": "place", "forms": "ви|ві|ву|вою"}]
    >>> list(Inflections.from_rows(rows).forms("Москва", "place"))
    ['Москви', 'Москві', 'Москву', 'Москвою']
    """

    paradigms: tuple[Paradigm, ...] = ()

    @classmethod
    def from_rows(cls, rows: Sequence[Row]) -> Self:
        """Compile the table `endings` of a language; none if it has no rows."""
        paradigms = [
            Paradigm(row["kind"], row["ending"], tuple(row["forms"].split("|"))) for row in rows
        ]
        return cls(tuple(sorted(paradigms, key=lambda one: (-len(one.ending), one.ending))))

    def forms(self, word: str, kind: str) -> Iterator[str]:
        """Yield the other forms of a word in the first case.

        Args:
            word: A name of one word.
            kind: `place`, `male` or `female`; for another gender, both are tried.
        """
        kinds = {kind} if kind in {"place", "male", "female"} else {"male", "female"}
        for one in kinds:
            for paradigm in self.paradigms:
                if paradigm.kind == one and word.endswith(paradigm.ending):
                    stem = word[: len(word) - len(paradigm.ending)]
                    yield from (stem + form for form in paradigm.forms)
                    break

    def bases(self, word: str) -> Iterator[str]:
        """Yield what an inflected surname may be in the first case."""
        for paradigm in self.paradigms:
            if paradigm.kind not in {"male", "female"} or len(paradigm.ending) < 2:
                continue
            for form in paradigm.forms:
                if word.endswith(form) and len(word) > len(form) + 1:
                    yield word[: len(word) - len(form)] + paradigm.ending
