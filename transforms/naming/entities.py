"""Entities: one per person, organization, place, event and product.

The key of an entity is `n1-` and a digest of its kind, its canonical name and, for
places, its country, so the same name has the same key in every article and release. If
an article gives only one name of a person ("Stoltenberg"), the digest includes the
article's text, so that last names alone are never joined across articles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from transforms.identity import entity_id
from transforms.naming.spelling import careful_spelling
from transforms.records import Entity


def new_entity(
    kind: str,
    name: str,
    *,
    aliases: tuple[str, ...] = (),
    country: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    wikidata_id: str | None = None,
    scope: str = "",
) -> Entity:
    """Return the entity of a canonical name; `scope` distinguishes it from its namesakes.

    >>> new_entity("organization", "NATO").entity_id == new_entity("organization", "Nato").entity_id
    True
    """
    qualifier = scope or (country or "" if kind == "place" else "")
    return Entity(
        entity_id=entity_id(kind, careful_spelling(name) if kind == "person" else name, qualifier),
        name=name,
        kind=kind,
        aliases=tuple(sorted(aliases)),
        country=country,
        latitude=latitude,
        longitude=longitude,
        wikidata_id=wikidata_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNamed:
    """A person that one article names.

    Attributes:
        source_id: The publisher.
        published_on: The day of the article.
        entity_id: Key of the person.
        name: Canonical name: a full name, or the only name that the article gives.
    """

    source_id: str
    published_on: date
    entity_id: str
    name: str


def link_short_names(people: Iterable[PersonNamed]) -> dict[str, str]:
    """Return the key of the full name for each key of an unambiguous last name.

    "Stoltenberg" in one article is the Jens Stoltenberg of another if the same source names
    him in the same ISO week and names nobody else with that last name. Otherwise a last name
    keeps its own key.

    >>> day = date(2024, 5, 7)
    >>> link_short_names(
    ...     [
    ...         PersonNamed(source_id="s", published_on=day, entity_id="n1-a", name="Jo Lind"),
    ...         PersonNamed(source_id="s", published_on=day, entity_id="n1-b", name="Lind"),
    ...     ]
    ... )
    {'n1-b': 'n1-a'}
    """
    full: dict[tuple[str, int, int, str], set[str]] = {}
    short: list[tuple[tuple[str, int, int, str], str]] = []
    for person in people:
        year, week, _ = person.published_on.isocalendar()
        key = (person.source_id, year, week, person.name.rsplit(" ", 1)[-1].casefold())
        if " " in person.name:
            full.setdefault(key, set()).add(person.entity_id)
        else:
            short.append((key, person.entity_id))
    bearers = {key: next(iter(keys)) for key, keys in full.items() if len(keys) == 1}
    return {entity_id: bearers[key] for key, entity_id in short if key in bearers}
