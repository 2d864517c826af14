"""Finds the feeds at a URL: the URL itself, or the feeds of the page there.

A page's feeds are those it declares or links to. If it has none, common feed paths of the
site are tried.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from flows.errors import FetchError, NoFeedError
from flows.feeds.opml import ListedFeed
from flows.feeds.polls import ACCEPT
from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.fetching.fetch_records import FetchRequest, FetchResult, charset_of, header
from flows.fetching.fetcher import Fetcher
from flows.settings import Settings
from transforms.charsets import decode
from transforms.feeds.feed_records import FeedBody, ParsedFeed
from transforms.feeds.feed_text import clean, one_line
from transforms.urls import absolute_url, canonical_url

MAX_PAGE_BYTES = 5_000_000
MAX_FEEDS = 50
MAX_TRIED = 12  # candidates per page that are fetched
AT_ONCE = 8  # URLs of the user that are tried at a time

_TYPES = {
    "application/rss+xml": "rss", "application/atom+xml": "atom", "application/rdf+xml": "rss",
    "application/feed+json": "json_feed", "application/json": "json_feed",
    "application/xml": "rss", "text/xml": "rss", "text/rss+xml": "rss", "application/x-rss+xml": "rss",
}  # fmt: skip
# Comment feeds of single articles, and pages that only look like feeds.
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


OnFound = Callable[[str, list[ListedFeed] | FetchError | NoFeedError], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCandidate:
    """A URL that may be a feed of a page; it has not been fetched yet.

    Attributes:
        kind: `rss`, `atom` or `json_feed` if declared, otherwise `unknown`.
        found_in: `link` (declared in the head), `anchor` (linked) or `guess`.
    """

    url: str
    title: str | None = None
    kind: str = "unknown"
    found_in: str = "link"


def find_feeds(page: bytes, url: str, content_type: str | None = None) -> tuple[FeedCandidate, ...]:
    """Return the feeds that an HTML page declares or links to, most likely first.

    Args:
        page: The page as fetched; only its first 5 MB are inspected.
        url: The page's URL after redirects; a `<base>` in the page is respected.
        content_type: The response's `Content-Type`.
    """
    content = page[:MAX_PAGE_BYTES]
    text = clean(decode(content, charset_of(content_type)).text)
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=_html_parser())
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()
    base = _base_url(root, url)
    found: dict[str, FeedCandidate] = {}
    for candidate in (*_declared_feeds(root, base), *_linked_feeds(root, base)):
        found.setdefault(canonical_url(candidate.url) or candidate.url, candidate)
    return tuple(found.values())[:MAX_FEEDS]


def guess_feeds(url: str) -> tuple[FeedCandidate, ...]:
    """Return common feed URLs of a site, to be tried in order."""
    guesses = (absolute_url(path, url) for path in _COMMON_PATHS)
    return tuple(FeedCandidate(url=guess, found_in="guess") for guess in guesses if guess)


def looks_like_feed(url: str) -> bool:
    """Return whether a URL looks like a feed's.

    >>> looks_like_feed("https://example.org/world/rss.xml")
    True
    >>> looks_like_feed("https://example.org/world/feed-prices-rise.html")
    False
    """
    parts = urlsplit(url)
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def find_feeds_at(urls: Sequence[str], settings: Settings, on_found: OnFound) -> None:
    """Find the feeds at each URL, each fetched and parsed; some URLs are tried at a time.

    Args:
        urls: URLs of feeds, and of pages that link to feeds.
        settings: How to fetch.
        on_found: Called with each URL and its feeds as soon as they are found, or with the
            error if there are none.
    """
    asyncio.run(_find_feeds_at_all(urls, settings, on_found))


def _html_parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def _base_url(root: lxml.html.HtmlElement, url: str) -> str:
    for element in root.iter("base"):
        return absolute_url(element.get("href", ""), url) or url
    return url


def _declared_feeds(root: lxml.html.HtmlElement, base: str) -> Iterator[FeedCandidate]:
    """Yield the feeds in `<link rel="alternate">` or `rel="feed"`, in page order."""
    for element in root.iter("link"):
        rels = set(element.get("rel", "").lower().split())
        kind = _TYPES.get(element.get("type", "").partition(";")[0].strip().lower())
        is_feed = "feed" in rels or ("alternate" in rels and kind is not None)
        url = absolute_url(element.get("href", ""), base) if is_feed else None
        if url and not _UNWANTED.search(url):
            title = one_line(element.get("title", "")) or None
            yield FeedCandidate(url=url, title=title, kind=kind or "unknown")


def _linked_feeds(root: lxml.html.HtmlElement, base: str) -> Iterator[FeedCandidate]:
    """Yield the page's links whose URL looks like a feed's."""
    for element in root.iter("a"):
        href = element.get("href", "")
        if not href or len(href) > 2048:
            continue
        url = absolute_url(href, base)
        if url and looks_like_feed(url) and not _UNWANTED.search(url):
            title = one_line(element.text_content() or element.get("title", ""))[:200]
            yield FeedCandidate(url=url, title=title or None, found_in="anchor")


async def _find_feeds_at_all(urls: Sequence[str], settings: Settings, on_found: OnFound) -> None:
    # A user is waiting at the terminal, so the delay is shorter than for scheduled polls.
    options = replace(settings.fetch_options, host_delay_s=min(1.0, settings.host_delay))
    turns = asyncio.Semaphore(AT_ONCE)
    with FeedReaders(ReaderOptions(processes=1)) as readers:
        async with Fetcher(options, now=lambda: datetime.now(UTC)) as fetcher:

            async def find(url: str) -> None:
                async with turns:
                    try:
                        found = await _find_feeds_at(url, fetcher, readers)
                    except (FetchError, NoFeedError) as exc:
                        on_found(url, exc)
                    else:
                        on_found(url, found)

            await asyncio.gather(*map(find, urls))


async def _find_feeds_at(url: str, fetcher: Fetcher, readers: FeedReaders) -> list[ListedFeed]:
    url = url if "://" in url else f"https://{url}"
    result = await fetcher.fetch(FetchRequest(url=url, accept=ACCEPT))
    feed = await _read_result(result, readers)
    if feed is not None:
        return [_to_listed_feed(url, feed)]
    content_type = header(result.headers, "content-type")
    declared = find_feeds(result.body, result.final_url, content_type)
    found = await _fetch_candidates(declared, fetcher, readers)
    if not found:
        found = await _fetch_candidates(guess_feeds(result.final_url), fetcher, readers)
    if not found:
        raise NoFeedError(url)
    return found


async def _fetch_candidates(
    candidates: Sequence[FeedCandidate], fetcher: Fetcher, readers: FeedReaders
) -> list[ListedFeed]:
    found = []
    for candidate in candidates[:MAX_TRIED]:
        try:
            result = await fetcher.fetch(FetchRequest(url=candidate.url, accept=ACCEPT))
        except FetchError:  # a wrong guess or a dead link: try the others
            continue
        feed = await _read_result(result, readers)
        if feed is not None:
            listed = _to_listed_feed(candidate.url, feed)
            found.append(replace(listed, title=listed.title or candidate.title))
    return found


async def _read_result(result: FetchResult, readers: FeedReaders) -> ParsedFeed | None:
    content_type = header(result.headers, "content-type")
    read = await readers.read_one(
        FeedBody(
            url=result.final_url,
            content=result.body,
            content_type=content_type,
            fetched_at=result.fetched_at,
        )
    )
    return read if isinstance(read, ParsedFeed) else None


def _to_listed_feed(url: str, feed: ParsedFeed) -> ListedFeed:
    return ListedFeed(url=url, title=feed.title, home_url=feed.home_url, language=feed.language)
