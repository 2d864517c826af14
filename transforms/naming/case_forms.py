"""The first case of names in languages that inflect them: "Путина" is a form of "Путин".

A given name tells gender and case of the last name. Later mentions of a last name, in whatever
case, have the first case of the full name.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    for candidate in candidates:
        first, _, rest = candidate.name.partition(" ")
        if rest and gazetteer.is_given(first):
            candidate.name = gazetteer.inflections.person(candidate.name, gazetteer.bases)
            last = candidate.name.rsplit(" ", 1)[-1]
            for form in _forms(last, gazetteer):
                named.setdefault(form, last)
    for candidate in candidates:
        if " " not in candidate.name:
            candidate.name = named.get(candidate.name) or _alone(candidate.name, text)


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
