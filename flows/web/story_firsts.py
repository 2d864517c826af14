"""Who had what first: the outlet that printed each part of a story before the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

Row = Mapping[str, Any]
_MOST: Final = {"statement": 8, "person": 6, "organization": 4, "place": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPrinted:
    """A part of a story and the outlet that printed it first.

    Attributes:
        kind: `statement`, `person`, `organization` or `place`.
        row: The statement or name, as its query returns it.
        outlet: The outlet.
        article_id: Its article.
        at: When the article was published.
        hours_later: Hours after the first article of the story.
        outlets: How many outlets have it.
    """

    kind: str
    row: Row
    outlet: str
    article_id: str
    at: datetime
    hours_later: float
    outlets: int


def firsts(statements: Sequence[Row], names: Sequence[Row], first_at: datetime) -> list[FirstPrinted]:
    """Return the parts of a story that several outlets have, by the time of the first one.

    Args:
        statements: Statements of the story, the most repeated first.
        names: Names in it, those in the most articles first.
        first_at: When its first article was published.
    """
    found = [
        ("statement", row, row["source_id"], row["article_id"], row["sources"])
        for row in statements
    ] + [
        (row["kind"], row, row["first_source_id"], row["first_article_id"], row["sources"])
        for row in names
    ]
    left = dict(_MOST)
    kept = []
    for kind, row, outlet, article_id, outlets in found:
        if outlets > 1 and row["first_at"] is not None and left[kind] > 0:
            left[kind] -= 1
            hours = (row["first_at"] - first_at).total_seconds() / 3600
            kept.append(
                FirstPrinted(
                    kind=kind, row=row, outlet=outlet, article_id=article_id,
                    at=row["first_at"], hours_later=hours, outlets=outlets,
                )
            )  # fmt: skip
    return sorted(kept, key=lambda one: (one.at, one.kind != "statement"))
