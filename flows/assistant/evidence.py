"""Where the rows of an answer can be checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flows.web.reading import Reading, Row

Key = tuple[str, int]


def evidence_of(reading: Reading, articles: Iterable[tuple[str, date | None]]) -> dict[Key, Row]:
    """Return address, day, source and digest of articles, by key and revision.

    Args:
        reading: The request.
        articles: Keys and days of the articles.
    """
    found = list(articles)
    if not found:
        return {}
    days = [day for _, day in found if day]
    is_dated = len(days) == len(found)
    rows = reading.rows(
        "evidence_of_articles",
        articles=sorted({key for key, _ in found}),
        since=min(days) if is_dated else None,
        until=max(days) if is_dated else None,
    )
    return {(row["article_id"], row["revision"]): row for row in rows}


def newest(evidence: Mapping[Key, Row], article_id: str) -> dict[str, Any]:
    """Return the evidence of the newest revision of an article, empty if it is not there."""
    mine = [row for (key, _), row in evidence.items() if key == article_id]
    return max(mine, key=lambda row: row["revision"], default={})
