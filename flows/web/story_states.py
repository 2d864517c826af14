"""The states of stories: their days and their headlines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flows.web.reading import Reading, Row


def days_of_story(state: Row) -> dict[str, Any]:
    """Return the days `since` and `until`, for queries that read only the articles of these days.

    Args:
        state: A row with `first_at` and `last_at`, the span of the story by its newest state.
    """
    return {
        # An outlet may give a day only, and another day in its own zone.
        "since": (state["first_at"] - timedelta(days=1)).date(),
        "until": (state["last_at"] + timedelta(days=1)).date(),
    }


def with_headlines(reading: Reading, states: Sequence[Row]) -> list[Row]:
    """Return states of stories with `headline` and `language` of their central articles.

    Args:
        reading: The request.
        states: Rows with `central_article_id`, `first_at` and `last_at`.
    """
    if not states:
        return []
    days = [days_of_story(state) for state in states]
    found = reading.rows(
        "headlines_of_articles",
        articles=sorted({state["central_article_id"] for state in states}),
        since=min(day["since"] for day in days),
        until=max(day["until"] for day in days),
    )
    headlines = {row["article_id"]: row for row in found}
    unknown = {"headline": None, "language": None}
    return [state | headlines.get(state["central_article_id"], unknown) for state in states]
