"""Weighs the kind of a candidate in a language other than English.

Each clue adds a weight to a kind, from 1 (a hint) to 5 (hardly ever wrong), as in
`transforms.naming.name_kinds`: known names, given names, titles, the words that name
institutions and places, acronyms, prepositions of place.
"""

from __future__ import annotations

from transforms.naming.foreign_text import ForeignText
from transforms.naming.name_kinds import HINT, KNOWN
from transforms.naming.name_spans import Candidate, is_initial

_PLACE_ENDINGS = (
    *("stan", "burg", "ville", "shire", "grad", "abad", "pur", "land", "ovo", "heim", "stadt"),
    *("dorf", "град", "бург", "ськ", "ск", "ово", "ево", "штадт", "ingen", "hausen", "polis"),
)
_OPENING = {"first", "any", "last"}
_MOST_ACRONYM = 6
_PERSON_WORDS = 3


def weigh_foreign(candidate: Candidate, text: ForeignText) -> None:
    """Add the evidence of a candidate's words and of the words around it."""
    parts = candidate.name.split(" ")
    if (
        len(parts) == 1
        and text.gazetteer.head_of(parts[0])[1] in _OPENING
        and not text.is_known(candidate.name)
    ):
        return  # "the Union": which one, the text does not say here
    _weigh_known(candidate, text)
    _weigh_heads(candidate, parts, text)
    if candidate.title and not _is_genitive(candidate.name, text):
        candidate.add("person", 4)
    if len(parts) > 1:
        _weigh_person(candidate, parts, text)
    else:
        _weigh_word(candidate, parts[0], text)
    _weigh_before(candidate, text)
    _weigh_speech(candidate, text)


def _is_genitive(name: str, text: ForeignText) -> bool:
    """Return whether a place after a role is its genitive: "президент Украины"."""
    gazetteer = text.gazetteer
    return bool(gazetteer.bases) and gazetteer.kind(name) == "place" and text.is_known(name)


def _weigh_known(candidate: Candidate, text: ForeignText) -> None:
    gazetteer = text.gazetteer
    kind = gazetteer.kind(candidate.name)
    if kind:
        is_hint = gazetteer.is_hint(candidate.name) or text.is_ordinary(candidate.first)
        candidate.add(kind, HINT if is_hint else KNOWN)


def _weigh_heads(candidate: Candidate, parts: list[str], text: ForeignText) -> None:
    gazetteer = text.gazetteer
    for place, part in enumerate(parts):
        kind, position = gazetteer.head_of(part)
        if not kind or (len(parts) == 1 and position != "ending"):
            continue
        if position == "suffix":
            candidate.add(kind, 5)
        elif position == "ending":
            candidate.add(kind, 2.5 if len(parts) == 1 else 3)
        elif (position in {"first", "any"} and place == 0) or (
            position in {"last", "any"} and place == len(parts) - 1
        ):
            candidate.add(kind, 4)


def _weigh_person(candidate: Candidate, parts: list[str], text: ForeignText) -> None:
    gazetteer = text.gazetteer
    if is_initial(parts[0]) or gazetteer.is_given(parts[0]):
        candidate.add("person", 3.5)
    elif any(gazetteer.is_given(part) for part in parts[1:-1]):
        candidate.add("person", 1.5)
    last = parts[-1].lower()
    if last in gazetteer.surnames or last.endswith(gazetteer.surname_endings):
        candidate.add("person", 1.5)
    if any(part.isupper() and len(part) > 1 for part in parts):
        candidate.add("organization", 1.5)
    elif len(parts) <= _PERSON_WORDS and not any(map(text.is_common, parts)):
        candidate.add("person", 1.2)
    elif any(map(text.is_common, parts)):
        candidate.add("organization", 1.3)
    if len(parts) > 1 and any(part[0].islower() for part in parts):
        candidate.add("organization", 0.5)


def _weigh_word(candidate: Candidate, word: str, text: ForeignText) -> None:
    gazetteer = text.gazetteer
    if word.isupper() and 1 < len(word) <= _MOST_ACRONYM:
        candidate.add("organization", 2.0)
        return
    lower = word.lower()
    if lower.endswith(_PLACE_ENDINGS) and len(word) > 6:
        candidate.add("place", 1.0)
    if lower.endswith(gazetteer.surname_endings) and lower not in gazetteer.common:
        candidate.add("person", 1.4)
    if lower in gazetteer.common or candidate.is_weak:
        return
    if gazetteer.is_given(word):
        candidate.add("person", 1.2)
    elif lower in gazetteer.surnames:
        candidate.add("person", 1.0)
    elif word in gazetteer.bearers:
        candidate.add("person", 2.0)


def _weigh_speech(candidate: Candidate, text: ForeignText) -> None:
    """Add evidence if a verb of speech stands next to a name: "sagte Ott", "Ott sagte"."""
    words, spoken = text.words.text, text.gazetteer.spoken
    after = words[candidate.last] if candidate.last < len(words) else ""
    before = words[candidate.first - 1] if candidate.first else ""
    if after in spoken or before in spoken:
        candidate.add("person", 1.5)


def _weigh_before(candidate: Candidate, text: ForeignText) -> None:
    i = candidate.first - 1
    if i < 0:
        return
    before = text.words.text[i].lower()
    determiner = i > 0 and before in text.gazetteer.cues["determiner"]
    if determiner:
        before = text.words.text[i - 1].lower()
    if before in text.gazetteer.cues["locative"]:
        candidate.add("place", 1.0 if determiner else 1.6)
