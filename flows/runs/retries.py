"""When a page is fetched again, and when it is given up.

One rule for pages that could not be fetched and for pages behind a wall (a notice of
maintenance, a question for consent, ...): the article may stand at the same URL later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flows.runs.items import Item
from transforms.cleaning.refusals import RETRIED
from transforms.identity import document_id
from transforms.records import Document, Rejection

MAX_ATTEMPTS = 5
FIRST_RETRY_S = 900.0  # then four times as long each time: the fifth attempt is after 21 hours


def next_attempt(attempts: int, now: datetime, *, asked_s: float | None = None) -> datetime | None:
    """Return when to fetch a page again, None if it is given up.

    Args:
        attempts: Attempts so far, the one at `now` included.
        now: The instant of the last attempt.
        asked_s: Minimum seconds to wait that the server asked for.

    >>> from datetime import UTC
    >>> str(next_attempt(2, datetime(2024, 5, 6, 12, tzinfo=UTC)))
    '2024-05-06 13:00:00+00:00'
    >>> next_attempt(5, datetime(2024, 5, 6, 12, tzinfo=UTC))
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    wait_s = max(FIRST_RETRY_S * 4 ** (attempts - 1), asked_s or 0.0)
    return now + timedelta(seconds=wait_s)


def is_wall(rejection: Rejection) -> bool:
    """Return whether a page was refused because something stands where its article should be."""
    return rejection.stage == "clean" and rejection.reason in RETRIED


def behind_wall(item: Item, rejection: Rejection) -> Item:
    """Return the item of a page that was refused, with its fetch counted as failed.

    Only a fetched page behind a wall changes: it is fetched again later, or given up after
    `MAX_ATTEMPTS`. Files, and pages that are no article, are returned unchanged.
    """
    fetches = item.rows.get("fetches", ())
    if not fetches or not is_wall(rejection):
        return item
    failed = [
        {
            **row,
            "failure": rejection.reason,
            "detail": rejection.detail,
            "next_fetch_at": next_attempt(row["attempts"], row["fetched_at"]),
        }
        for row in fetches
    ]
    return replace(item, rows={**item.rows, "fetches": failed})


def feed_text_instead(
    document: Document, item: Item, rejection: Rejection
) -> tuple[Document, Item] | None:
    """Return the text in the feed for a page that is given up behind a wall.

    None if the page is not given up yet, or its feed has no text.
    """
    if not document.feed_text or not is_wall(rejection):
        return None
    failed = behind_wall(item, rejection).rows.get("fetches", ())
    if not failed or any(row["next_fetch_at"] for row in failed):
        return None
    content = document.feed_text.encode("utf-8", "replace")
    key = document_id(document.url, content)
    text = replace(
        document,
        document_id=key,
        content=content,
        charset="utf-8",
        final_url=None,
        feed_text=None,
        is_feed_text=True,
    )
    rows = {**item.rows, "fetches": [row | {"document_id": key} for row in failed]}
    return text, replace(item, content=text, capture=None, rows=rows, others=())
