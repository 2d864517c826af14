"""The places where a statement was printed, in any of its wordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.web.reading import Reading, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a statement was printed.

    Attributes:
        rows: The places by time, of all speakers who said the same.
        wordings: The fingerprints of its wordings.
        elsewhere: The statements that the same words belong to, by other speakers.
    """

    rows: list[Row]
    wordings: list[str]
    elsewhere: dict[str, str]


def places_of_statement(reading: Reading, key: str, *, most: int) -> Places:
    """Return where a statement was printed; no rows if there is none under this key.

    Args:
        reading: The request.
        key: Key of the statement, or of one of its wordings.
        most: How many places are read.
    """
    belongs = reading.rows("statements_of_wording", wording=key)
    elsewhere = {
        row["speaker"]: row["statement_id"] for row in belongs if row["statement_id"] != key
    }
    wordings = {
        (row["fingerprint"], row["speaker"])
        for row in reading.rows("wordings_of_statement", statement=key)
    }
    prints = sorted({key} | {fingerprint for fingerprint, _ in wordings})
    found = [
        row
        for row in reading.rows("appearances_of_statement", wordings=prints, most=most)
        if (row["fingerprint"], row["speaker"]) in wordings
        or (row["fingerprint"] == key and row["speaker"] not in elsewhere)
    ]
    return Places(rows=found, wordings=prints, elsewhere=elsewhere)


def with_articles(reading: Reading, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return places where a statement was printed with what is known of their articles."""
    days = [row["published_on"] for row in rows if row["published_on"]]
    keys = sorted({row["article_id"] for row in rows})
    articles = {
        row["article_id"]: row
        for row in reading.rows(
            "articles_of_statement",
            articles=keys,
            since=min(days, default=None),
            until=max(days, default=None),
        )
    }
    return [{**row, **articles[row["article_id"]]} for row in rows if row["article_id"] in articles]
