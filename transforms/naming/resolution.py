"""Decides which entity each name of an article means.

Within an article, a shorter form means the same as the fuller form it belongs to: a last
name its full name, an acronym the name that introduces it, "Lockheed" Lockheed Martin,
"the Alliance" NATO if NATO is named. Names in the gazetteer get the gazetteer's entity.
If two entities fit, the one named last is chosen, the others become candidates, and the
confidence is lower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transforms.identity import sha256_text
from transforms.naming.acronyms import introduced_acronyms
from transforms.naming.entities import new_entity
from transforms.naming.gazetteer import Gazetteer, is_family_first
from transforms.naming.name_kinds import NAME_SUFFIXES
from transforms.naming.spelling import spelling
from transforms.records import Entity, Mention

# Approximate shares of correct mentions, by their support, in the gold data of
# tests/quality and in Wikinews articles labelled by others.
_SURE, _LIKELY, _GUESS, _AMBIGUOUS = 0.95, 0.85, 0.65, 0.5
_SURE_WEIGHT, _LIKELY_WEIGHT = 4.0, 2.0


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text with its kind, before it is resolved.

    Attributes:
        start: First code point.
        end: The code point after it.
        name: Its words joined by spaces, shouted words in title case.
        kind: `person`, `organization`, `place`, `event` or `product`.
        weight: Evidence for the kind, as in `transforms.naming.name_kinds`.
        nickname: A nickname inside the mention, which is not part of `name`.
    """

    start: int
    end: int
    name: str
    kind: str
    weight: float = _SURE_WEIGHT
    nickname: str = ""


@dataclass(frozen=True, slots=True)
class _Meaning:
    entity: Entity
    others: tuple[str, ...] = ()


def resolve(
    text: str, names: Sequence[Name], gazetteer: Gazetteer
) -> tuple[list[Mention], list[Entity]]:
    """Return a mention for each name, and their entities in order of first mention."""
    article = _Article(text, names, gazetteer)
    mentions = []
    entities: dict[str, Entity] = {}
    seen: dict[str, set[str]] = {}
    for name in names:
        meaning = article.meaning(name)
        entity = meaning.entity
        entities.setdefault(entity.entity_id, entity)
        seen.setdefault(entity.entity_id, set()).add(name.name.replace(" 's", "'s"))
        mentions.append(
            Mention(
                start=name.start,
                end=name.end,
                text=text[name.start : name.end],
                kind=name.kind,
                name=entity.name,
                entity_id=entity.entity_id,
                confidence=_AMBIGUOUS if meaning.others else _confidence(name.weight),
                candidates=meaning.others,
            )
        )
    return mentions, [_with_aliases(entity, seen[key]) for key, entity in entities.items()]


def _with_aliases(entity: Entity, seen: set[str]) -> Entity:
    aliases = tuple(sorted(seen.union(entity.aliases) - {entity.name}))
    return entity if aliases == entity.aliases else replace(entity, aliases=aliases)


def _confidence(weight: float) -> float:
    if weight >= _SURE_WEIGHT:
        return _SURE
    return _LIKELY if weight >= _LIKELY_WEIGHT else _GUESS


