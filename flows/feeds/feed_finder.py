"""What feeds lie at an address: the address itself, or those of the page that is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flows.errors import FetchError, NoFeedError
from flows.feeds.discovery import FeedCandidate, find_feeds, guess_feeds
from flows.feeds.feed_worker import FeedReaders, ReaderOptions
from flows.feeds.opml import ListedFeed
from flows.feeds.poll_round import ACCEPT
from flows.fetching.fetch import Fetcher
from flows.fetching.fetch_records import FetchRequest, FetchResult
from flows.ingestion import fetch_options
from flows.settings import Settings
from transforms.feeds.feed_records import FeedBody, ParsedFeed

MAX_TRIED = 12  # candidates of one page that are fetched


def find_feeds_at(url: str, settings: Settings) -> list[ListedFeed]:
    """Return the feeds at `url`, each fetched and read.

    Raises:
        FetchError: The address itself cannot be had.
        NoFeedError: It is no feed, and none was found behind it.
    """
    return asyncio.run(_find(url if "://" in url else f"https://{url}", settings))


async def _find(url: str, settings: Settings) -> list[ListedFeed]:
    # Somebody waits at the terminal: the pace of polling is for the schedule.
    options = replace(fetch_options(settings), host_delay_s=min(1.0, settings.host_delay))
    with FeedReaders(ReaderOptions(processes=1)) as readers:
        async with Fetcher(options, now=lambda: datetime.now(UTC)) as fetcher:
            result = await fetcher.fetch(FetchRequest(url=url, accept=ACCEPT))
            feed = await _read(result, readers)
            if feed is not None:
                return [_listed(url, feed)]
            content_type = next((v for k, v in result.headers if k.lower() == "content-type"), None)
            declared = find_feeds(result.body, result.final_url, content_type)
            found = await _try(declared, fetcher, readers)
            if not found:
                found = await _try(guess_feeds(result.final_url), fetcher, readers)
    if not found:
        raise NoFeedError(url)
    return found


async def _try(
    candidates: Sequence[FeedCandidate], fetcher: Fetcher, readers: FeedReaders
) -> list[ListedFeed]:
    found = []
    for candidate in candidates[:MAX_TRIED]:
        try:
            result = await fetcher.fetch(FetchRequest(url=candidate.url, accept=ACCEPT))
        except FetchError:  # a guess or a dead link: the others are tried
            continue
        feed = await _read(result, readers)
        if feed is not None:
            listed = _listed(candidate.url, feed)
            found.append(replace(listed, title=listed.title or candidate.title))
    return found


async def _read(result: FetchResult, readers: FeedReaders) -> ParsedFeed | None:
    content_type = next((v for k, v in result.headers if k.lower() == "content-type"), None)
    read = await readers.read_one(
        FeedBody(
            url=result.final_url,
            content=result.body,
            content_type=content_type,
            fetched_at=result.fetched_at,
        )
    )
    return read if isinstance(read, ParsedFeed) else None


def _listed(url: str, feed: ParsedFeed) -> ListedFeed:
    return ListedFeed(url=url, title=feed.title, home_url=feed.home_url, language=feed.language)
