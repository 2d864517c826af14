"""Known names and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from transforms.records import Entity
from transforms.tables import Tables


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names that are known before any article is read.

    Attributes:
        names: Each known form of a name, to its entity.
        titles: Words that stand before a person's name ("President").
    """

    names: Mapping[str, Entity]
    titles: frozenset[str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `gazetteers/organizations` and `gazetteers/titles`."""
        names: dict[str, Entity] = {}
        for row in tables["gazetteers/organizations"]:
            aliases = tuple(sorted(filter(None, row["aliases"].split("|"))))
            entity = Entity(
                entity_id=f"e1-organization-{row['name'].lower()}",
                name=row["name"],
                kind="organization",
                aliases=aliases,
            )
            names.update(dict.fromkeys((row["name"], *aliases), entity))
        return cls(
            names=names, titles=frozenset(row["title"] for row in tables["gazetteers/titles"])
        )
