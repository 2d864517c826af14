"""Names as one language writes them: "Deutschland", "Allemagne", "Німеччина".

The tables `places` and `place_names` give the English name of each place, and `organizations`
that of bodies which are known under it, so that all spellings mean one entity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from transforms.naming.entities import new_entity
from transforms.naming.inflections import Inflections
from transforms.naming.world_names import World, longest_of, name_key
from transforms.records import Entity
from transforms.tables import Row


@dataclass(frozen=True, slots=True)
class LocalNames:
    """The names of all languages and of one; the other attributes are those of a gazetteer.

    Attributes:
        bases: Given name in the first case, its gender and the number of the case, by the form
            of a given name in another case.
    """

    names: Mapping[str, tuple[Entity, ...]]
    towns: Mapping[str, tuple[Row, ...]]
    longest: Mapping[str, int]
    given: Mapping[str, str]
    bases: Mapping[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)


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
    forms = [(name_key(row["name"]), row) for row in places]
    firsts = {name for name, _ in forms}
    forms += [
        (form, row)
        for name, row in forms
        for form in sorted(inflections.forms(name, "place") - firsts)
    ]
    for key, row in forms:
        entity = name_key(row["entity"])
        added.append(key)
        if entity in world.names and (key in firsts or key not in names):
            names[key] = world.names[entity]
        elif entity in world.towns:
            towns.setdefault(key, world.towns[entity])
        elif entity not in world.names:
            names.setdefault(key, (_place(row),))
    for row in bodies:
        known = world.names.get(name_key(row["entity"])) or (_body(row),)
        for form in (row["name"], *filter(None, row["aliases"].split("|"))):
            key = name_key(form)
            added.append(key)
            names[key] = known
            for inflected in () if key.isupper() else sorted(inflections.forms(key, "place")):
                added.append(inflected)
                names.setdefault(inflected, known)
    for first, count in longest_of(added).items():
        longest[first] = max(longest.get(first, 0), count)
    return LocalNames(
        names,
        towns,
        longest,
        _given(given, world, inflections),
        _given_bases(given, inflections),
    )


def _given(rows: Sequence[Row], world: World, inflections: Inflections) -> dict[str, str]:
    given = dict(world.given)
    given.update((row["name"], row["gender"]) for row in rows)
    for row in rows:
        for form in sorted(inflections.forms(row["name"], row["gender"])):
            given.setdefault(form, row["gender"])
    return given


def _given_bases(
    rows: Sequence[Row], inflections: Inflections
) -> dict[str, tuple[tuple[str, str, int], ...]]:
    bases: dict[str, tuple[tuple[str, str, int], ...]] = {}
    for row in rows if inflections.surnames else ():
        cases = inflections.cases(row["name"], row["gender"])
        for number, forms in enumerate(cases):
            for form in forms:
                bases[form] = (*bases.get(form, ()), (row["name"], row["gender"], number))
    return bases


def _place(row: Row) -> Entity:
    return new_entity("place", row["entity"] or row["name"], country=row["country"] or None)


def _body(row: Row) -> Entity:
    aliases = tuple(filter(None, row["aliases"].split("|")))
    return new_entity("organization", row["name"], aliases=aliases, country=row["country"] or None)
