"""Names of people, organizations and places in a text."""

from __future__ import annotations

import re

from transforms.gazetteer import Gazetteer
from transforms.records import Entity, Mention

VERSION = 1


def find_mentions(
    text: str, gazetteer: Gazetteer, *, title: str | None = None, language: str = "en"
) -> tuple[list[Mention], list[Entity]]:
    """Return the names in `text`, in reading order, and the entities they stand for."""
    if not gazetteer.names:
        return [], []
    known = sorted(gazetteer.names, key=len, reverse=True)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, known)) + r")\b")
    mentions = []
    entities = {}
    for m in pattern.finditer(text):
        entity = gazetteer.names[m[0]]
        entities[entity.entity_id] = entity
        mentions.append(
            Mention(
                start=m.start(),
                end=m.end(),
                text=m[0],
                kind=entity.kind,
                name=entity.name,
                entity_id=entity.entity_id,
            )
        )
    return mentions, list(entities.values())
