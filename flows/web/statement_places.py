"""The places where a statement was printed, in any of its wordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.web.reading import Reading, Row
from flows.web.selection import Near

_PLACES: Final = 1_000  # where it was printed


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStatement:
    """Where a statement was printed.

    Attributes:
        places: Where it was printed in any of its wordings, by time.
        wordings: Fingerprints of its wordings.
        elsewhere: The statements that its words belong to if others said them, by speaker.
        is_cut: Whether there may be more places.
    """

    places: list[Row]
    wordings: list[str]
    elsewhere: dict[str, str]
    is_cut: bool


def find_statement(reading: Reading, key: str) -> FoundStatement:
    """Return where a statement was printed; nowhere if its words belong to another one."""
    belongs = reading.rows("statements_of_wording", wording=key)
    elsewhere = {
        row["speaker"]: row["statement_id"] for row in belongs if row["statement_id"] != key
    }
    wordings = {
        (row["fingerprint"], row["speaker"])
        for row in reading.rows("wordings_of_statement", statement=key)
    }
    prints = sorted({key} | {fingerprint for fingerprint, _ in wordings})
    rows = reading.rows(
        "appearances_of_statement",
        near=Near("quotations", "wording", prints),
        wordings=prints,
        most=_PLACES,
    )
    places = [
        row
        for row in rows
        if (row["fingerprint"], row["speaker"]) in wordings
        or (row["fingerprint"] == key and row["speaker"] not in elsewhere)
    ]
    return FoundStatement(
        places=places, wordings=prints, elsewhere=elsewhere, is_cut=len(rows) == _PLACES
    )


def with_articles(reading: Reading, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return places where a statement was printed with what is known of their articles."""
    days = [row["published_on"] for row in rows if row["published_on"]]
    keys = sorted({row["article_id"] for row in rows})
    articles = {
        row["article_id"]: row
        for row in reading.rows(
            "articles_of_statement",
            near=Near("latest_articles", "article", keys),
            articles=keys,
            since=min(days, default=None),
            until=max(days, default=None),
        )
    }
    return [{**row, **articles[row["article_id"]]} for row in rows if row["article_id"] in articles]
