"""The listing of a backfill: the pages of each day, from sitemaps and paged feeds.

From a sitemap index only the sitemaps that the range needs are fetched; those last changed
before the range, or whose URL names other days, are skipped. A feed is followed to its
older pages (RFC 5005 `prev-archive` and `next`, JSON Feed's `next_url`, WordPress's
`?paged=`) until all entries of a page are too old.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flows.archive.captures import Capture, capture_of, capture_of_answer
from flows.archive.writer import ArchiveWriter
from flows.backfill.request import BackfillRequest, Origin
from flows.errors import FetchError, RangeError, TransientFetchError
from flows.feeds.entry_rows import masked_entries
from flows.feeds.feed_list import key_of, listed_or_empty, listed_url
from flows.feeds.feed_rows import find_known
from flows.feeds.polls import ACCEPT
from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.feeds.sitemaps import MAX_DEPTH
from flows.fetching.answers import Answer
from flows.fetching.fetch_records import FetchRequest, FetchResult, header
from flows.fetching.fetcher import Fetcher
from flows.machine_faults import raise_machine_fault
from flows.secrets import mask_url, without_references
from flows.settings import Settings
from transforms.cleaning.instants import day_of_url
from transforms.cleaning.shown_days import days_in_address
from transforms.feeds.feed_records import FeedBody, FeedEntry, FeedRefusal, ParsedFeed, SitemapLink
from transforms.identity import feed_id
from transforms.references import unescape
from transforms.urls import absolute_url, registered_domain, source_id
from warehouse.connect import open_live
from warehouse.feed_queries import known_feeds

SITEMAP_ENTRIES = 50_000  # limit of sitemaps.org
MAX_SITEMAPS = 2000  # sitemaps and pages of feeds, per backfill
MAX_FEED_PAGES = 500  # per feed
MAX_SITEMAP_BYTES = 50 * 1024 * 1024  # limit of sitemaps.org
HEAD_BYTES = 65_536  # a feed links to its other pages before its entries

_SITEMAPS = frozenset({"sitemap", "news_sitemap", "sitemap_index"})
_USUAL_SITEMAPS = ("/sitemap_index.xml", "/sitemap.xml", "/news-sitemap.xml")

_LINK = re.compile(rb"<(?:\w+:)?link\b([^<>]{0,3000})>")
_ATTRIBUTE = re.compile(rb"(rel|href)\s*=\s*[\"']([^\"']*)[\"']")
_NEXT_URL = re.compile(rb'"next_url"\s*:\s*"([^"]{1,3000})"')
_WORDPRESS = re.compile(rb"<generator>\s*https?://wordpress\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that ended the listing early: a limit, or a failure that may pass.

    Attributes:
        note: What it was, as one line for the report.
        until: Pages of this day and earlier may be missing; None for all days.
    """

    note: str
    until: date | None = None


@dataclass(slots=True, kw_only=True)
class Listing:
    """The entries that the sitemaps or feeds of a backfill list.

    Attributes:
        entries: Entries in the range, by day and canonical URL.
        captures: The sitemaps and feeds that were read, for the archive.
        requests: Number of sitemaps and feeds requested.
        passed: Counts of skipped entries, by reason.
        problems: Sitemaps and feeds that could not be read, one line each.
        limits: What ended the listing early.
    """

    entries: dict[date, dict[str, FeedEntry]] = field(default_factory=dict)
    captures: list[Capture] = field(default_factory=list)
    requests: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)

    def limits_on(self, day: date) -> list[str]:
        """Return what may have hidden pages of `day`, one line each."""
        return [limit.note for limit in self.limits if limit.until is None or day <= limit.until]

    def add(self, entries: Sequence[FeedEntry], since: date, until: date) -> None:
        """Add the entries whose day is in the range; count the others."""
        for entry in entries:
            day = day_of(entry)
            if entry.url is None or entry.canonical_url is None:
                self.passed["without a URL"] += 1
            elif day is None:
                self.passed["without a date"] += 1
            elif since <= day <= until:
                self.entries.setdefault(day, {}).setdefault(entry.canonical_url, entry)
            else:
                self.passed["outside the range of days"] += 1


