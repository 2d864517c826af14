"""Entries without secrets, as rows of the warehouse, and as the pages that they link to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from flows.fetching.masked_values import MaskedValues
from flows.secrets import mask_links
from transforms.feeds.feed_records import FeedEntry
from transforms.urls import canonical_url, source_id
from warehouse.feed_queries import WantedPage

ENTRY_COLUMNS: Final = (
    "entry_id", "feed_id", "url", "canonical_url", "guid", "title", "authors", "published_raw",
    "published_at", "published_precision", "updated_raw", "updated_at", "summary", "content",
    "language", "tags", "image_url", "fingerprint", "position", "flags",
)  # fmt: skip


def masked_entries(entries: Iterable[FeedEntry], masked: MaskedValues) -> tuple[FeedEntry, ...]:
    """Return entries without the secrets of their addresses; their keys stay as they are.

    Call `masked.keep` with their addresses before they are stored, or their pages cannot be
    fetched later.
    """
    return tuple(_masked_entry(entry, masked) for entry in entries)


def _masked_entry(entry: FeedEntry, masked: MaskedValues) -> FeedEntry:
    url = masked.hide(entry.url) if entry.url else entry.url
    is_kept = url == entry.url
    shown = entry._replace(
        url=url,
        canonical_url=entry.canonical_url if is_kept else canonical_url(url or ""),
        guid=_without_secrets(entry.guid),
        image_url=_without_secrets(entry.image_url),
        summary=_without_secrets(entry.summary),
        content=_without_secrets(entry.content),
    )
    return entry if shown == entry else shown


def _without_secrets(text: str | None) -> str | None:
    return mask_links(text) if text else text


def entry_row(entry: FeedEntry, seen_at: datetime) -> dict[str, Any]:
    """Return the row of `entries` for an entry that no poll has found."""
    row = {name: getattr(entry, name) for name in ENTRY_COLUMNS}
    place = {"status": "new", "source_id": source_id(entry.url or ""), "seen_at": seen_at}
    return row | place


def page_of(entry: FeedEntry) -> WantedPage:
    """Return the page that an entry links to."""
    return WantedPage(
        canonical_url=entry.canonical_url or "",
        url=entry.url or "",
        source_id=source_id(entry.url or ""),
        entry_id=entry.entry_id,
        fingerprint=entry.fingerprint,
        title=entry.title,
        authors=entry.authors,
        published_at=entry.published_at,
        published_precision=entry.published_precision,
        is_zone_assumed="zone_assumed" in entry.flags,
        language=entry.language,
        content=entry.content,
        attempts=0,
    )
