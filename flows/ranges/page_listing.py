"""The pages of a range of days, as sitemaps and paged feeds list them.

A sitemap index is read only as far as the range needs: a sitemap that was last changed
before the range, or whose address names other days, is not fetched. A feed is followed
to its older pages (RFC 5005 `prev-archive` and `next`, JSON Feed's `next_url`,
WordPress's `?paged=`) until one holds nothing that is young enough.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flows.archive.captures import Capture, capture_of
from flows.errors import FetchError
from flows.feeds.feed_worker import FeedReaders
from flows.feeds.poll_round import ACCEPT
from flows.feeds.sitemaps import MAX_DEPTH
from flows.fetching.fetch import Fetcher
from flows.fetching.fetch_records import FetchRequest, FetchResult, header
from flows.secrets import mask_url
from transforms.cleaning.shown_days import days_in_address
from transforms.feeds.feed_records import FeedBody, FeedEntry, FeedRefusal, ParsedFeed, SitemapLink
from transforms.identity import feed_id
from transforms.urls import absolute_url, canonical_url, registered_domain

MAX_SITEMAPS = 2000  # read for one backfill
MAX_FEED_PAGES = 500  # of one feed
MAX_SITEMAP_BYTES = 50 * 1024 * 1024  # what sitemaps.org allows
HEAD_BYTES = 65_536  # links to other pages of a feed stand before its entries

_LINK = re.compile(rb"<(?:\w+:)?link\b([^<>]{0,3000})>")
_ATTRIBUTE = re.compile(rb"(rel|href)\s*=\s*[\"']([^\"']*)[\"']")
_NEXT_URL = re.compile(rb'"next_url"\s*:\s*"([^"]{1,3000})"')
_WORDPRESS = re.compile(rb"<generator>\s*https?://wordpress\.", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Listing:
    """What the sitemaps or feeds of a backfill list.

    Attributes:
        entries: Entries of the range by day, each with the key of its feed's source.
        captures: The documents that were read, for the archive.
        requests: How many were asked for.
        passed: Entries that are left out, by reason.
        problems: What could not be read, a line each.
    """

    entries: dict[date, dict[str, FeedEntry]] = field(default_factory=dict)
    captures: list[Capture] = field(default_factory=list)
    requests: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def add(self, entries: Sequence[FeedEntry], since: date, until: date) -> None:
        """Take the entries whose day lies in the range."""
        for entry in entries:
            day = day_of(entry)
            if entry.url is None or entry.canonical_url is None:
                self.passed["without an address"] += 1
            elif day is None:
                self.passed["without a date"] += 1
            elif since <= day <= until:
                self.entries.setdefault(day, {}).setdefault(entry.canonical_url, entry)
            else:
                self.passed["of other days"] += 1


def day_of(entry: FeedEntry) -> date | None:
    """Return the day of an entry: as stated, as its address names it, or of its last change."""
    if entry.published_at is not None:
        return entry.published_at.date()
    named = days_in_address(entry.url or "")
    if named is not None and named[0] == named[1]:
        return named[0]
    return entry.updated_at.date() if entry.updated_at else None


class Lister:
    """Reads sitemaps and feeds for one range of days."""

    def __init__(self, fetcher: Fetcher, readers: FeedReaders, *, since: date, until: date) -> None:
        self._fetcher, self._readers = fetcher, readers
        self._since, self._until = since, until
        self.listing = Listing()
        self._visited: set[str] = set()

    async def list_sitemap(self, url: str, *, depth: int = 0) -> None:
        """Read a sitemap, and those that it names as far as the range needs them."""
        read = await self._read(url, url)
        if read is None:
            return
        parsed, result = read
        self.listing.add(parsed.entries, self._since, self._until)
        if parsed.over_limit:
            self.listing.problems.append(
                f"{mask_url(url)}: {parsed.over_limit} pages past the limit"
            )
        own = registered_domain(result.final_url)
        for link in parsed.sitemaps:
            if depth < MAX_DEPTH and registered_domain(link.url) == own and self._is_needed(link):
                await self.list_sitemap(link.url, depth=depth + 1)

    def _is_needed(self, link: SitemapLink) -> bool:
        if link.modified_at is not None and link.modified_at.date() < self._since:
            return False
        named = days_in_address(link.url)
        return named is None or (named[0] <= self._until and self._since <= named[1])

    async def list_feed(self, url: str) -> None:
        """Read a feed and its older pages until the range is covered."""
        following: str | None = url
        shown: set[str] = set()
        for number in range(1, MAX_FEED_PAGES + 1):
            read = await self._read(following, url) if following else None
            if following is None or read is None:
                break
            parsed, result = read
            new = {entry.entry_id for entry in parsed.entries} - shown
            self.listing.add(parsed.entries, self._since, self._until)
            days = [day for entry in parsed.entries if (day := day_of(entry))]
            if not new or (days and max(days) < self._since):
                return
            if days and min(days) < self._since and days == sorted(days, reverse=True):
                return
            shown |= new
            following = next_page(result, url, number + 1)
        if following is None:
            self.listing.problems.append(
                f"{mask_url(url)}: names no older page: what it dropped cannot be reached"
            )

    async def _read(self, url: str, feed_url: str) -> tuple[ParsedFeed, FetchResult] | None:
        if url in self._visited or len(self._visited) >= MAX_SITEMAPS:
            return None
        self._visited.add(url)
        self.listing.requests += 1
        ident = feed_id(canonical_url(feed_url) or feed_url)
        request = FetchRequest(url=url, accept=ACCEPT, max_body_bytes=MAX_SITEMAP_BYTES)
        try:
            result = await self._fetcher.fetch(request)
        except FetchError as exc:
            self.listing.problems.append(str(exc))
            return None
        self.listing.captures.append(capture_of(result, {"feed_id": ident}))
        read = await self._readers.read_one(
            FeedBody(
                url=result.final_url,
                content=result.body,
                feed_id=ident,
                content_type=header(result.headers, "content-type"),
                fetched_at=result.fetched_at,
            )
        )
        if isinstance(read, FeedRefusal):
            self.listing.problems.append(f"{mask_url(url)}: {read.reason}: {read.detail}")
            return None
        return read, result


def next_page(result: FetchResult, feed_url: str, number: int) -> str | None:
    """Return where the next older page of a feed lies, None where nothing says so.

    Args:
        result: The page that was read.
        feed_url: Address of the feed's first page.
        number: Number of the page that is looked for, 2 for the second.
    """
    head = result.body[:HEAD_BYTES]
    links: dict[bytes, bytes] = {}
    for found in _LINK.finditer(head):
        attributes = dict(_ATTRIBUTE.findall(found[1]))
        for rel in attributes.get(b"rel", b"").lower().split():
            links.setdefault(rel, attributes.get(b"href", b""))
    target = links.get(b"prev-archive") or links.get(b"next")
    if target is None and (stated := _NEXT_URL.search(head)):
        target = stated[1].replace(b"\\/", b"/")
    if target:
        return absolute_url(html.unescape(target.decode("utf-8", "replace")), result.final_url)
    if _WORDPRESS.search(head):
        parts = urlsplit(feed_url)
        query = [pair for pair in parse_qsl(parts.query) if pair[0] != "paged"]
        return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))])))
    return None


def digest_of(urls: Sequence[str]) -> str:
    """Return what names a set of feeds or sitemaps in the key of a window."""
    return hashlib.sha256("\n".join(sorted(urls)).encode("utf-8", "replace")).hexdigest()[:24]
