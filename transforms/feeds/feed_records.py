"""The records of feeds: their content, the outcome of a poll, and when the next is due.

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
    """The body that a poll received, with everything that its parsing depends on.

    Attributes:
        url: The feed's URL after redirects; relative links are resolved against it.
        content: The body, with transfer and content coding removed.
        feed_id: Key of the feed, empty while it is only inspected.
        content_type: The response's `Content-Type`, None if not sent.
        fetched_at: When it was fetched; dates after it are in the future.
    """

    url: str
    content: bytes
    fetched_at: datetime
    feed_id: str = ""
    content_type: str | None = None


class FeedEntry(NamedTuple):
    """One item of a feed, before its page is read.

    A tuple, because a poll of 10,000 feeds makes 200,000 of them and sends each to another
    process; a frozen dataclass takes four times as long to create and to unpickle.

    Attributes:
        entry_id: Stable key within the feed (see `transforms.feeds.entries`).
        url: The page's absolute URL as the feed gives it; None without a usable one.
        canonical_url: The key of that URL.
        guid: The feed's own identifier, as written.
        title: Plain text.
        published_raw: The date as written; `published_at` is None if it is unusable.
        published_precision: `second`, `minute` or `day`; None with `published_at`.
        summary: Plain text.
        content: The article's HTML from the feed, None without any.
        language: As declared for the entry or the feed.
        fingerprint: Hash of the content; a different hash means that the entry changed.
        position: 0 for the first item of the feed.
        flags: Fixed codes of oddities (`future_date`, `bad_link`, ...), sorted.
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
    """A sitemap named by a sitemap index, with the day or instant of its last change."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The content of one feed document.

    Every item is counted once: `seen == len(entries) + duplicates + unusable + over_limit`.

    Attributes:
        kind: `rss`, `atom`, `json_feed`, `news_sitemap`, `sitemap`, `sitemap_index`.
        version: The dialect: `rss20`, `atom10`, `json11`, ...
        home_url: The page that the feed belongs to.
        self_url: The feed's own URL, as it states it.
        rights: The copyright or licence line.
        updated_at: When the feed says that it was last changed.
        ttl_s: Minimum seconds between polls that the feed asks for, None if not stated.
        sitemaps: The sitemaps of a sitemap index, latest change first.
        charset: Charset that the bytes were decoded from.
        seen: Items in the document.
        duplicates: Items left out because another item has the same key.
        unusable: Items left out because nothing identifies them.
        over_limit: Items beyond the limit.
        flags: Fixed codes of oddities (`truncated`, `charset_guessed`, ...), sorted.
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
    """Why a document was not accepted as a feed.

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
    """What is known of a feed from its polls so far: its last row in `polls`.

    Attributes:
        interval_s: Learned seconds between polls, None before the first success.
        failures: Weighted failures in a row; 0 after a success.
        conditional_polls: Conditional requests since the last full one.
        redirect_url: Target of permanent redirects, seen `redirect_sightings` times.
        entries: Items at the last poll that returned a body.
        changed_at: When a poll last returned a changed body, None if unknown.
        disabled_reason: Why it is no longer polled, None if it still is.
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
    """The facts of one poll.

    Attributes:
        http_status: The last response's status, None without one.
        headers: That response's headers by lower-case name.
        failure: Fixed code of the failure in fetching or parsing, None for a success.
        retry_after_s: Seconds from `Retry-After`, if the fetch has parsed it already.
        is_conditional: Whether the request carried `If-None-Match` or `If-Modified-Since`.
        body_sha256: Hash of the body, None without one.
        entries: Items in the feed.
        known_entries: How many of them the previous changed body had shown, None if unknown.
        ttl_s: Seconds that the feed itself asks for (see `ParsedFeed.ttl_s`).
        permanent_url: Target of a chain of only permanent redirects (301, 308).
        is_permanent_url_taken: Whether another feed already has that URL.
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
    """The consequences of a poll: the row of `polls` to append.

    Attributes:
        outcome: `new`, `unchanged`, `failed`, `excused` (our own network) or `gone`.
        state: The state for the next poll.
        overlap: Share of the entries that the previous poll had shown, None if unknown.
        is_gap_risk: Whether it had shown none of them: entries may have been missed in between.
        moved_to: The feed's new URL, if it is to be stored now.
        flags: Fixed codes (`redirect_to_other_feed`, ...), sorted.
    """

    outcome: str
    state: PollState
    overlap: float | None = None
    is_gap_risk: bool = False
    moved_to: str | None = None
    flags: tuple[str, ...] = ()
