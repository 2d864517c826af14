"""The pages of a backfill over sitemaps or feeds: planned by day, then fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from flows.archive.archive import ArchiveWriter
from flows.archive.captures import capture_of_answer
from flows.errors import RangeError
from flows.feeds.feed_list import listed_or_empty, source_of
from flows.feeds.feed_worker import FeedReaders, ReaderOptions
from flows.feeds.poll_rows import ENTRY_COLUMNS
from flows.fetching.answers import Answer
from flows.fetching.fetch import Fetcher
from flows.ingestion import fetch_options
from flows.ranges.page_listing import Lister, Listing, digest_of
from flows.ranges.windows import BackfillWish, Origin
from flows.settings import Settings
from transforms.feeds.feed_records import FeedEntry
from warehouse.connect import open_live
from warehouse.feed_queries import WantedPage, known_feeds

SITEMAP_ENTRIES = 50_000  # what sitemaps.org allows in one
_SITEMAPS = frozenset({"sitemap", "news_sitemap", "sitemap_index"})
_USUAL_SITEMAPS = ("/sitemap_index.xml", "/sitemap.xml", "/news-sitemap.xml")


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What sitemaps or feeds list for a range; `place` names them in the key of a window."""

    place: str
    listing: Listing

    def urls(self, day: date) -> list[str]:
        """Return the addresses of one day."""
        return [entry.url or "" for entry in self.listing.entries.get(day, {}).values()]

    @staticmethod
    def hosts(urls: Iterable[str]) -> Iterator[str]:
        """Yield the host of each address."""
        for url in urls:
            yield urlsplit(url).hostname or ""


def plan_pages(settings: Settings, wish: BackfillWish) -> PagePlan:
    """Read the sitemaps or feeds of a backfill and return what they list.

    Raises:
        RangeError: Neither the feed list nor the wish names any.
    """
    urls = wish.places or _listed(settings, wish)
    if not urls:
        raise RangeError(f"source: got {wish.source!r}, which the feed list does not have")
    listing = asyncio.run(_list(settings, wish, urls))
    with ArchiveWriter(settings.folder.archive, now=lambda: datetime.now(UTC)) as archive:
        archive.write(listing.captures)
    listing.captures.clear()
    return PagePlan(digest_of(urls), listing)


def _listed(settings: Settings, wish: BackfillWish) -> tuple[str, ...]:
    """Return the sitemaps or feeds of the feed list that the wish means."""
    feeds = [
        feed
        for feed in listed_or_empty(settings.folder.feed_list)
        if wish.source in {None, source_of(feed.home_url or feed.url), feed.url}
    ]
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        kinds = {feed.url: feed.kind for feed in known_feeds(con)}
    is_sitemap = {feed.url: kinds.get(feed.url) in _SITEMAPS for feed in feeds}
    if wish.origin == Origin.FEED:
        return tuple(feed.url for feed in feeds if not is_sitemap[feed.url])
    found = [feed.url for feed in feeds if is_sitemap[feed.url]]
    covered = {urlsplit(url).netloc for url in found}
    for feed in feeds:
        site = urlsplit(feed.home_url or feed.url)
        if site.netloc not in covered:
            covered.add(site.netloc)
            found += [f"{site.scheme}://{site.netloc}{path}" for path in _USUAL_SITEMAPS]
    return tuple(found)


async def _list(settings: Settings, wish: BackfillWish, urls: Sequence[str]) -> Listing:
    options = ReaderOptions(processes=1, max_entries=SITEMAP_ENTRIES)
    answers: list[Answer] = []
    with FeedReaders(options) as readers:
        async with Fetcher(
            fetch_options(settings), now=lambda: datetime.now(UTC), on_answer=answers.append
        ) as fetcher:
            lister = Lister(fetcher, readers, since=wish.since, until=wish.until)
            read = lister.list_sitemap if wish.origin == Origin.SITEMAP else lister.list_feed
            async with asyncio.TaskGroup() as group:
                for url in urls:
                    group.create_task(read(url))
            lister.listing.captures += map(capture_of_answer, answers)
            return lister.listing


def page_of(entry: FeedEntry) -> WantedPage:
    """Return the page that an entry leads to."""
    return WantedPage(
        canonical_url=entry.canonical_url or "",
        url=entry.url or "",
        source_id=source_of(entry.url or ""),
        entry_id=entry.entry_id,
        fingerprint=entry.fingerprint,
        title=entry.title,
        authors=entry.authors,
        published_at=entry.published_at,
        published_precision=entry.published_precision,
        language=entry.language,
        content=entry.content,
        attempts=0,
    )


def entry_row(entry: FeedEntry, seen_at: datetime) -> dict[str, Any]:
    """Return the row of `entries` for an entry that a backfill has shown."""
    row = {name: getattr(entry, name) for name in ENTRY_COLUMNS}
    place = {"status": "new", "source_id": source_of(entry.url or ""), "seen_at": seen_at}
    return row | place
