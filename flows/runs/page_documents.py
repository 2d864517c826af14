"""The documents of fetched pages, with what their feeds said about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.fetching.fetch_records import FetchResult
from flows.secrets import mask_url
from transforms.identity import document_id
from transforms.records import Document
from transforms.zones import ASSUMED_ZONE_CONFIDENCE
from warehouse.feed_queries import WantedPage


def document_of(page: WantedPage, result: FetchResult) -> Document:
    """Return the fetched page as a document, with what the feed said about it."""
    is_moved = result.final_url != page.url
    return replace(
        feed_document(page, result.fetched_at),
        document_id=document_id(mask_url(page.url), result.body),
        content=result.body,
        final_url=mask_url(result.final_url) if is_moved else None,
        charset=result.charset,
        feed_text=page.content,
        is_feed_text=False,
        opt_out=result.opt_out,
    )


def feed_document(page: WantedPage, fetched_at: datetime) -> Document:
    """Return the text in the feed entry as a document."""
    content = (page.content or "").encode("utf-8", "replace")
    return Document(
        document_id=document_id(mask_url(page.url), content),
        content=content,
        media_type="html",
        charset="utf-8",
        fetched_at=fetched_at,
        url=mask_url(page.url),
        published_at=page.published_at,
        published_precision=page.published_precision or "second",
        published_from="feed",
        published_confidence=ASSUMED_ZONE_CONFIDENCE if page.is_zone_assumed else 1.0,
        title=page.title,
        authors=page.authors,
        language=page.language,
        is_feed_text=True,
    )
