"""The job `test` for feeds and sites: what would come in, how often, and in which quality.

Nothing is stored. The feed and a few of its pages are fetched as in a run: robots.txt is
obeyed, and private addresses are refused.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from flows.errors import FetchError, NoFeedError, PermanentFetchError
from flows.feeds.discovery import find_feeds_at
from flows.feeds.entry_rows import masked_entries, page_of
from flows.feeds.feed_list import listed_or_empty, listed_url
from flows.feeds.feed_xml import decode
from flows.feeds.opml import ListedFeed, account_key
from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.fetching.fetch_records import AGENT, FetchRequest, FetchResult, header
from flows.fetching.fetcher import Fetcher
from flows.fetching.robots_rules import RobotsRules
from flows.jobs.trial import Trial, explain_dated, read_words, trial_options, try_page
from flows.printable import number
from flows.runs.pages import fetch_page
from flows.secrets import mask_url
from flows.settings import Settings
from transforms.cleaning.refusals import WALLS
from transforms.cleaning.rules import Rules
from transforms.feeds.feed_outlook import FeedOutlook, find_problems, look_ahead
from transforms.feeds.feed_records import FeedBody, FeedEntry, FeedRefusal, ParsedFeed
from transforms.feeds.feed_text import clean, plain_text
from transforms.records import Article, Document, Rejection
from warehouse.connect import open_snapshot
from warehouse.feed_queries import known_entries
from warehouse.folder import DataFolder

FindKnown = Callable[[Sequence[str]], frozenset[str]]

PAGES = 2  # fetched to see what comes out of them

# The beginning of a document that is a feed or a list of pages, not a page.
_FEED = re.compile(
    r"\s*(?:[{\[]|(?:<[?!][^>]*>\s*)*<(?:\w+:)?(?:rss|feed|rdf|channel|urlset|sitemapindex)\b)",
    re.IGNORECASE,
)
_GZIP = b"\x1f\x8b"  # large sitemaps are compressed files
_HEAD_BYTES = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedPage:
    """What came out of the page of an entry.

    Attributes:
        url: The page, without secrets.
        outcome: The article, or why there is none.
        feed_characters: Characters of the text that the feed has of it.
    """

    url: str
    outcome: Article | Rejection
    feed_characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrial:
    """What a feed would bring.

    Attributes:
        url: The feed as the user named it, without secrets.
        final_url: Its URL after redirects.
        is_listed: Whether it is in the feed list.
        known: Canonical URLs of its entries that the warehouse already has.
        robots_line: The line of robots.txt that decides about the feed, None without one.
        delay_s: Seconds between requests that robots.txt asks for.
        disallowed: Entries whose page robots.txt disallows.
        pages: The pages that were tried.
        problems: What is wrong with it, one sentence each.
    """

    url: str
    final_url: str
    is_listed: bool
    feed: ParsedFeed
    outlook: FeedOutlook
    known: frozenset[str]
    robots_line: str | None
    delay_s: float
    disallowed: int
    pages: tuple[TriedPage, ...]
    problems: tuple[str, ...]

    @property
    def is_useful(self) -> bool:
        """Whether a run would store articles from it, as far as the tried pages tell."""
        if self.feed.sitemaps:
            return True
        return any(isinstance(page.outcome, Article) for page in self.pages)

    def is_new(self, entry: FeedEntry) -> bool:
        """Return whether the warehouse does not have the page of an entry yet."""
        return entry.canonical_url not in self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTrial:
    """The feeds of a site, and the sitemaps that its robots.txt names."""

    feeds: tuple[ListedFeed, ...]
    sitemaps: tuple[str, ...]


def try_url(
    url: str,
    settings: Settings,
    rules: Rules,
    *,
    address: str | None = None,
    now: datetime,
    find_known: FindKnown | None = None,
) -> FeedTrial | Trial:
    """Return what a feed would bring; if there is a page at the URL, what comes out of it.

    Args:
        url: URL of a feed or page.
        settings: How to fetch, and which types of pages are kept.
        rules: The user's rules.
        address: Address of the page for rules and links; None for the URL.
        now: The instant of the run.
        find_known: Returns which canonical URLs the warehouse already has; None to ask the
            newest snapshot. A process that has it open already cannot open it again.

    Raises:
        FetchError: The URL cannot be fetched.
        PermanentFetchError: The document looks like a feed, but cannot be read as one.
    """
    url = listed_url(settings.folder, url)
    find_known = find_known or partial(_known, settings.folder)
    tried = asyncio.run(_try_url(url, settings, rules, now, find_known))
    if isinstance(tried, FeedTrial):
        return tried
    return try_page(url, settings, rules, url=address, fetched=tried, now=now)


def try_site(url: str, settings: Settings) -> SiteTrial:
    """Return the feeds and sitemaps of the site that a page belongs to."""
    found: list[ListedFeed] = []

    def on_found(_: str, feeds: list[ListedFeed] | FetchError | NoFeedError) -> None:
        found.extend(feeds if isinstance(feeds, list) else ())

    find_feeds_at([url], settings, on_found)
    return SiteTrial(feeds=tuple(found), sitemaps=asyncio.run(_sitemaps_of(url, settings)))


async def _sitemaps_of(url: str, settings: Settings) -> tuple[str, ...]:
    async with Fetcher(trial_options(settings), now=lambda: datetime.now(UTC)) as fetcher:
        try:
            return (await fetcher.robots_of(url)).sitemaps
        except FetchError:
            return ()


async def _try_url(
    url: str, settings: Settings, rules: Rules, now: datetime, find_known: FindKnown
) -> FeedTrial | FetchResult:
    async with Fetcher(trial_options(settings), now=lambda: now) as fetcher:
        result = await fetcher.fetch(FetchRequest(url=url))
        if not _looks_like_feed(result):
            return result
        feed = await _read(result)
        masked = fetcher.options.secrets.masked
        feed = replace(feed, entries=masked_entries(feed.entries, masked))
        robots = await fetcher.robots_of(result.final_url)
        pages = await _try_pages(feed.entries, fetcher, settings, rules, now)
        urls = [entry.canonical_url for entry in feed.entries if entry.canonical_url]
        found = _judged(result, feed, robots, pages, settings)
        return replace(found, known=find_known(urls))


def _looks_like_feed(result: FetchResult) -> bool:
    head = result.body[:_HEAD_BYTES]
    text = decode(head, header(result.headers, "content-type"))[0]
    return head.startswith(_GZIP) or _FEED.match(clean(text)) is not None


async def _read(result: FetchResult) -> ParsedFeed:
    body = FeedBody(
        url=result.final_url,
        content=result.body,
        content_type=header(result.headers, "content-type"),
        fetched_at=result.fetched_at,
    )
    with FeedReaders(ReaderOptions(processes=1)) as readers:
        read = await readers.read_one(body)
    if isinstance(read, FeedRefusal):
        raise PermanentFetchError(result.url, read.reason, read.detail)
    return read


async def _try_pages(
    entries: Sequence[FeedEntry],
    fetcher: Fetcher,
    settings: Settings,
    rules: Rules,
    now: datetime,
) -> tuple[TriedPage, ...]:
    """Fetch and clean the pages of the first entries, as a run would."""
    boilerplate, words = read_words(settings)
    tried = []
    for entry in [entry for entry in entries if entry.url][:PAGES]:
        item = await fetch_page(page_of(entry), fetcher, now=lambda: now)
        outcome: Article | Rejection
        if isinstance(item.content, Document):
            outcome = explain_dated(item.content, boilerplate, words, rules, now).outcome
        elif isinstance(item.content, Rejection):
            outcome = item.content
        else:  # it may succeed later
            [row] = item.rows["fetches"]
            outcome = Rejection(
                item=item.path, stage="fetch", reason=row["failure"], detail=row["detail"]
            )
        text = plain_text(entry.content or "")
        tried.append(
            TriedPage(url=mask_url(entry.url or ""), outcome=outcome, feed_characters=len(text))
        )
    return tuple(tried)


def _judged(
    result: FetchResult,
    feed: ParsedFeed,
    robots: RobotsRules,
    pages: tuple[TriedPage, ...],
    settings: Settings,
) -> FeedTrial:
    headers = {name.lower(): value for name, value in reversed(result.headers)}
    host = urlsplit(result.final_url).netloc
    here = [entry.url for entry in feed.entries if entry.url and urlsplit(entry.url).netloc == host]
    disallowed = sum(not robots.allows(page, AGENT) for page in here)
    listed = listed_or_empty(settings.folder)
    return FeedTrial(
        url=mask_url(result.url),
        final_url=mask_url(result.final_url),
        is_listed=account_key(result.url) in {account_key(feed.address) for feed in listed},
        feed=feed,
        outlook=look_ahead(feed, headers, now=result.fetched_at),
        known=frozenset(),
        robots_line=robots.line_about(result.final_url, AGENT),
        delay_s=robots.delay_s(AGENT),
        disallowed=disallowed,
        pages=pages,
        problems=(
            *find_problems(feed, headers, now=result.fetched_at),
            *_page_problems(pages, disallowed),
        ),
    )


def _known(folder: DataFolder, urls: Sequence[str]) -> frozenset[str]:
    """Return the URLs that the newest snapshot has, none without a snapshot."""
    if not folder.newest.exists():
        return frozenset()
    with open_snapshot(folder) as con:
        return frozenset(known_entries(con, [], urls, []).urls)


def _page_problems(pages: Sequence[TriedPage], disallowed: int) -> Iterator[str]:
    if disallowed:
        yield f"robots.txt disallows {number(disallowed, 'page')} of its entries"
    for page in pages:
        match page.outcome:
            case Rejection(reason=reason) if reason in WALLS:
                yield f"{page.url}: {WALLS[reason]}"
            case Rejection(reason=reason, detail=detail):
                yield f"{page.url}: {reason}: {detail}"
            case Article(is_paywalled=True):
                yield f"{page.url}: the page says that it is for subscribers"
            case Article(opt_out=signals) if signals:
                yield f"{page.url}: its publisher objects to mining: {', '.join(signals)}"
            case _:
                pass
