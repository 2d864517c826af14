"""Any feed's bytes in, a record out: tells the formats apart and calls their reader."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.feeds import json_feed, sitemaps, syndication
from flows.feeds.feed_xml import (
    MAX_FEED_BYTES,
    MAX_SITEMAP_BYTES,
    decode,
    find_bomb,
    find_charset,
    find_root,
    inflate,
)
from transforms.feeds.feed_dates import DateWords
from transforms.feeds.feed_records import FeedBody, FeedRefusal, ParsedFeed
from transforms.feeds.feed_text import clean, has_control_characters, plain_text

_SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
_HTML_ROOTS = frozenset({
    "html", "head", "body", "div", "title", "meta", "script", "p", "span", "center", "h1", "table",
})  # fmt: skip
_MAX_NOTICE_CHARS = 20_000
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|rss|feed)\b", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)


def read_feed(
    body: FeedBody, words: DateWords, *, limit: int = syndication.MAX_ENTRIES
) -> ParsedFeed | FeedRefusal:
    """Return what a feed document says, or why it is none.

    Args:
        body: The bytes, with where and when they were fetched.
        words: Month names and zones (see `transforms.feeds.feed_dates`).
        limit: How many entries are kept; the rest is counted.

    Returns:
        RSS, Atom, CDF, JSON Feed, sitemaps and sitemap indexes, gzipped or not, in any
        charset. HTML is refused as `not_a_feed` even where it embeds a feed.
    """
    content = inflate(body.content)
    if isinstance(content, FeedRefusal):
        return content
    charset = find_charset(content, body.content_type)
    text = decode(content, charset)
    is_dirty = has_control_characters(text)
    text = clean(text).strip()
    if not text:
        return FeedRefusal(reason="empty", detail=f"{len(body.content)} bytes without any text")
    read = _read_text(body, text, words, limit)
    if isinstance(read, FeedRefusal):
        return read
    flags = set(read.flags)
    flags |= {"charset_guessed"} if charset.is_guessed else set()
    flags |= {"control_characters"} if is_dirty else set()
    return replace(read, charset=charset.name, flags=tuple(sorted(flags)))


def _read_text(body: FeedBody, text: str, words: DateWords, limit: int) -> ParsedFeed | FeedRefusal:
    if text[0] in "{[":
        return json_feed.read_json_feed(body, text, words, limit=limit)
    markup = find_root(_without_notices(text).encode())
    size_limit = MAX_SITEMAP_BYTES if markup.root in _SITEMAP_ROOTS else MAX_FEED_BYTES
    if len(markup.content) > size_limit:
        detail = f"{len(markup.content):,} bytes, at most {size_limit:,} are read"
        return FeedRefusal(reason="too_large", detail=detail)
    if not markup.root:
        lines = sitemaps.read_text_sitemap(body, text, limit=limit)
        return lines or FeedRefusal(reason="not_a_feed", detail="neither XML nor JSON")
    if markup.root in _HTML_ROOTS:
        title = _PAGE_TITLE.search(text)
        named = f" titled {plain_text(title[1])[:80]!r}" if title else ""
        return FeedRefusal(reason="not_a_feed", detail=f"an HTML page{named}")
    if markup.root == "opml":
        return FeedRefusal(reason="unsupported_feed", detail="an OPML list of feeds: import it")
    bomb = find_bomb(markup)
    if bomb is not None:
        return bomb
    if markup.root in _SITEMAP_ROOTS:
        return sitemaps.read_sitemap(body, markup, words, limit=limit)
    return syndication.read_syndication(body, markup, words, limit=limit)


def _without_notices(text: str) -> str:
    """Return the document without what a server's script printed before its XML.

    A page with a feed inside stays what it is: a page.
    """
    at = text.find("<?xml", 1, _MAX_NOTICE_CHARS)
    is_page = _PAGE.search(text, 0, max(at, 0)) is not None
    return text if at < 0 or is_page else text[at:]
