"""Weighs the kind of a candidate in a language other than English.

Each clue adds a weight to a kind, from 1 (a hint) to 5 (hardly ever wrong), as in
`transforms.naming.name_kinds`: known names, given names, titles, the words that name
institutions and places, acronyms, prepositions of place.
"""

from __future__ import annotations

import re

from transforms.naming.foreign_text import ForeignText
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.name_kinds import HINT, KNOWN
from transforms.naming.name_spans import Candidate, is_initial

_PLACE_ENDINGS = (
    *("stan", "burg", "ville", "shire", "grad", "abad", "pur", "land", "ovo", "heim", "stadt"),
    *("dorf", "град", "бург", "ськ", "ск", "ово", "ево", "штадт", "ingen", "hausen", "polis"),
)
# "XIX" and "B295": a number or a road.
_CODE = re.compile(r"[IVXLCDMХІ]+(?:-\w+)?|[^\W\d_]{1,3}-?\d+[^\W\d_]?|\w+-\d+")
# Letters of two scripts that look alike: a slip, or a trick.
_MIXED = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_OPENING = {"first", "any", "last"}
_MOST_ACRONYM = 6
_PERSON_WORDS = 3
_SHORTEST, _LONG = 2, 6


def weigh_foreign(candidate: Candidate, text: ForeignText) -> None:
    """Add the evidence of a candidate's words and of the words around it."""
    parts = candidate.name.split(" ")
    if (
        len(parts) == 1
        and text.gazetteer.head_of(parts[0])[1] in _OPENING
        and not text.is_known(candidate.name)
    ):
        return  # "the Union": which one, the text does not say here
    if _MIXED.search(candidate.name) or (
        len(parts) == 1 and _CODE.fullmatch(parts[0]) and not text.is_known(parts[0])
    ):
        return
    _weigh_known(candidate, text)
    _weigh_heads(candidate, parts, text)
    if candidate.title:
        _weigh_title(candidate, parts, text)
    if len(parts) > 1:
        _weigh_person(candidate, parts, text)
    else:
        _weigh_word(candidate, parts[0], text)
    _weigh_before(candidate, text)
    _weigh_speech(candidate, text)


def _weigh_title(candidate: Candidate, parts: list[str], text: ForeignText) -> None:
    """Add what a role before a name tells: a person, or the place or body that it belongs to."""
    words, gazetteer = text.words.text, text.gazetteer
    after = words[candidate.last] if candidate.last < len(words) else ""
    if not gazetteer.bases:
        candidate.add("person", 4)
    elif len(parts) == 1 and gazetteer.is_given(after) and not gazetteer.is_given(parts[0]):
        candidate.add("place", 2.5)  # "мэр Тамбова Олег Лапин"
    elif not (candidate.evidence or candidate.name.isupper()):
        candidate.add("person", 4)  # otherwise "президент Украины", "директор ФСБ"


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
    if is_initial(parts[0]) or gazetteer.is_given(parts[0]) or _ends_in_initial(parts):
        candidate.add("person", 3.5)
    elif any(gazetteer.is_given(part) for part in parts[1:-1]):
        candidate.add("person", 1.5)
    last = parts[-1].lower()
    if last in gazetteer.surnames or last.endswith(gazetteer.surname_endings):
        candidate.add("person", 1.5)
    if _is_of_region(parts, text):
        candidate.add("place", 3.5)
    elif _is_of_town(parts, text):
        candidate.add("organization", 2.5)
    elif is_foreign_script(candidate.name, gazetteer) or any(
        part.isupper() and len(part) > 1 for part in parts
    ):
        candidate.add("organization", 1.5)
    elif len(parts) <= _PERSON_WORDS and not any(map(text.is_common, parts)):
        candidate.add("person", 1.2)
    elif any(map(text.is_common, parts)):
        candidate.add("organization", 1.3)
    if len(parts) > 1 and any(part[0].islower() for part in parts):
        candidate.add("organization", 0.5)


def _is_of_region(parts: list[str], text: ForeignText) -> bool:
    """Return whether a place has an adjective: "Северная Корея", "Bielsk Podlaski"."""
    gazetteer = text.gazetteer
    endings = gazetteer.profile.adjective_endings
    if not endings or len(parts) != 2:
        return False
    first, last = parts
    return any(
        adjective.endswith(endings) and gazetteer.kind(place) == "place" and not is_given
        for adjective, place, is_given in (
            (first, last, gazetteer.is_given(first)),
            (last, first, gazetteer.is_given(first) or not gazetteer.profile.late_adjectives),
        )
    )


def _is_of_town(parts: list[str], text: ForeignText) -> bool:
    """Return whether a name ends in a place, as those of bodies and clubs do: "МВС України"."""
    gazetteer, last = text.gazetteer, parts[-1]
    if not gazetteer.bases or gazetteer.is_given(parts[0]) or is_initial(parts[0]):
        return False
    return gazetteer.kind(last) == "place" and text.is_known(last)


def is_foreign_script(name: str, gazetteer: Gazetteer) -> bool:
    """Return whether a name in a text in another script is in Latin letters."""
    return gazetteer.profile.script == "Cyrillic" and name.isascii()


def _ends_in_initial(parts: list[str]) -> bool:
    """Return whether initials follow a last name: "Мельник А. В."."""
    return is_initial(parts[-1]) and len(parts[0]) > _SHORTEST and not parts[0].isupper()


def _weigh_word(candidate: Candidate, word: str, text: ForeignText) -> None:
    gazetteer, lower = text.gazetteer, word.lower()
    if word.isupper() and 1 < len(word) <= _MOST_ACRONYM:
        candidate.add("organization", 2.0)
    elif is_foreign_script(word, gazetteer) and len(word) > _SHORTEST:
        candidate.add("organization", 1.0)
    else:
        if lower.endswith(_PLACE_ENDINGS) and len(word) > _LONG:
            candidate.add("place", 1.0)
        if lower.endswith(gazetteer.surname_endings) and lower not in gazetteer.common:
            candidate.add("person", 1.4)
        if lower not in gazetteer.common:
            _weigh_uncommon(candidate, word, text)


def _weigh_uncommon(candidate: Candidate, word: str, text: ForeignText) -> None:
    """Add evidence for a word that is no ordinary one."""
    gazetteer = text.gazetteer
    if candidate.is_weak:
        if _acts(candidate, text):
            candidate.add("person", 1.2)
    elif gazetteer.is_given(word):
        candidate.add("person", 1.2)
    elif word.lower() in gazetteer.surnames:
        candidate.add("person", 1.0)
    elif word in gazetteer.bearers:
        candidate.add("person", 2.0)
    elif len(word) > _SHORTEST and (unknown := gazetteer.profile.unknown_kind):
        candidate.add("person" if _acts(candidate, text) else unknown, 0.95)


def _acts(candidate: Candidate, text: ForeignText) -> bool:
    """Return whether a verb follows, as after people more than after places."""
    words, endings = text.words.text, text.gazetteer.profile.verb_endings
    after = words[candidate.last] if candidate.last < len(words) else ""
    return bool(endings) and after.islower() and after.endswith(endings)


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
    kind, _ = text.gazetteer.phrase_heads.get(before, ("", ""))
    if kind:  # "река Волга", "компания Роснефть"
        candidate.add(kind, 2.0)
    determiner = i > 0 and before in text.gazetteer.cues["determiner"]
    if determiner:
        before = text.words.text[i - 1].lower()
    if before in text.gazetteer.cues["locative"]:
        candidate.add("place", 1.0 if determiner else 1.6)
