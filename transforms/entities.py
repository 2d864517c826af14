"""Entities: one for each person, organization, place, event and product.

The key of an entity is `e1-` and a digest of its kind, its canonical name and, for
places, its country, so the same name has the same key in every article and release. A
person of whom an article gives one name only ("Stoltenberg") has a key that holds that
article's text too: last names alone never meet across articles.
"""

from __future__ import annotations

from transforms.identity import entity_id
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
    """Return the entity of a canonical name; `scope` keeps it apart from its namesakes.

    >>> new_entity("organization", "NATO").entity_id == new_entity("organization", "Nato").entity_id
    True
    """
    qualifier = scope or (country or "" if kind == "place" else "")
    return Entity(
        entity_id=entity_id(kind, name, qualifier),
        name=name,
        kind=kind,
        aliases=tuple(sorted(aliases)),
        country=country,
        latitude=latitude,
        longitude=longitude,
        wikidata_id=wikidata_id,
    )