class _Article:
    """The names of one article, and the entities found for them so far."""

    def __init__(self, text: str, names: Sequence[Name], gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._scope = sha256_text(text)
        self._acronyms: Mapping[str, str] = introduced_acronyms(
            [(name.name, name.start, name.end) for name in names], text
        )
        self._persons: dict[str, list[Name]] = {}
        self._organizations: dict[str, Name] = {}
        self._spelled: dict[str, Name] = {}
        self._named = {
            entity.name for name in names for entity in gazetteer.names.get(name.name, ())[:1]
        }
        self._countries = {
            known[0].country
            for name in names
            if len(known := gazetteer.names.get(name.name, ())) == 1 and known[0].kind == "place"
        }
        self._found: dict[tuple[str, str], _Meaning] = {}
        for name in names:
            if name.kind == "person" and " " in name.name:
                self._add_person(name)
            elif name.kind == "organization" and " " in name.name:
                for part in (name.name.split()[0], name.name.split()[-1]):
                    self._organizations.setdefault(part, name)

    def _add_person(self, name: Name) -> None:
        self._spelled.setdefault(spelling(name.name), name)
        parts = name.name.split()
        first = {parts[0]} if is_family_first(parts, self._gazetteer) else set()
        for part in _last_names(name.name) | first:
            self._persons.setdefault(part.casefold(), []).append(name)
            if (key := spelling(part)) != part.casefold():
                self._persons.setdefault(key, []).append(name)
        if name.nickname:
            self._persons.setdefault(name.nickname.casefold(), []).append(name)

    def meaning(self, name: Name) -> _Meaning:
        """Return the entity that a name means, with the keys of others it may mean."""
        if name.kind == "person" and (named := self._bearers(name.name)):
            return self._person(name, named)
        key = (name.kind, name.name)
        if key not in self._found:
            self._found[key] = self._resolve(name)
        return self._found[key]

    def _bearers(self, name: str) -> Sequence[Name]:
        """Return the people named in full whose last name or nickname this is."""
        first, _, rest = name.partition(" ")
        folded = (first if rest in NAME_SUFFIXES else name).casefold()
        return self._persons.get(folded) or self._persons.get(spelling(name)) or ()

    def _person(self, name: Name, named: Sequence[Name]) -> _Meaning:
        """Return the person that a last name means; of two, the one named last."""
        bearers = {spelling(bearer.name): bearer for bearer in named}
        before = [bearer for bearer in named if bearer.start < name.start]
        chosen = (before or named[:1])[-1]
        others = tuple(
            self.meaning(bearer).entity.entity_id
            for full, bearer in bearers.items()
            if full != spelling(chosen.name)
        )
        return _Meaning(self.meaning(chosen).entity, others)

    def _resolve(self, name: Name) -> _Meaning:
        known = [entity for entity in self._gazetteer.known(name.name) if entity.kind == name.kind]
        full = self._fuller(name)
        if full is not None:
            return self.meaning(full)
        if known:
            chosen = self._at_home(known)
            others = [entity.entity_id for entity in known if entity is not chosen]
            return _Meaning(chosen, tuple(others[:2]))
        if name.kind == "person" and " " not in name.name:
            bearers = self._gazetteer.bearers.get(name.name, ())
            entity = new_entity("person", name.name, scope=self._scope)
            return _Meaning(entity, tuple(bearer.entity_id for bearer in bearers))
        return _Meaning(new_entity(name.kind, _plain(name.name, self._gazetteer)))

    def _at_home(self, known: Sequence[Entity]) -> Entity:
        """Return the entity in a country that the article names, otherwise the first."""
        if known[0].country in self._countries:
            return known[0]
        return next((e for e in known if e.country and e.country in self._countries), known[0])

    def _known_as(self, name: Name) -> bool:
        return any(entity.kind == name.kind for entity in self._gazetteer.known(name.name))

    def _fuller(self, name: Name) -> Name | None:
        """Return the fuller form of this name in the article."""
        if name.name in self._acronyms and self._acronyms[name.name] != name.name:
            return replace(name, name=self._acronyms[name.name])
        if name.kind == "person":
            first = self._spelled.get(spelling(name.name), name)
            return first if first.name != name.name and not self._known_as(name) else None
        if name.kind != "organization":
            return None
        for meant, clue in self._gazetteer.short.get(name.name, ()):
            if clue in self._named:
                return replace(name, name=meant)
        longer = self._organizations.get(name.name)
        position = self._gazetteer.heads.get(name.name, ("", ""))[1]
        if longer is None or (self._gazetteer.kind(name.name) and position != "last"):
            return None
        follows = longer.start < name.start or position == "team"  # headlines say "Colts"
        return longer if longer.name != name.name and follows else None


def _last_names(name: str) -> set[str]:
    """Return the short forms that an article may use for a person.

    >>> sorted(_last_names("Ursula von der Leyen"))
    ['Leyen', 'von der Leyen']
    """
    words = name.split()
    if words[-1] in NAME_SUFFIXES:
        words = words[:-1]
    first = len(words) - 1
    while first > 1 and words[first - 1].islower():
        first -= 1
    return {words[-1], " ".join(words[first:])} if len(words) > 1 else set()


def _plain(name: str, gazetteer: Gazetteer) -> str:
    """Return a name without its legal form: "Brackwell Foods" of "Brackwell Foods Inc."."""
    words = name.split(" ")
    while len(words) > 1 and gazetteer.heads.get(words[-1], ("", ""))[1] == "suffix":
        words.pop()
    return " ".join(words).replace(" '", "'").replace(" ’", "’")
