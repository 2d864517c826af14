"""The vocabulary of feeds: what a feed said, how its poll went, when the next one is due.

Standard library only. Field names are the columns of `feeds`, `polls` and `entries`.
Instants (`*_at`) are timezone-aware UTC; durations end in `_s` and are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBody:
    """The bytes that a poll brought home, with what their reading depends on.

    Attributes:
        url: Where the feed lies after redirects; relative links are resolved against it.
        content: The body, transfer and content coding taken off.
        feed_id: Key of the feed, empty while it is only being looked at.
        content_type: The response's `Content-Type`, None when silent.
        fetched_at: When it was fetched: dates are judged as future against it.
    """

    url: str
    content: bytes
    fetched_at: datetime
    feed_id: str = ""
    content_type: str | None = None


class FeedEntry(NamedTuple):
    """One item of a feed, before its page is read.

    A tuple, because a poll of 10,000 feeds makes 200,000 of them and sends each to another
    process: a frozen dataclass takes four times as long to make and to unpickle.

    Attributes:
        entry_id: Stable key within the feed (see `transforms.feeds.entries`).
        url: Address of the page, absolute, as the feed gives it; None without a usable one.
        canonical_url: The key under which that address is known.
        guid: The feed's own identifier, as written.
        title: Plain text.
        published_raw: The date as written; `published_at` is None where it means nothing.
        published_precision: `second`, `minute` or `day`; None with `published_at`.
        summary: Plain text.
        content: The article's HTML as the feed carries it, None when it carries none.
        language: As declared for the entry or the feed.
        fingerprint: Hash over what the entry says; another one means that it changed.
        position: 0 for the first item of the feed.
        flags: Fixed codes of what was odd (`future_date`, `bad_link`, ...), sorted.
    """

    entry_id: str
    feed_id: str
    position: int
    url: str | None = None
    canonical_url: str | None = None
    guid: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_raw: str | None = None
    published_at: datetime | None = None
    published_precision: str | None = None
    updated_raw: str | None = None
    updated_at: datetime | None = None
    summary: str | None = None
    content: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    fingerprint: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapLink:
    """A sitemap that a sitemap index names, with the day or instant of its last change."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What one feed document says.

    Every item is counted once: `seen == len(entries) + duplicates + unusable + over_limit`.

    Attributes:
        kind: `rss`, `atom`, `json_feed`, `news_sitemap`, `sitemap`, `sitemap_index`.
        version: The dialect: `rss20`, `atom10`, `json11`, ...
        home_url: The page that the feed belongs to.
        self_url: Where the feed says that it lies.
        rights: The copyright or licence line.
        updated_at: When the feed says that it changed.
        ttl_s: How long the feed asks not to be polled again, None when silent.
        sitemaps: What a sitemap index names, latest change first.
        charset: What the bytes were decoded with.
        seen: Items that the document holds.
        duplicates: Items left out because another one has the same key.
        unusable: Items that say nothing by which they could be known again.
        over_limit: Items past the limit.
        flags: Fixed codes of what was odd (`truncated`, `charset_guessed`, ...), sorted.
    """

    kind: str
    version: str
    title: str | None = None
    description: str | None = None
    home_url: str | None = None
    self_url: str | None = None
    language: str | None = None
    rights: str | None = None
    updated_at: datetime | None = None
    published_at: datetime | None = None
    ttl_s: int | None = None
    entries: tuple[FeedEntry, ...] = ()
    sitemaps: tuple[SitemapLink, ...] = ()
    charset: str | None = None
    seen: int = 0
    duplicates: int = 0
    unusable: int = 0
    over_limit: int = 0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRefusal:
    """Why a document is read as no feed.

    Attributes:
        reason: `empty`, `not_a_feed`, `unsupported_feed`, `bad_xml`, `bad_json`,
            `too_large`, `truncated_body`, `parse_timeout`, `parse_memory`,
            `parse_crash` or `parse_error`.
        detail: One line for people.
    """

    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """What the polls so far have taught about a feed: its last row in `polls`.

    Attributes:
        interval_s: Learnt seconds between polls, None before the first success.
        failures: Weighted failures in a row; 0 after a success.
        conditional_polls: Conditional requests since the last full one.
        redirect_url: Where permanent redirects point, seen `redirect_sightings` times.
        entries: Items at the last poll that brought a body.
        changed_at: When a poll brought a changed body last, None where that is not known.
        disabled_reason: Why it is not polled any more, None while it is.
    """

    polled_at: datetime | None = None
    next_poll_at: datetime | None = None
    interval_s: float | None = None
    failures: float = 0.0
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    conditional_polls: int = 0
    redirect_url: str | None = None
    redirect_sightings: int = 0
    entries: int = 0
    changed_at: datetime | None = None
    disabled_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollFacts:
    """What happened at one poll.

    Attributes:
        http_status: The last response's status, None without one.
        headers: That response's headers under lower-case names.
        failure: Fixed code of what went wrong in fetching or reading, None for a success.
        retry_after_s: What `Retry-After` asks for, where the fetch has read it already.
        is_conditional: The request carried `If-None-Match` or `If-Modified-Since`.
        body_sha256: Hash of the body, None without one.
        entries: Items in the feed.
        known_entries: Those of them that the last changed body before had shown, None where
            that is not known.
        ttl_s: What the feed itself asks for (see `ParsedFeed.ttl_s`).
        permanent_url: Where a chain of permanent redirects alone (301, 308) led.
        is_permanent_url_taken: Another feed has that address already.
    """

    polled_at: datetime
    http_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: str | None = None
    retry_after_s: float | None = None
    is_conditional: bool = False
    body_sha256: str | None = None
    entries: int = 0
    known_entries: int | None = None
    ttl_s: int | None = None
    permanent_url: str | None = None
    is_permanent_url_taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDecision:
    """What follows from a poll: the row of `polls` to append.

    Attributes:
        outcome: `new`, `unchanged`, `failed`, `excused` (our own network) or `gone`.
        state: What the next poll starts from.
        overlap: Share of the entries that the poll before had shown, None where it says nothing.
        is_gap_risk: It had shown none: some may have come and gone between the polls.
        moved_to: The feed's new address, when it is to be stored now.
        flags: Fixed codes (`redirect_to_other_feed`, ...), sorted.
    """

    outcome: str
    state: PollState
    overlap: float | None = None
    is_gap_risk: bool = False
    moved_to: str | None = None
    flags: tuple[str, ...] = ()
