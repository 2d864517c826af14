"""The feeds behind a page: what it declares, what it links to, where feeds often lie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from flows.feeds.feed_xml import decode, find_charset
from transforms.feeds.feed_text import clean, one_line
from transforms.urls import absolute_url, canonical_url

MAX_PAGE_BYTES = 5_000_000
MAX_FEEDS = 50

_TYPES = {
    "application/rss+xml": "rss", "application/atom+xml": "atom", "application/rdf+xml": "rss",
    "application/feed+json": "json_feed", "application/json": "json_feed",
    "application/xml": "rss", "text/xml": "rss", "text/rss+xml": "rss", "application/x-rss+xml": "rss",
}  # fmt: skip
# Comments of one article, and pages that only look like feeds.
_UNWANTED = re.compile(
    r"/comments/feed|/feed/comments|comments\.xml|/wp-json/|oembed", re.IGNORECASE
)
_FEED_PATH = re.compile(
    r"(?:/(?:feeds?|rss|atom|rdf)(?:/|$)|[./_-](?:rss|atom|rdf|feed)(?:\.(?:xml|php|aspx?|json))?$"
    r"|\.(?:rss|atom|rdf)$|/(?:index|feed|rss|atom|news)\.xml$|/feed\.json$)",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed=(?:rss2?|atom|rdf)|(?:format|type|output)=(?:rss|atom|feed))", re.IGNORECASE
)
_COMMON_PATHS = (
    "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/posts/default",
    "/feed.json", "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCandidate:
    """A feed that a page may have; only fetching it tells.

    Attributes:
        kind: `rss`, `atom`, `json_feed`, or `unknown` for a mere link.
        found_in: `link` (declared in the head), `anchor` (linked) or `guess`.
    """

    url: str
    title: str | None = None
    kind: str = "unknown"
    found_in: str = "link"


def find_feeds(page: bytes, url: str, content_type: str | None = None) -> tuple[FeedCandidate, ...]:
    """Return the feeds that an HTML page declares or links to, the surest first.

    Args:
        page: The page as fetched; no more than 5 MB of it are looked at.
        url: Where it lies after redirects; a `<base>` in it is respected.
        content_type: The response's `Content-Type`.
    """
    content = page[:MAX_PAGE_BYTES]
    text = clean(decode(content, find_charset(content, content_type)))
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()
    base = _base(root, url)
    found: dict[str, FeedCandidate] = {}
    for candidate in (*_declared(root, base), *_linked(root, base)):
        found.setdefault(canonical_url(candidate.url) or candidate.url, candidate)
    return tuple(found.values())[:MAX_FEEDS]


def guess_feeds(url: str) -> tuple[FeedCandidate, ...]:
    """Return where the feeds of a site that declares none often lie, to be tried in turn."""
    guesses = (absolute_url(path, url) for path in _COMMON_PATHS)
    return tuple(FeedCandidate(url=guess, found_in="guess") for guess in guesses if guess)


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def _base(root: lxml.html.HtmlElement, url: str) -> str:
    for element in root.iter("base"):
        return absolute_url(element.get("href", ""), url) or url
    return url


def _declared(root: lxml.html.HtmlElement, base: str) -> Iterator[FeedCandidate]:
    """Yield what `<link rel="alternate">` or `rel="feed"` names, in the page's order."""
    for element in root.iter("link"):
        rels = set(element.get("rel", "").lower().split())
        kind = _TYPES.get(element.get("type", "").partition(";")[0].strip().lower())
        is_feed = "feed" in rels or ("alternate" in rels and kind is not None)
        url = absolute_url(element.get("href", ""), base) if is_feed else None
        if url and not _UNWANTED.search(url):
            title = one_line(element.get("title", "")) or None
            yield FeedCandidate(url=url, title=title, kind=kind or "unknown")


def _linked(root: lxml.html.HtmlElement, base: str) -> Iterator[FeedCandidate]:
    """Yield the page's links whose address looks like a feed's."""
    for element in root.iter("a"):
        href = element.get("href", "")
        if not href or len(href) > 2048:
            continue
        url = absolute_url(href, base)
        if url and looks_like_feed(url) and not _UNWANTED.search(url):
            title = one_line(element.text_content() or element.get("title", ""))[:200]
            yield FeedCandidate(url=url, title=title or None, found_in="anchor")


def looks_like_feed(url: str) -> bool:
    """Tell whether an address has the shape of a feed's.

    >>> looks_like_feed("https://example.org/world/rss.xml")
    True
    >>> looks_like_feed("https://example.org/world/feed-prices-rise.html")
    False
    """
    parts = urlsplit(url)
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))