@dataclass(frozen=True, slots=True)
class PagePlan:
    """The listing of a backfill; `place` identifies its sources in window keys."""

    place: str
    listing: Listing

    def urls(self, day: date) -> list[str]:
        """Return the URLs of one day."""
        return [entry.url or "" for entry in self.listing.entries.get(day, {}).values()]

    @staticmethod
    def hosts(urls: Iterable[str]) -> Iterator[str]:
        """Yield the host of each URL."""
        for url in urls:
            yield urlsplit(url).hostname or ""


def plan_pages(settings: Settings, request: BackfillRequest) -> PagePlan:
    """Read the sitemaps or feeds of a backfill and return the pages they list.

    Raises:
        RangeError: Neither the feed list nor the request names any sitemap or feed.
    """
    named = tuple(listed_url(settings.folder, url) for url in request.places)
    urls = named or _urls_in_feed_list(settings, request)
    if not urls:
        of = request.source or "any source"
        raise RangeError(
            f"the feed list has no feed of {of}: add one with `onrecord add URL`, or name URLs"
        )
    listing = asyncio.run(_read_listing(settings, request, urls))
    with ArchiveWriter(settings.folder.archive, now=lambda: datetime.now(UTC)) as archive:
        archive.write(listing.captures)
    listing.captures.clear()
    return PagePlan(digest_of([without_references(url) for url in urls]), listing)


def day_of(entry: FeedEntry) -> date | None:
    """Return the day of an entry: as stated, from its URL, or of its last change."""
    if entry.published_at is not None:
        return entry.published_at.date()
    named = day_of_url(entry.url)
    if named is not None:
        return named
    return entry.updated_at.date() if entry.updated_at else None


class Lister:
    """Reads sitemaps and feeds for one range of days."""

    def __init__(self, fetcher: Fetcher, readers: FeedReaders, *, since: date, until: date) -> None:
        self._fetcher, self._readers = fetcher, readers
        self._since, self._until = since, until
        self.listing = Listing()
        self._visited: set[str] = set()

    async def list_sitemap(self, url: str, *, depth: int = 0) -> None:
        """Read a sitemap and those of its sitemaps that the range needs."""
        read = await self._read(url, url)
        if read is None:
            return
        parsed, result = read
        self.listing.add(parsed.entries, self._since, self._until)
        if parsed.over_limit:
            self._add_limit(
                f"{mask_url(url)}: {parsed.over_limit:,} pages over the limit were not read"
            )
        if "sitemaps_cut" in parsed.flags:
            self._add_limit(f"{mask_url(url)}: names too many sitemaps; some were not read")
        own = registered_domain(result.final_url)
        needed = [
            link
            for link in parsed.sitemaps
            if registered_domain(link.url) == own and self._is_needed(link)
        ]
        if needed and depth >= MAX_DEPTH:
            self._add_limit(
                f"{mask_url(url)}: sitemaps nested deeper than {MAX_DEPTH} levels were not read"
            )
            return
        for link in needed:
            await self.list_sitemap(link.url, depth=depth + 1)

    def _add_limit(self, note: str, until: date | None = None) -> None:
        """Record a limit once."""
        limit = Limit(note, until)
        if limit not in self.listing.limits:
            self.listing.limits.append(limit)

    def _is_needed(self, link: SitemapLink) -> bool:
        if link.modified_at is not None and link.modified_at.date() < self._since:
            return False
        named = days_in_address(link.url)
        return named is None or (named[0] <= self._until and self._since <= named[1])

    async def list_feed(self, url: str) -> None:
        """Read a feed and its older pages until the range is covered."""
        following: str | None = url
        shown: set[str] = set()
        oldest: date | None = None
        for number in range(1, MAX_FEED_PAGES + 1):
            read = await self._read(following, url, until=oldest) if following else None
            if following is None or read is None:
                break
            parsed, result = read
            new = {entry.entry_id for entry in parsed.entries} - shown
            self.listing.add(parsed.entries, self._since, self._until)
            days = [day for entry in parsed.entries if (day := day_of(entry))]
            if not new or (days and max(days) < self._since):
                return
            is_sorted = days == sorted(days, reverse=True)
            if days and min(days) < self._since and is_sorted:
                return
            shown |= new
            oldest = min(days, default=oldest) if is_sorted else None
            following = next_page(result, url, number + 1)
        else:
            if following is not None:
                note = f"{mask_url(url)}: stopped after {MAX_FEED_PAGES:,} pages of this feed"
                self._add_limit(note, oldest)
        if following is None:
            self.listing.problems.append(
                f"{mask_url(url)}: has no link to older pages, so older entries cannot be fetched"
            )

    async def _read(
        self, url: str, feed_url: str, *, until: date | None = None
    ) -> tuple[ParsedFeed, FetchResult] | None:
        """Return a sitemap or page of a feed, or None after noting why it cannot be read.

        If it may be readable later, pages of `until` and earlier days count as missing.
        """
        if url in self._visited:
            return None
        if len(self._visited) >= MAX_SITEMAPS:
            self._add_limit(f"stopped after {MAX_SITEMAPS:,} sitemaps and feed pages", until)
            return None
        self._visited.add(url)
        self.listing.requests += 1
        ident = feed_id(key_of(feed_url))
        request = FetchRequest(url=url, accept=ACCEPT, max_body_bytes=MAX_SITEMAP_BYTES)
        try:
            result = await self._fetcher.fetch(request)
        except TransientFetchError as exc:
            self._add_limit(str(exc), until)
            return None
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
        masked = self._fetcher.options.secrets.masked
        entries = masked_entries(read.entries, masked)
        masked.keep(entry.url for entry in entries)
        return replace(read, entries=entries), result


