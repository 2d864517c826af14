"""The forms of names in languages that inflect them: "Москва", "Москви", "Москві".

The table `endings` of a language has paradigms: the ending of the first case, and the endings
that the genitive, dative, accusative, instrumental and locative have in its place, separated by
bars; two forms of one case are separated by a slash. Word lists have names in the first case;
the forms are made when the lists are compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Self

from transforms.tables import Row

Cases = tuple[tuple[str, ...], ...]
_GENDERS = ("male", "female")
_LEAST_STEM = 2
_LONGEST = 8  # letters of an ending
_MOST_WORDS = 4  # longer names are hardly ever inflected as a whole


@dataclass(frozen=True, slots=True)
class Inflections:
    """The paradigms of a language.

    Attributes:
        paradigms: The endings of each case, by kind and by the ending of the first case. Kinds
            are `place`; the gender of a given name, `male` or `female`; and `male_surname` and
            `female_surname`, which are also for patronymics.
        surnames: Kind, ending in the first case and number of the case, by the ending of an
            inflected surname.

    >>> rows = [
    ...     {"ending": "ва", "kind": "place", "forms": "ви|ві|ву|вою|ві"},
    ...     {"ending": "ов", "kind": "male_surname", "forms": "ова|ову|ова|овим|ові"},
    ... ]
    >>> inflections = Inflections.from_rows(rows)
    >>> sorted(inflections.forms("Москва", "place"))
    ['Москви', 'Москвою', 'Москву', 'Москві']
    >>> list(inflections.bases("Козлову"))
    ['Козлов']
    """

    paradigms: Mapping[tuple[str, str], Cases] = field(default_factory=dict)
    surnames: Mapping[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)

    @classmethod
    def from_rows(cls, rows: Sequence[Row]) -> Self:
        """Compile the table `endings` of a language; none if it has no rows."""
        paradigms: dict[tuple[str, str], Cases] = {}
        surnames: dict[str, tuple[tuple[str, str, int], ...]] = {}
        for row in rows:
            kind, ending = row["kind"], row["ending"]
            cases = tuple(tuple(forms.split("/")) for forms in row["forms"].split("|"))
            paradigms[kind, ending] = cases if row["forms"] else ()
            if kind.endswith("_surname"):
                for case, forms in enumerate(paradigms[kind, ending]):
                    for form in forms:
                        found = (kind.removesuffix("_surname"), ending, case)
                        surnames[form] = (*surnames.get(form, ()), found)
        return cls(paradigms, surnames)

    def forms(self, name: str, kind: str) -> set[str]:
        """Return the other forms of a name in the first case.

        Args:
            name: The name. Of several words, the first ones are inflected, or all of them.
            kind: `place`, or the gender of a given name; for `unisex`, both are tried.
        """
        found: set[str] = set()
        if not self.paradigms:
            return found
        words = name.split(" ")
        if len(words) > _MOST_WORDS:
            return found
        for one in (kind,) if kind in {"place", *_GENDERS} else _GENDERS:
            cases = [self.cases(word, one) for word in words]
            for count in range(1, len(words) + 1):
                rest = words[count:]
                for forms in zip(*cases[:count], strict=False):
                    found.update(" ".join([*chosen, *rest]) for chosen in product(*forms))
        return found - {name}

    def cases(self, word: str, kind: str) -> Cases:
        """Return the forms of a word in each case but the first; none if it has no other.

        >>> rows = [{"ending": "а", "kind": "female", "forms": "ы|е|у|ой/ою|е"}]
        >>> Inflections.from_rows(rows).cases("Анна", "female")
        (('Анны',), ('Анне',), ('Анну',), ('Анной', 'Анною'), ('Анне',))
        """
        for size in range(min(len(word), _LONGEST), -1, -1):
            ending = word[len(word) - size :]
            cases = self.paradigms.get((kind, ending))
            if cases is not None and (size == len(word) or len(word) - size >= _LEAST_STEM):
                stem = word[: len(word) - size]
                return tuple(tuple(stem + form for form in forms) for forms in cases)
        return ()

    def bases(self, word: str, gender: str = "", case: int | None = None) -> Iterator[str]:
        """Yield what an inflected surname may be in the first case, longest endings first.

        Args:
            word: The surname.
            gender: Only surnames of this gender, empty for both.
            case: Only forms of this case.
        """
        seen: set[str] = set()
        for size in range(min(len(word) - _LEAST_STEM, _LONGEST), 0, -1):
            for kind, ending, number in self.surnames.get(word[len(word) - size :], ()):
                base = word[: len(word) - size] + ending
                if base in seen or gender not in {"", kind} or case not in {None, number}:
                    continue
                # a base whose own ending has another paradigm is none
                cases = self.cases(base, f"{kind}_surname")
                if cases and word in cases[number]:
                    seen.add(base)
                    yield base

    def person(self, name: str, bases: Mapping[str, tuple[tuple[str, str, int], ...]]) -> str:
        """Return a person's name in the first case: "Тараса Шевченка" is "Тарас Шевченко".

        Args:
            name: A given name and other names.
            bases: Given name in the first case, gender and number of the case, by the form of
                a given name in another case.
        """
        first, *others = name.split(" ")
        for base, gender, case in bases.get(first, ()) if others else ():
            plain = [self._surname(word, gender, case) for word in others]
            if all(plain):
                return " ".join([base, *plain])
        return name

    def _surname(self, word: str, gender: str, case: int) -> str:
        """Return a surname in the first case; a woman's may be the same in all cases."""
        found = next(self.bases(word, gender, case), "")
        if found or gender != "female":
            return found
        is_another = self.cases(word, "female_surname") or any(self.bases(word, gender))
        return "" if is_another else word
