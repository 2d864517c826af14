"""The words of statements whose places are known.

The places are found first and the words read only for those that a page shows, because words take
most of the time that it takes to read a statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.web.reading import Reading, Row


def with_words(reading: Reading, places: Sequence[Row]) -> list[Row]:
    """Return the places with the words there; a place without a statement is left out.

    Args:
        reading: The request.
        places: Rows with `article_id`, `start_char` and `published_on`.
    """
    if not places:
        return []
    days = [row["published_on"] for row in places]
    keys = sorted({row["article_id"] for row in places})
    found = reading.rows("statements_at_places", articles=keys, since=min(days), until=max(days))
    words = {(row["article_id"], row["start_char"]): row for row in found}
    return [
        words[row["article_id"], row["start_char"]] | row
        for row in places
        if (row["article_id"], row["start_char"]) in words
    ]
