"""The first case of names in languages that inflect them: "Путина" is a form of "Путин".

A given name tells gender and case of the last name. Later mentions of a last name, in whatever
case, have the first case of the full name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from transforms.naming.foreign_text import ForeignText
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_spans import Candidate


def name_in_first_case(candidates: Sequence[Candidate], text: ForeignText) -> None:
    """Give each candidate that is a form of a person's name this name in the first case.

    Args:
        candidates: The candidates of the text; their names are changed.
        text: The text; names of languages without inflections stay as they are.
    """
    gazetteer = text.gazetteer
    if not gazetteer.bases:
        return
    named: dict[str, str] = {}
    written = set(text.words.text)
    for candidate in candidates:
        first, _, rest = candidate.name.partition(" ")
        if rest and gazetteer.is_given(first):
            candidate.name = _full(candidate, text, written)
            last = candidate.name.rsplit(" ", 1)[-1]
            if last not in named:
                for form in _forms(last, gazetteer):
                    named.setdefault(form, last)
    for candidate in candidates:
        if " " not in candidate.name:
            candidate.name = named.get(candidate.name) or _alone(candidate.name, text)


def _full(candidate: Candidate, text: ForeignText, written: Collection[str]) -> str:
    """Return a full name in the first case; of two last names, the one that is written."""
    inflections = text.gazetteer.inflections
    name = inflections.person(candidate.name, text.gazetteer.bases)
    last = text.words.text[candidate.last - 1]
    start, _, base = name.rpartition(" ")
    if base == last:
        return name
    found = next((one for one in inflections.bases(last) if one in written), base)
    return f"{start} {found}"


def _forms(surname: str, gazetteer: Gazetteer) -> Sequence[str]:
    """Return the forms of a surname."""
    inflections, forms = gazetteer.inflections, [surname]
    for gender in ("male", "female"):
        for case in inflections.cases(surname, f"{gender}_surname"):
            forms += case
    return forms


def _alone(word: str, text: ForeignText) -> str:
    """Return the first case of a word that the text also has in it, or of a given name."""
    gazetteer = text.gazetteer
    if gazetteer.kind(word):
        return word
    bases = [base for base in gazetteer.inflections.bases(word) if base in text.certain]
    if not bases and (known := gazetteer.bases.get(word)):
        return known[0][0]
    return bases[0] if bases else word
