"""Who had what first: the outlet that printed each part of a story before the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

Row = Mapping[str, Any]
_MOST_STATEMENTS: Final = 8
_MOST_NAMES: Final = {"person": 8, "organization": 6, "place": 6}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPrinted:
    """A statement of a story, or names, and the outlet that printed them first.

    Attributes:
        statement: The statement as its query returns it, None for names.
        names: The names that several outlets have from the same article.
        outlet: The outlet.
        article_id: Its article.
        at: When the article was published.
        hours_later: Hours after the first article of the story.
    """

    statement: Row | None
    names: tuple[Row, ...]
    outlet: str
    article_id: str
    at: datetime
    hours_later: float


def firsts(
    statements: Sequence[Row], names: Sequence[Row], first_at: datetime
) -> list[FirstPrinted]:
    """Return what several outlets of a story have, by the time of the first one.

    Args:
        statements: Statements of the story, the most repeated first.
        names: Names in it, those in the most articles first.
        first_at: When its first article was published.
    """
    told = [row for row in statements if _is_shared(row)][:_MOST_STATEMENTS]
    found = [_printed(first_at, row, row["source_id"], row["article_id"]) for row in told]
    by_article = dict[str, list[Row]]()
    for kind, most in _MOST_NAMES.items():
        for row in [row for row in names if row["kind"] == kind and _is_shared(row)][:most]:
            by_article.setdefault(row["first_article_id"], []).append(row)
    found += [
        _printed(first_at, None, rows[0]["first_source_id"], article_id, rows)
        for article_id, rows in by_article.items()
    ]
    return sorted(found, key=lambda one: (one.at, one.statement is None))


def _is_shared(row: Row) -> bool:
    return row["sources"] > 1 and row["first_at"] is not None


def _printed(
    first_at: datetime,
    statement: Row | None,
    outlet: str,
    article_id: str,
    names: Sequence[Row] = (),
) -> FirstPrinted:
    at = statement["first_at"] if statement else names[0]["first_at"]
    return FirstPrinted(
        statement=statement,
        names=tuple(names),
        outlet=outlet,
        article_id=article_id,
        at=at,
        hours_later=(at - first_at).total_seconds() / 3600,
    )
