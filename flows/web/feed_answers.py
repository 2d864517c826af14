"""Answers to feed readers: a feed as RSS or JSON Feed, or that it is as before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from flows.json_feed import MEDIA_TYPE as JSON_TYPE
from flows.json_feed import as_json_feed
from flows.rss import Item, as_rss, instant
from flows.web.access import Access

_RSS_TYPE: Final = "application/rss+xml"
KINDS: Final = ("rss", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says.

    Attributes:
        title: Its title.
        page: Path and query of the page about the same.
        description: What its items are.
        items: The items, newest first; each has a link.
        changed_at: When it may have changed last.
    """

    title: str
    page: str
    description: str
    items: Sequence[Item]
    changed_at: datetime


def answer(request: Request, feed: Feed) -> Response:
    """Return a feed in the form that the end of the address names; 304 if the reader has it."""
    base = site_address(request)
    page = base + feed.page
    own = base + _without_token(request)
    if request.url.path.endswith(".rss"):
        built_at = max((i.published_at for i in feed.items if i.published_at), default=None)
        content = as_rss(
            feed.title,
            page,
            feed.description,
            feed.items,
            built_at=built_at or feed.changed_at,
            feed_link=own,
        )
        media_type = _RSS_TYPE
    else:
        content = as_json_feed(feed.title, page, feed.description, feed.items, feed_link=own)
        media_type = JSON_TYPE
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": etag, "last-modified": instant(feed.changed_at)}
    if is_known(request.headers, etag, feed.changed_at):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def site_address(request: Request) -> str:
    """Return the address of the pages as the reader asked for it, without a slash at its end."""
    access: Access = request.scope["access"]
    scheme = request.url.scheme
    if access.is_behind_proxy and request.headers.get("x-forwarded-proto") == "https":
        scheme = "https"
    return f"{scheme}://{request.url.netloc}"


def is_known(headers: Headers, etag: str, changed_at: datetime) -> bool:
    """Whether a reader has an answer already, as it says (RFC 9110, 13.2.2)."""
    tags = headers.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return bool(known & {"*", etag})
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.replace(tzinfo=since.tzinfo or UTC) >= changed_at.replace(microsecond=0)


def _without_token(request: Request) -> str:
    """Return the path and query of a feed; its token was taken out before."""
    query = urlencode(request.query_params.multi_items())
    return quote(request.url.path) + (f"?{query}" if query else "")
