"""JSON Feed 1.1, as the pages give it to feed readers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import orjson

from flows.rss import Item, clean

VERSION: Final = "https://jsonfeed.org/version/1.1"
MEDIA_TYPE: Final = "application/feed+json"


def as_json_feed(
    title: str, link: str, description: str, items: Iterable[Item], *, feed_link: str
) -> bytes:
    """Return a feed with items in the order given.

    Args:
        title: Title of the feed.
        link: URL of a page about the same.
        description: What its items are.
        items: The items.
        feed_link: URL of the feed.
    """
    feed = {
        "version": VERSION,
        "title": clean(title),
        "home_page_url": link,
        "feed_url": feed_link,
        "description": clean(description),
        "items": [_item(item) for item in items],
    }
    return orjson.dumps(feed, option=orjson.OPT_INDENT_2) + b"\n"


def _item(item: Item) -> dict[str, object]:
    """Return an item; its text is no HTML, so nothing in it needs to be escaped."""
    shown = {
        "id": item.guid,
        "url": item.link,
        "title": clean(item.title),
        "content_text": clean(item.description),
        "date_published": item.published_at and _instant(item.published_at),
        "tags": [item.category] if item.category else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _instant(at: datetime) -> str:
    """Return an instant as RFC 3339 writes it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
