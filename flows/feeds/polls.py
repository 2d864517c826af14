"""Polls: a round fetches and parses the feeds that are due, then judges the results.

Fetching is asynchronous and does not use the warehouse. The results are judged afterwards,
as rows of `polls`, `entries` and `feeds`, because only the whole round shows whether our
own network was down.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flows.archive.captures import Capture, Stored, capture_of
from flows.errors import FetchError, MachineError
from flows.feeds.entry_rows import ENTRY_COLUMNS, masked_entries
from flows.feeds.feed_list import key_of
from flows.feeds.feed_rows import state_row
from flows.feeds.readers import FeedReaders
from flows.feeds.sitemaps import choose_sitemaps
from flows.fetching.fetch_records import FetchRequest, FetchResult, header
from flows.fetching.fetcher import Fetcher
from flows.secrets import mask_url
from transforms.feeds.entries import News, find_news, mark
from transforms.feeds.feed_records import (
    FeedBody,
    FeedEntry,
    FeedRefusal,
    ParsedFeed,
    PollDecision,
    PollFacts,
)
from transforms.feeds.polling import PollPolicy, conditional_headers, decide_poll, is_own_outage
from warehouse.feed_queries import KnownEntries, KnownFeed

ACCEPT = (
    "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,"
    "application/json;q=0.9,text/xml;q=0.8,*/*;q=0.5"
)
MAX_SITEMAPS = 20  # fetched per poll of an index, latest change first


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A feed to poll: its known state, its URL as in the feed list, and its masked address."""

    feed: KnownFeed
    url: str = field(repr=False)
    address: str = ""

    def __post_init__(self) -> None:
        if not self.address:
            object.__setattr__(self, "address", mask_url(self.url))


