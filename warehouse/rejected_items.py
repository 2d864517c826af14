"""Queries about rejected items that may be tried again."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import duckdb

from warehouse.queries import ITEMS, items

_REJECTED: Final = importlib.resources.files("warehouse").joinpath("rejected_items.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedItem:
    """An item whose last outcome is a rejection.

    Attributes:
        item: File, URL or line.
        stage: Where it was rejected: `read`, `fetch`, `clean` or `analyse`.
        document_id: Key of its document; None if its content was never had. Then all further
            attributes are None.
        url: URL that was requested; None for a file without one.
        warc_file: Archive file; None if the document is not in the archive.
    """

    item: str
    reason: str
    stage: str
    rejected_at: datetime
    document_id: str | None
    url: str | None
    final_url: str | None
    media_type: str | None
    charset: str | None
    http_status: int | None
    fetched_at: datetime | None
    warc_file: str | None
    warc_offset: int | None


def find_rejected(
    con: duckdb.DuckDBPyConnection,
    reasons: Sequence[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[RejectedItem]:
    """Return the items whose last outcome is a rejection with one of these reasons.

    Args:
        con: The live file.
        reasons: Codes of rejections.
        since: First instant of the rejection; None for all.
        until: End of that range, not included; None for all.
    """
    limits = {"reasons": list(reasons), "since": since, "until": until}
    names = list(RejectedItem.__slots__)
    rows = con.execute(_REJECTED.read_text("utf-8"), limits).fetchall()
    return [RejectedItem(**dict(zip(names, row, strict=True))) for row in rows]


def known_reasons(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the reasons of all rejections, the most frequent first."""
    rows = con.execute(
        "SELECT reason FROM rejections GROUP BY reason ORDER BY count(*) DESC, reason"
    ).fetchall()
    return [row[0] for row in rows]


def last_fetches(con: duckdb.DuckDBPyConnection, urls: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the last row of `fetches` of each page, by its URL, without its batch."""
    result = con.execute(
        f"WITH asked AS (SELECT DISTINCT {ITEMS} AS url)"
        " SELECT * EXCLUDE (batch_id) FROM fetches SEMI JOIN asked USING (url)"
        " QUALIFY row_number() OVER (PARTITION BY url ORDER BY fetched_at DESC) = 1",
        [items(urls)],
    )
    names = [column[0] for column in result.description or []]
    rows = (dict(zip(names, row, strict=True)) for row in result.fetchall())
    return {row["url"]: row for row in rows}
