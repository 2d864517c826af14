"""Parses JSON Feed, versions 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

from transforms.feeds.entries import identify_entries
from transforms.feeds.feed_dates import DateWords
from transforms.feeds.feed_fields import EntryFields, make_entry
from transforms.feeds.feed_records import FeedBody, FeedRefusal, ParsedFeed
from transforms.feeds.feed_text import one_line, plain_text
from transforms.urls import absolute_url

_VERSION_PREFIXES = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")


def read_json_feed(
    body: FeedBody, text: str, words: DateWords, *, limit: int
) -> ParsedFeed | FeedRefusal:
    """Return the parsed JSON Feed, or why `text` is not one.

    A missing version, numeric identifiers and the single author of version 1.0 are
    accepted.
    """
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as exc:
        return FeedRefusal(reason="bad_json", detail=one_line(str(exc))[:200])
    if not isinstance(feed, dict) or not _is_json_feed(feed):
        return FeedRefusal(reason="unsupported_feed", detail="JSON, but not a JSON Feed")
    items = feed.get("items") or []
    objects = [item for item in items if isinstance(item, dict)]
    language = _string(feed.get("language"))
    authors = _authors(feed)
    made = [
        make_entry(_entry(item, position, language, authors), body, words)
        for position, item in enumerate(objects[:limit])
    ]
    identified = identify_entries(body.feed_id, made)
    home, own = _string(feed.get("home_page_url")), _string(feed.get("feed_url"))
    return ParsedFeed(
        kind="json_feed",
        version=_version(feed.get("version")) or "json",
        title=one_line(_string(feed.get("title")) or "") or None,
        description=one_line(_string(feed.get("description")) or "") or None,
        home_url=absolute_url(home, body.url) if home else None,
        self_url=absolute_url(own, body.url) if own else None,
        language=language,
        entries=identified.entries,
        seen=len(items),
        duplicates=identified.duplicates,
        unusable=identified.unusable + len(items) - len(objects),
        over_limit=max(0, len(objects) - limit),
    )


def _is_json_feed(feed: dict[str, Any]) -> bool:
    items = feed.get("items")
    if not isinstance(items, list | None):
        return False
    return _version(feed.get("version")) is not None or _looks_like_items(items or [])


def _version(stated: object) -> str | None:
    """Return `json10` or `json11`, or None if no JSON Feed version is stated."""
    if isinstance(stated, str) and stated.startswith(_VERSION_PREFIXES):
        number = stated.rpartition("/")[2]
        return "json" + "".join(figure for figure in number if figure.isdigit())
    return None


def _looks_like_items(items: list[object]) -> bool:
    first = items[0] if items else None
    return isinstance(first, dict) and bool(
        first.keys() & {"content_html", "content_text", "date_published", "external_url"}
    )


def _entry(
    item: Mapping[str, Any], position: int, language: str | None, authors: tuple[str, ...]
) -> EntryFields:
    """Return the fields of one item."""
    markup, text = _string(item.get("content_html")), _string(item.get("content_text"))
    summary = _string(item.get("summary"))
    tags = item.get("tags")
    return EntryFields(
        position=position,
        guid=_identifier(item.get("id")),
        link=_string(item.get("url")) or _string(item.get("external_url")),
        title=_string(item.get("title")),
        authors=_authors(item) or authors,
        published_raw=_string(item.get("date_published")),
        updated_raw=_string(item.get("date_modified")),
        summary=summary or (plain_text(markup) if markup else text),
        content=markup or (f"<p>{html.escape(text, quote=False)}</p>" if text else None),
        language=_string(item.get("language")) or language,
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        image=_string(item.get("image")) or _string(item.get("banner_image")),
    )


def _authors(holder: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names in `authors` (1.1), or in `author` (1.0) if that is missing."""
    listed = holder.get("authors")
    people = listed if isinstance(listed, list) and listed else [holder.get("author")]
    names = (_string(person.get("name")) for person in people if isinstance(person, dict))
    return tuple(name for name in names if name)


def _identifier(stated: object) -> str | None:
    """Return an identifier as text, also from a number, as the specification allows."""
    is_number = isinstance(stated, int | float) and not isinstance(stated, bool)
    return str(stated) if is_number else _string(stated)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
