"""Names as one language writes them: "Deutschland", "Allemagne", "Німеччина".

The tables `places` and `place_names` give the English name of each place, and `organizations`
that of bodies which are known under it, so that all spellings mean one entity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from transforms.naming.entities import new_entity
from transforms.naming.inflections import Inflections
from transforms.naming.world_names import World, longest_of, name_key
from transforms.records import Entity
from transforms.tables import Row


@dataclass(frozen=True, slots=True)
class LocalNames:
    """The names of all languages and of one; the attributes are those of a gazetteer."""

    names: Mapping[str, tuple[Entity, ...]]
    towns: Mapping[str, tuple[Row, ...]]
    longest: Mapping[str, int]
    given: Mapping[str, str]


def local_names(
    rows_of: Callable[[str], Sequence[Row]], world: World, inflections: Inflections
) -> LocalNames:
    """Return the names of a language with those of the world.

    Args:
        rows_of: Returns a table of the language by its name.
        world: The names that all languages share.
        inflections: The forms of names in other cases.
    """
    places = [*rows_of("places"), *rows_of("place_names")]
    bodies, given = rows_of("organizations"), rows_of("given_names")
    if not (places or bodies or given):
        return LocalNames(world.names, world.towns, world.longest, world.given)
    names, towns, longest = dict(world.names), dict(world.towns), dict(world.longest)
    added: list[str] = []
    for row in places:
        entity = name_key(row["entity"])
        for form in _forms(row["name"], "place", inflections):
            key = name_key(form)
            added.append(key)
            if entity in world.names:
                names[key] = world.names[entity]
            elif entity in world.towns:
                towns.setdefault(key, world.towns[entity])
            else:
                names.setdefault(key, (_place(row),))
    for row in bodies:
        known = world.names.get(name_key(row["entity"])) or (_body(row),)
        for form in (row["name"], *filter(None, row["aliases"].split("|"))):
            key = name_key(form)
            added.append(key)
            names[key] = known
    for first, count in longest_of(added).items():
        longest[first] = max(longest.get(first, 0), count)
    return LocalNames(names, towns, longest, _given(given, world, inflections))


def _given(rows: Sequence[Row], world: World, inflections: Inflections) -> dict[str, str]:
    given = dict(world.given)
    for row in rows:
        for form in _forms(row["name"], row["gender"], inflections):
            given.setdefault(form, row["gender"])
    return given


def _forms(name: str, kind: str, inflections: Inflections) -> Iterator[str]:
    """Yield a name and, if it is one word, its forms in other cases."""
    yield name
    if " " not in name:
        yield from inflections.forms(name, kind)


def _place(row: Row) -> Entity:
    return new_entity("place", row["entity"] or row["name"], country=row["country"] or None)


def _body(row: Row) -> Entity:
    aliases = tuple(filter(None, row["aliases"].split("|")))
    return new_entity("organization", row["name"], aliases=aliases, country=row["country"] or None)
