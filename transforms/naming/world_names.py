"""Names that are known in every language: the tables of `seeds/gazetteers/`.

`gazetteers/cities` and `gazetteers/regions` may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Self

from transforms.identity import entity_id
from transforms.naming.entities import new_entity
from transforms.naming.name_words import Words
from transforms.normal_forms import normalize
from transforms.records import Entity
from transforms.tables import Row, Tables

_PLAIN = {"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "’": "'"}
_TO_PLAIN = str.maketrans(_PLAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Names that are known in every language; the attributes are those of a gazetteer."""

    names: Mapping[str, tuple[Entity, ...]]
    towns: Mapping[str, tuple[Row, ...]]
    longest: Mapping[str, int]
    countries: frozenset[str]
    bearers: Mapping[str, tuple[Entity, ...]]
    given: Mapping[str, str]
    surnames: frozenset[str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile the tables; raises KeyError if a table or column is missing."""
        names: dict[str, tuple[Entity, ...]] = {}
        for entity, forms in _seeded(tables):
            for form in forms:
                key = name_key(form)
                names[key] = (*names.get(key, ()), entity)
        towns = _towns(tables)
        return cls(
            names=names,
            towns=towns,
            longest=longest_of(chain(names, towns)),
            countries=frozenset(
                entity_id("place", row["name"], row["country"])
                for row in tables["gazetteers/places"]
                if row["type"] in {"country", "nation"}
            ),
            bearers=_bearers(names),
            given={row["name"]: row["gender"] for row in tables["gazetteers/given_names"]},
            surnames=frozenset(
                chain(
                    (row["surname"] for row in tables["gazetteers/surnames"]),
                    (row["name"].split()[-1].lower() for row in tables["gazetteers/people"]),
                )
            ),
        )


def name_key(name: str) -> str:
    """Return the form under which a name is looked up: its words, joined by spaces.

    >>> name_key("Moody's")
    "Moody 's"
    """
    return name if name.replace(" ", "").isalnum() else " ".join(Words.of(name).text)


def longest_of(names: Iterable[str]) -> dict[str, int]:
    """Return the length in words of the longest name, by its first word."""
    longest: dict[str, int] = {}
    for name in names:
        if " " not in name:
            longest.setdefault(name, 1)
            continue
        first, _, rest = name.partition(" ")
        longest[first] = max(longest.get(first, 0), rest.count(" ") + 2)
    return longest


def _bearers(names: Mapping[str, tuple[Entity, ...]]) -> dict[str, tuple[Entity, ...]]:
    bearers: dict[str, dict[str, Entity]] = {}
    for name, entities in names.items():
        if entities[0].kind == "person" and " " in name:
            found = bearers.setdefault(name.rsplit(" ", 1)[-1], {})
            found[entities[0].entity_id] = entities[0]
    return {name: tuple(found.values()) for name, found in bearers.items()}


def _seeded(tables: Tables) -> Iterator[tuple[Entity, tuple[str, ...]]]:
    """Yield the entities of the seeds with the forms of their names."""
    for table, kind in (
        ("places", "place"),
        ("organizations", "organization"),
        ("people", "person"),
        ("events", "event"),
        ("products", "product"),
    ):
        for row in tables[f"gazetteers/{table}"]:
            aliases = tuple(filter(None, row["aliases"].split("|")))
            entity = new_entity(
                kind,
                row["name"],
                aliases=aliases,
                country=row.get("country") or None,
                latitude=number_in(row.get("latitude")),
                longitude=number_in(row.get("longitude")),
                wikidata_id=row.get("wikidata_id") or None,
            )
            yield entity, (row["name"], *aliases)


def _towns(tables: Tables) -> dict[str, tuple[Row, ...]]:
    towns: dict[str, tuple[Row, ...]] = {}
    cities = sorted(tables.get("gazetteers/cities", ()), key=lambda row: -int(row["population"]))
    for row in chain(cities, tables.get("gazetteers/regions", ())):
        name = row["name"]
        key = name if name.isalpha() else name_key(name)
        towns[key] = (*towns[key], row) if key in towns else (row,)
        if not key.isascii() and (plain := _without_marks(key)) not in towns:
            towns[plain] = (row,)
    return towns


def _without_marks(name: str) -> str:
    """Return a name without accents, as many newspapers write it: "Diyarbakir"."""
    if not _PLAIN.keys().isdisjoint(name):  # few names: `translate` takes longer than the rest
        name = name.translate(_TO_PLAIN)
    return normalize("NFD", name).encode("ascii", "ignore").decode()


def number_in(text: str | None) -> float | None:
    """Return a number of a table, None for an empty field."""
    return float(text) if text else None
