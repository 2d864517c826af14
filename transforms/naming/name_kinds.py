"""Weighs the kind of a candidate, by its words, its neighbours and the article.

Each clue adds a weight to a kind, according to how often it is right in edited news: from
1 (a hint) to 5 (hardly ever wrong). The weights of all mentions of a name in one article
are added up, and one clear mention ("President Clinton") decides for all. `other` is for
everything outside the five kinds: laws, prizes, ordinary words.
"""

from __future__ import annotations

from transforms.naming.gazetteer import Gazetteer, is_family_first
from transforms.naming.name_spans import BODIES, Candidate, is_initial
from transforms.naming.name_words import Words
from transforms.naming.word_shapes import weigh_row, weigh_shape

KNOWN = 4.0
HINT = 1.5
_SUFFIXES = ("stan", "burg", "ville", "shire", "grad", "abad", "pur", "land", "ovo", "heim")
NAME_SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"})


def add_evidence(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> None:
    """Add the evidence of a candidate's words and of the words around it."""
    _weigh_name(candidate, words, gazetteer)
    _weigh_before(candidate, words, gazetteer)
    _weigh_after(candidate, words, gazetteer)
    weigh_shape(candidate, words, gazetteer)
    weigh_row(candidate, words)
    if not candidate.evidence and candidate.name[1:].islower() and candidate.name.isalpha():
        _weigh_agent(candidate, words, gazetteer)


def _weigh_name(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> None:
    parts = candidate.name.split(" ")
    known = gazetteer.kind(candidate.name)
    if known and not gazetteer.is_hint(candidate.name):
        ordinary = candidate.name.lower() in gazetteer.common
        doubted = candidate.is_capitalised and ordinary and not gazetteer.is_nation(candidate.name)
        candidate.add(known, HINT if doubted else KNOWN)
    else:
        if known:
            candidate.add(known, HINT)
        elif len(parts) > 1:
            _weigh_edges(candidate, parts, gazetteer)
        _weigh_head(candidate, parts, words, gazetteer)
    if candidate.title:
        candidate.add("person", 5)
    if candidate.nickname:
        candidate.add("person", 4)
    if candidate.first in words.datelines:
        candidate.add("place", 4)
    if len(parts) == 1:
        _weigh_word(candidate, parts[0], gazetteer)
    elif not {"product", "event"}.intersection(candidate.evidence) and not _is_known_body(
        candidate, gazetteer
    ):
        _weigh_person(candidate, parts, gazetteer)


def _is_known_body(candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """Return whether the words are a known name of no person: "Morgan Stanley"."""
    known = gazetteer.names.get(candidate.name, ())
    return bool(known) and all(entity.kind != "person" for entity in known)


def _weigh_edges(candidate: Candidate, parts: list[str], gazetteer: Gazetteer) -> None:
    """Weigh a known name at either end: "iPhone SDK", "Toronto Raptors", "Air Canada"."""
    count = gazetteer.match(parts, 0)
    opening = " ".join(parts[:count])
    if count:
        kind = gazetteer.kind(opening)
        body = gazetteer.heads.get(parts[-1]) == ("organization", "any")
        if kind in {"product", "event"} and not body:
            candidate.add(kind, KNOWN)
        elif kind != "person" and parts[0] not in gazetteer.given:
            candidate.add("organization", 2.6 if kind == "organization" else 1.2)
            last = parts[-1].lower()
            surname = last in gazetteer.surnames and last not in gazetteer.common
            candidate.add("person", -0.5 if kind == "place" and surname else -1.5)
    if parts[0] in gazetteer.cues["event_opening"]:
        candidate.add("event", KNOWN)
    if parts[0] in gazetteer.cues["organization_opening"]:
        candidate.add("organization", 5)
    if parts[0] in gazetteer.cues["place_opening"] and parts[1] not in {"of", "for"}:
        candidate.add("place", 3.5)
    closing = gazetteer.kind(parts[-1]) if parts[-1] in gazetteer.names else ""
    if closing == "place" and parts[0] not in gazetteer.given:
        candidate.add("organization", 1.2)
        candidate.add("person", -1)
    elif closing == "organization" and not _is_given(parts[0], gazetteer):
        candidate.add("organization", 1.5)
    elif _is_club(parts, gazetteer):
        candidate.add("organization", 1.2)
        candidate.add("person", -1)


def _is_club(parts: list[str], gazetteer: Gazetteer) -> bool:
    """Return whether a town follows a word that is no person's: "Arminia Bielefeld"."""
    first, closing = parts[0], parts[-1]
    return (
        len(parts) == 2
        and closing in gazetteer.towns
        and closing.lower() not in gazetteer.surnames
        and first not in gazetteer.given
        and first.lower() not in gazetteer.surnames
        and first.lower() not in gazetteer.common
    )


def _weigh_head(candidate: Candidate, parts: list[str], words: Words, gazetteer: Gazetteer) -> None:
    governing = next((n for n, part in enumerate(parts) if part in {"of", "for"}), len(parts))
    closing = parts[governing - 1] if governing else parts[-1]
    kind, position = gazetteer.heads.get(closing, ("", ""))
    if len(parts) > 1 and any(gazetteer.heads.get(part, ("", ""))[1] == "suffix" for part in parts):
        candidate.add("organization", 5)
    elif len(parts) == 1 and kind:
        before = words.text[candidate.first - 1] if candidate.first else ""
        if before in {"the", "The"} and kind == "organization" and position in {"any", "team"}:
            candidate.add("organization", 1.5 if position == "any" else 3)
        elif position == "any":
            candidate.add("other", 1.5)
    elif closing in {"Division", "Conference", "League"} and (
        parts[0] in gazetteer.cues["division"]
    ):
        candidate.add("event", KNOWN)
    elif closing in {"Center", "Centre", "Hall"} and parts[-2] in gazetteer.cues["building"]:
        candidate.add("place", 4)
    elif kind:
        candidate.add(kind, {"team": 4, "last": 2.5}.get(position, 4))


def _weigh_word(candidate: Candidate, word: str, gazetteer: Gazetteer) -> None:
    lower = word.lower()
    if max(candidate.evidence.values(), default=0) >= KNOWN:
        return
    if word in gazetteer.given:
        candidate.add("person", 1.5)
    if lower in gazetteer.surnames and lower not in gazetteer.common:
        candidate.add("person", 1 if word in gazetteer.towns else 1.5)
    if word in gazetteer.bearers and not candidate.is_weak and lower not in gazetteer.calendar:
        candidate.add("person", 2.5)
    if lower in gazetteer.common:
        candidate.add("other", 0.5 if word in gazetteer.given and not candidate.is_weak else 2)
    if len(word) > 1 and word.isupper():
        candidate.add(
            "organization",
            2 if word.isalpha() and lower not in gazetteer.common else 0.5,
        )
    elif word.endswith(_SUFFIXES):
        candidate.add("place", 0.7)


def _weigh_person(candidate: Candidate, parts: list[str], gazetteer: Gazetteer) -> None:
    """Weigh whether several words are a person's name, or ordinary words."""
    common = [part.lower() in gazetteer.common for part in parts]
    given = _is_given(parts[0], gazetteer)
    surname = parts[-1].lower() in gazetteer.surnames
    hyphened = len(parts) == 2 and "-" in parts[1] and parts[0].lower() in gazetteer.surnames
    ordinary = sum(common)
    family_first = is_family_first(parts, gazetteer)
    named = family_first or all(is_initial(part) for part in parts[:-1])
    if named or hyphened or (surname and ordinary == 1 and not candidate.is_weak):
        ordinary = 0  # "Sherrod Brown", "Dries Mertens": the other word is only ever a name
    if family_first:
        candidate.add("person", 2)  # "Tang Shubei": the last name comes first
    if hyphened:
        candidate.add("person", 3)  # "Park Geun-hye": the last name comes first
    if given and len(parts) <= 4:
        candidate.add("person", 2 if common[0] and common[1] else 3)
    elif any(part in gazetteer.given for part in parts[1:-1]):
        candidate.add("person", 1.5)
    if surname:
        candidate.add("person", 0.5 if common[-1] else 1.5)
    if ordinary >= (len(parts) + 1) // 2 and not given:
        candidate.add("other", 1 if _is_foreign(candidate, parts, gazetteer) else 2.5)
    elif len(parts) <= 3 and not ordinary:
        candidate.add("person", 1)
    _weigh_parts(candidate, parts)


def _is_given(word: str, gazetteer: Gazetteer) -> bool:
    """Return whether a word is a given name, or a pair of which the first one is known."""
    return word in gazetteer.given or (
        "-" in word and word.split("-", maxsplit=1)[0] in gazetteer.given
    )


def _is_foreign(candidate: Candidate, parts: list[str], gazetteer: Gazetteer) -> bool:
    """Return whether one of two words is in no English dictionary: "Tang Shubei"."""
    strange = sum(part.isalpha() and part.lower() not in gazetteer.common for part in parts)
    return len(parts) == 2 and strange == 1 and not candidate.is_weak


def _weigh_parts(candidate: Candidate, parts: list[str]) -> None:
    """Weigh initials, suffixes ("Jr.") and "&"."""
    if any(len(part) == 2 and part[1] == "." for part in parts[:-1]) or _is_initials(parts[0]):
        candidate.add("person", 2)
    if parts[-1] in NAME_SUFFIXES:
        candidate.add("person", 3)
    if "&" in parts or "and" in parts:
        candidate.add("organization", 2)


def _is_initials(word: str) -> bool:
    return (
        len(word) <= 6 and word.endswith(".") and word.replace(".", "").isupper() and word[1] == "."
    )


# Evidence from the word before a name, by cue; the first that fits counts.
_BEFORE = (
    ("place_before", "place", 1.5),
    ("organization_before", "organization", 2.0),
    ("buying", "organization", 1.0),
    ("compass", "place", 1.5),
    ("place_noun", "place", 1.5),
)


def _weigh_before(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> None:
    i = candidate.first - 1
    before = words.text[i] if i >= 0 else "\n"
    for cue, kind, weight in _BEFORE:
        if before in gazetteer.cues[cue]:
            candidate.add(kind, weight)
            return
    if before in {"from", "to", "at", "with"}:
        _weigh_preposition(candidate, before, words.text[i - 1], gazetteer)
    elif before in {"the", "The"}:
        candidate.add("organization", 1)
        candidate.add("person", -1.5)
    elif before in {"'s", "’s"} and len(candidate.name) > 2 and " " not in candidate.name:
        candidate.add("person", 0.95)
    elif before in gazetteer.roles:
        candidate.add("person", 3)
    elif before == "of" and i > 0:
        _weigh_of(candidate, words.text[max(0, i - 5) : i], gazetteer)
        if candidate.name in gazetteer.towns:
            candidate.add("place", 1)
    elif before == "," and i > 0 and words.text[i - 1] in gazetteer.roles:
        candidate.add("person", 1.5)


def _weigh_preposition(candidate: Candidate, before: str, noun: str, gazetteer: Gazetteer) -> None:
    if before in {"at", "with"} and noun in gazetteer.roles:
        candidate.add("organization", 3)  # "an analyst at Marden Associates"
    elif before != "with":
        candidate.add("place", 0.5)


def _weigh_of(candidate: Candidate, before: list[str], gazetteer: Gazetteer) -> None:
    noun = before[-1]
    named = next((n for n, word in enumerate(before[::-1]) if not word[0].isupper()), 0)
    if named > 1 and before[-named - 1] in gazetteer.cues["analyst"]:
        candidate.add("organization", 3.5)  # "analyst Ida Black of Marden Lowe"
    elif noun in gazetteer.cues["place_noun"] or noun in gazetteer.cues["compass"]:
        candidate.add("place", 3)
    elif noun in {"shares", "members", "chairman", "head", "president", "unit", "director"}:
        candidate.add("organization", 1)


# Evidence from the word after a name, by cue.
_AFTER = (
    ("person_after", "person", 2.5),
    ("speech", "person", 1.0),
    ("organization_after", "organization", 1.5),
    ("market_verb", "organization", 1.5),
    ("company_verb", "organization", 0.7),
    ("place_noun", "place", 3.2),
    ("commodity", "other", 4.0),
)


_CERTAIN = {"-based": ("place", 4.0), "who": ("person", 2.5)}


def _weigh_after(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> None:
    text, j = words.text, candidate.last
    after = text[j] if j < len(text) else "\n"
    following = text[j + 1] if j + 1 < len(text) else "\n"
    if (
        after in gazetteer.roles
        and following[0].isupper()
        and candidate.name.lower() not in gazetteer.common
    ):
        candidate.add("organization", 3)  # "Kleinwort Benson analyst Mark Tinker"
        return
    for cue, kind, weight in _AFTER:
        if after in gazetteer.cues[cue]:
            candidate.add(kind, weight)
            return
    if after in _CERTAIN:
        candidate.add(*_CERTAIN[after])
    elif after in {"'s", "’s"} and following in gazetteer.cues["organization_after"]:
        candidate.add("organization", 1)
    elif candidate.name in BODIES and after in gazetteer.longest_title:
        candidate.add("organization", 5)
    elif after == "in" and _names_place(words, j + 1, gazetteer):
        candidate.add("place", 1)
    elif after == "," and j + 1 < len(text):
        _weigh_apposition(candidate, words, gazetteer)
    elif after == "(" and following.isdigit() and len(following) == 2:
        candidate.add("person", 2)


def _names_place(words: Words, i: int, gazetteer: Gazetteer) -> bool:
    """Return whether a known place is named from word `i` on: "in northern Iraq"."""
    if i < len(words.text) and words.text[i] in gazetteer.cues["compass"]:
        i += 1
    known = gazetteer.names.get(words.text[i], ()) if i < len(words.text) else ()
    return bool(known) and known[0].kind == "place"


def _weigh_agent(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> None:
    """Treat a single word without other evidence as a person if it acts: "Dorval scored"."""
    after = words.text[candidate.last] if candidate.last < len(words.text) else ""
    if after in gazetteer.cues["auxiliary"] or (after.endswith("ed") and after.islower()):
        candidate.add("person", 1)


def _weigh_apposition(candidate: Candidate, words: Words, gazetteer: Gazetteer) -> None:
    text, j = words.text, candidate.last + 1
    word = text[j]
    if word.isdigit() and len(word) == 2 and j + 1 < len(text) and text[j + 1] in {",", "."}:
        candidate.add("person", 3)
    elif word == "who":
        candidate.add("person", 2.5)
    elif word == "which":
        candidate.add("organization", 1)
    elif word in {"a", "an", "the", "his", "her", "chief", "former", "senior", "general"}:
        nouns = [noun for noun in text[j : j + 6] if noun in gazetteer.roles]
        if nouns:
            candidate.add("person", 1.5)
        elif any(noun in gazetteer.cues["organization_before"] for noun in text[j : j + 5]):
            candidate.add("organization", 1.5)
    elif word in gazetteer.roles:
        candidate.add("person", 1.5)
    elif word[0].isupper() and word in gazetteer.names and gazetteer.kind(word) == "place":
        before = words.text[candidate.first - 1] if candidate.first else ""
        located = before in gazetteer.cues["place_before"] or before in {"from", "of"}
        town = located or candidate.name in gazetteer.towns
        candidate.add("place", 2.5 if town else 1)