@dataclass(slots=True, kw_only=True)
class Poll:
    """The result of polling one feed.

    Attributes:
        captures: The responses with a body; the feed's own is first.
        entries: All entries, including those of an index's sitemaps.
        fault: The fault of this machine that ended the poll; the feed did not fail.
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
    fault: MachineError | None = None

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
        await _fetch_feed(poll, request, fetcher, readers)
    except FetchError as exc:
        poll.failure, poll.detail, poll.http_status = exc.code, exc.detail, exc.http_status
        if exc.retry_after_s is not None:
            poll.headers = {"retry-after": str(math.ceil(exc.retry_after_s))}
    except MachineError as exc:
        poll.fault = exc
    return poll


async def _fetch_feed(
    poll: Poll, request: FetchRequest, fetcher: Fetcher, readers: FeedReaders
) -> None:
    due, result = poll.due, await fetcher.fetch(request)
    poll.http_status = result.http_status
    poll.headers = {name.lower(): value for name, value in result.headers}
    poll.permanent_url = result.permanent_url
    if result.is_not_modified:
        return
    poll.body_sha256 = result.body_sha256
    poll.captures.append(capture_of(result, {"feed_id": due.feed.feed_id}))
    if not poll.is_unchanged or due.feed.kind == "sitemap_index":
        await _read_feed(poll, result, fetcher, readers)


async def _read_feed(
    poll: Poll, result: FetchResult, fetcher: Fetcher, readers: FeedReaders
) -> None:
    read = await readers.read_one(_feed_body(poll, result))
    if isinstance(read, FeedRefusal):
        poll.failure, poll.detail = read.reason, read.detail
        return
    masked = fetcher.options.secrets.masked
    poll.parsed, poll.entries = read, masked_entries(read.entries, masked)
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
            found = masked_entries(read.entries, fetcher.options.secrets.masked)
            entries |= {entry.entry_id: entry for entry in found}
            if read.sitemaps:
                queue.append((read, result.final_url, depth + 1))
    poll.entries = tuple(entries.values())
    poll.body_sha256 = hashlib.sha256("\n".join(sorted(entries)).encode()).hexdigest()


def _feed_body(poll: Poll, result: FetchResult) -> FeedBody:
    return FeedBody(
        url=result.final_url,
        content=result.body,
        feed_id=poll.due.feed.feed_id,
        content_type=header(result.headers, "content-type"),
        fetched_at=result.fetched_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRows:
    """The rows that a round appends, and the feeds that moved to a new URL.

    Attributes:
        rows: Rows by table: `polls`, `entries`, `feeds`.
        moves: New URLs by the URL in the feed list.
        decisions: The decision for each poll, in the order of the polls.
    """

    rows: dict[str, list[dict[str, Any]]]
    moves: dict[str, str]
    decisions: tuple[PollDecision, ...]


def judge_polls(
    polls: Sequence[Poll],
    known: KnownEntries,
    stored: Sequence[Sequence[Stored]],
    *,
    jitter: random.Random,
    listed_urls: set[str],
    policy: PollPolicy | None = None,
) -> PollRows:
    """Return the rows and decisions that follow from the polls of a round.

    Args:
        polls: The results of the round.
        known: What the warehouse knows about the entries.
        stored: Where the captures of each poll are stored.
        jitter: Random numbers that spread due times.
        listed_urls: URL keys of all feeds (see `flows.feeds.feed_list.key_of`), so that a
            redirect never merges two feeds.
        policy: The limits of the polling policy; None for the defaults.
    """
    hosts = ((urlsplit(poll.due.url).netloc, poll.failure) for poll in polls)
    is_outage = is_own_outage(hosts)
    rows: dict[str, list[dict[str, Any]]] = {"polls": [], "entries": [], "feeds": []}
    moves: dict[str, str] = {}
    decisions = []
    urls = set(known.urls)
    for poll, places in zip(polls, stored, strict=True):
        own = known.own.get(poll.due.feed.feed_id, {})
        news = find_news(poll.entries, known.fingerprints, urls, own)
        urls |= {entry.canonical_url for entry in news.new if entry.canonical_url}
        facts = _poll_facts(poll, known, listed_urls)
        decision = decide_poll(
            poll.due.feed.poll_state,
            facts,
            jitter=jitter.random(),
            policy=policy,
            is_outage=is_outage,
        )
        decisions.append(decision)
        rows["polls"].append(_poll_row(poll, decision, news, places[0] if places else None))
        rows["entries"] += _entry_rows(poll, news)
        rows["feeds"] += _feed_rows(poll, decision)
        if decision.moved_to:
            moves[poll.due.url] = decision.moved_to
    return PollRows(rows=rows, moves=moves, decisions=tuple(decisions))


def _poll_facts(poll: Poll, known: KnownEntries, listed_urls: set[str]) -> PollFacts:
    before = known.shown.get(poll.due.feed.feed_id)
    return PollFacts(
        polled_at=poll.polled_at,
        http_status=poll.http_status,
        headers=poll.headers,
        failure=poll.failure,
        is_conditional=poll.is_conditional,
        body_sha256=poll.body_sha256,
        entries=len(poll.entries),
        known_entries=None if before is None else len(before & _marks(poll)),
        ttl_s=poll.parsed.ttl_s if poll.parsed else None,
        permanent_url=poll.permanent_url,
        is_permanent_url_taken=_is_address_taken(poll, listed_urls),
    )


def _marks(poll: Poll) -> set[int]:
    return {mark(entry.entry_id) for entry in poll.entries}


def _is_address_taken(poll: Poll, listed_urls: set[str]) -> bool:
    """Return whether the URL that the feed moved to belongs to another feed."""
    return poll.permanent_url is not None and key_of(poll.permanent_url) in listed_urls


def _poll_row(
    poll: Poll, decision: PollDecision, news: News, place: Stored | None
) -> dict[str, Any]:
    state, parsed = decision.state, poll.parsed
    dropped = parsed.duplicates + parsed.unusable + parsed.over_limit if parsed else 0
    return {
        "feed_id": poll.due.feed.feed_id,
        "polled_at": poll.polled_at,
        "url": poll.due.address,
        "outcome": decision.outcome,
        "http_status": poll.http_status,
        "failure": poll.failure,
        "detail": poll.detail,
        "etag": state.etag,
        "last_modified": state.last_modified,
        "body_sha256": state.body_sha256,
        "bytes": len(poll.captures[0].body) if poll.captures else None,
        "entries": state.entries,
        "new_entries": len(news.new),
        "changed_entries": len(news.changed),
        "known_entries": len(news.known) + len(news.renamed),
        "dropped_entries": dropped,
        "overlap": decision.overlap,
        "is_gap_risk": decision.is_gap_risk,
        "interval_s": state.interval_s,
        "failures": state.failures,
        "conditional_polls": state.conditional_polls,
        "redirect_url": mask_url(state.redirect_url) if state.redirect_url else None,
        "redirect_sightings": state.redirect_sightings,
        "next_poll_at": state.next_poll_at,
        "disabled_reason": state.disabled_reason,
        "changed_at": state.changed_at,
        "shown": sorted(_marks(poll)) if decision.outcome == "new" else None,
        "flags": sorted({*decision.flags, *(parsed.flags if parsed else ())}),
        "warc_file": place.warc_file if place else None,
        "warc_offset": place.warc_offset if place else None,
    }


def _entry_rows(poll: Poll, news: News) -> list[dict[str, Any]]:
    source_id = poll.due.feed.source_id
    return [
        {name: getattr(entry, name) for name in ENTRY_COLUMNS}
        | {"status": status, "source_id": source_id, "seen_at": poll.polled_at}
        for status, entries in (
            ("new", news.new),
            ("changed", news.changed),
            ("renamed", news.renamed),
        )
        for entry in entries
    ]


def _feed_rows(poll: Poll, decision: PollDecision) -> list[dict[str, Any]]:
    """Return the row for a new kind, URL or state; a paused feed that is polled stays paused."""
    feed, now = poll.due.feed, poll.polled_at
    kind = poll.parsed.kind if poll.parsed else None
    if kind and kind != feed.kind:
        title = feed.title or (poll.parsed.title if poll.parsed else None)
        feed = replace(feed, kind=kind, title=title)
        state = "paused" if feed.is_paused else "listed"
        return [state_row(feed, state, now=now, url=decision.moved_to)]
    if decision.moved_to:
        state = "paused" if feed.is_paused else "moved"
        return [state_row(feed, state, now=now, url=decision.moved_to)]
    if decision.outcome == "gone" and not feed.is_paused:
        return [state_row(feed, "gone", now=now)]
    return []
