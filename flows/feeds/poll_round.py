"""One round of polls: fetches the feeds that are due and parses them.

This part is asynchronous and does not use the warehouse. The results are judged afterwards
(`flows.feeds.poll_rows`), because only the whole round shows whether our own network was
down.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.archive.captures import Capture, capture_of
from flows.errors import FetchError
from flows.feeds.readers import FeedReaders
from flows.feeds.sitemaps import choose_sitemaps
from flows.fetching.fetch_records import FetchRequest, FetchResult
from flows.fetching.fetcher import Fetcher
from flows.secrets import mask_url
from transforms.feeds.feed_records import (
    FeedBody,
    FeedEntry,
    FeedRefusal,
    ParsedFeed,
)
from transforms.feeds.polling import conditional_headers
from warehouse.feed_queries import KnownFeed

ACCEPT = (
    "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,"
    "application/json;q=0.9,text/xml;q=0.8,*/*;q=0.5"
)
MAX_SITEMAPS = 20  # fetched per poll of an index, latest change first


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A feed to poll: its known state, and its URL as in the feed list."""

    feed: KnownFeed
    url: str


@dataclass(slots=True, kw_only=True)
class Poll:
    """The result of polling one feed.

    Attributes:
        captures: The responses with a body; the feed's own is first.
        entries: All entries, including those of an index's sitemaps.
    """

    due: Due
    polled_at: datetime
    is_conditional: bool = False
    http_status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    permanent_url: str | None = None
    failure: str | None = None
    detail: str | None = None
    captures: list[Capture] = field(default_factory=list)
    body_sha256: str | None = None
    parsed: ParsedFeed | None = None
    entries: tuple[FeedEntry, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether the feed is the same as at the last poll."""
        before = self.due.feed.poll_state.body_sha256
        return self.http_status == 304 or (
            self.body_sha256 is not None and self.body_sha256 == before
        )


async def poll_feeds(
    dues: Sequence[Due], fetcher: Fetcher, readers: FeedReaders, *, now: Callable[[], datetime],
    on_poll: Callable[[Poll], None] = lambda _: None,
) -> list[Poll]:  # fmt: skip
    """Poll every feed once and return the results in the order given.

    Failures are reported in the results, not raised.
    """
    slots = asyncio.Semaphore(4 * fetcher.options.concurrency)

    async def one(due: Due) -> Poll:
        async with slots:
            poll = await _poll(due, fetcher, readers, now)
        on_poll(poll)
        return poll

    return list(await asyncio.gather(*(one(due) for due in dues)))


async def _poll(
    due: Due, fetcher: Fetcher, readers: FeedReaders, now: Callable[[], datetime]
) -> Poll:
    validators = conditional_headers(due.feed.poll_state)
    poll = Poll(due=due, polled_at=now(), is_conditional=bool(validators))
    request = FetchRequest(
        url=due.url,
        etag=validators.get("If-None-Match"),
        last_modified=validators.get("If-Modified-Since"),
        accept=ACCEPT,
    )
    try:
        result = await fetcher.fetch(request)
    except FetchError as exc:
        poll.failure, poll.detail, poll.http_status = exc.code, exc.detail, exc.http_status
        if exc.retry_after_s is not None:
            poll.headers = {"retry-after": str(int(exc.retry_after_s))}
        return poll
    poll.http_status = result.http_status
    poll.headers = {name.lower(): value for name, value in result.headers}
    poll.permanent_url = result.permanent_url
    if result.is_not_modified:
        return poll
    poll.body_sha256 = result.body_sha256
    poll.captures.append(capture_of(result, {"feed_id": due.feed.feed_id}))
    if not poll.is_unchanged or due.feed.kind == "sitemap_index":
        await _read_feed(poll, result, fetcher, readers)
    return poll


async def _read_feed(
    poll: Poll, result: FetchResult, fetcher: Fetcher, readers: FeedReaders
) -> None:
    read = await readers.read_one(_feed_body(poll, result))
    if isinstance(read, FeedRefusal):
        poll.failure, poll.detail = read.reason, read.detail
        return
    poll.parsed, poll.entries = read, read.entries
    if read.sitemaps:
        await _walk_sitemaps(poll, read, result.final_url, fetcher, readers)


async def _walk_sitemaps(
    poll: Poll, index: ParsedFeed, index_url: str, fetcher: Fetcher, readers: FeedReaders
) -> None:
    """Parse the sitemaps of an index and of indexes in it, latest change first."""
    visited = {index_url}
    queue = [(index, index_url, 0)]
    entries: dict[str, FeedEntry] = {entry.entry_id: entry for entry in poll.entries}
    while queue and len(visited) <= MAX_SITEMAPS:
        index, index_url, depth = queue.pop(0)
        left = MAX_SITEMAPS - len(visited) + 1
        for link in choose_sitemaps(
            index, index_url=index_url, visited=visited, limit=left, depth=depth
        ):
            visited.add(link.url)
            try:
                result = await fetcher.fetch(FetchRequest(url=link.url, accept=ACCEPT))
            except FetchError as exc:
                poll.detail = str(exc)
                continue
            poll.captures.append(capture_of(result, {"feed_id": poll.due.feed.feed_id}))
            read = await readers.read_one(_feed_body(poll, result))
            if isinstance(read, FeedRefusal):
                poll.detail = f"{mask_url(link.url)}: {read.reason}: {read.detail}"
                continue
            entries |= {entry.entry_id: entry for entry in read.entries}
            if read.sitemaps:
                queue.append((read, result.final_url, depth + 1))
    poll.entries = tuple(entries.values())
    poll.body_sha256 = hashlib.sha256("\n".join(sorted(entries)).encode()).hexdigest()


def _feed_body(poll: Poll, result: FetchResult) -> FeedBody:
    return FeedBody(
        url=result.final_url,
        content=result.body,
        feed_id=poll.due.feed.feed_id,
        content_type=next((v for k, v in result.headers if k.lower() == "content-type"), None),
        fetched_at=result.fetched_at,
    )