def next_page(result: FetchResult, feed_url: str, number: int) -> str | None:
    """Return the URL of the next older page of a feed; None if the feed names none.

    Args:
        result: The page that was read last.
        feed_url: URL of the feed's first page.
        number: Number of the page to find, 2 for the second.
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
        return absolute_url(unescape(target.decode("utf-8", "replace")), result.final_url)
    if _WORDPRESS.search(head):
        parts = urlsplit(feed_url)
        query = [pair for pair in parse_qsl(parts.query) if pair[0] != "paged"]
        return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))])))
    return None


def digest_of(urls: Sequence[str]) -> str:
    """Return the digest that identifies a set of feeds or sitemaps in window keys."""
    return hashlib.sha256("\n".join(sorted(urls)).encode("utf-8", "replace")).hexdigest()[:24]


def _urls_in_feed_list(settings: Settings, request: BackfillRequest) -> tuple[str, ...]:
    """Return the URLs in the feed list that the request covers."""
    feeds = [
        feed
        for feed in listed_or_empty(settings.folder)
        if request.source in {None, source_id(feed.home_url or feed.url), feed.url, feed.address}
    ]
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        known = find_known(feeds, known_feeds(con))
    kinds = {feed.url: known[feed.address].kind for feed in feeds if feed.address in known}
    is_sitemap = {feed.url: kinds.get(feed.url) in _SITEMAPS for feed in feeds}
    if request.origin == Origin.FEED:
        return tuple(feed.url for feed in feeds if not is_sitemap[feed.url])
    found = [feed.url for feed in feeds if is_sitemap[feed.url]]
    covered = {urlsplit(url).netloc for url in found}
    for feed in feeds:
        site = urlsplit(feed.home_url or feed.url)
        if site.netloc not in covered:
            covered.add(site.netloc)
            found += [f"{site.scheme}://{site.netloc}{path}" for path in _USUAL_SITEMAPS]
    return tuple(found)


async def _read_listing(
    settings: Settings, request: BackfillRequest, urls: Sequence[str]
) -> Listing:
    options = ReaderOptions(processes=1, max_entries=SITEMAP_ENTRIES)
    answers: list[Answer] = []
    with FeedReaders(options) as readers:
        async with Fetcher(
            settings.fetch_options, now=lambda: datetime.now(UTC), on_answer=answers.append
        ) as fetcher:
            lister = Lister(fetcher, readers, since=request.since, until=request.until)
            read = lister.list_sitemap if request.origin == Origin.SITEMAP else lister.list_feed
            try:
                async with asyncio.TaskGroup() as group:
                    for url in urls:
                        group.create_task(read(url))
            except ExceptionGroup as exc:
                raise_machine_fault(exc)
                raise
            lister.listing.captures += map(capture_of_answer, answers)
            return lister.listing
