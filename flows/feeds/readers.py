"""Parses feed bytes of any format, in worker processes with a deadline.

`read_feed` detects the format and calls its parser. feedparser takes quadratic time on some
inputs (a megabyte of `<!--` keeps it busy for minutes), so each document is parsed in a
process that can be killed (see `flows.pool`). A document lost that way is refused with the
reason `parse_timeout`, `parse_memory`, `parse_crash` or `parse_error`, and the next one is
parsed. If even a small known feed is lost, this machine is at fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flows.feeds import json_feed, sitemaps, syndication
from flows.feeds.feed_xml import (
    MAX_FEED_BYTES,
    MAX_SITEMAP_BYTES,
    decode,
    find_bomb,
    find_root,
    inflate,
)
from flows.feeds.syndication import MAX_ENTRIES
from flows.losses import Lost, loss_of
from flows.pool import DeadlinePool, PoolOptions
from flows.seeds import read_table, seeds_dir
from transforms.errors import OnrecordError
from transforms.feeds.feed_dates import DateWords
from transforms.feeds.feed_records import FeedBody, FeedRefusal, ParsedFeed
from transforms.feeds.feed_text import clean, has_control_characters, plain_text

BODIES_AHEAD = 8  # scheduled per process at a time

Outcome = ParsedFeed | FeedRefusal

_SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
_HTML_ROOTS = frozenset({
    "html", "head", "body", "div", "title", "meta", "script", "p", "span", "center", "h1", "table",
})  # fmt: skip
_MAX_NOTICE_CHARS = 20_000
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|rss|feed)\b", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)

_PROBE = FeedBody(
    url="https://harbour-times.example/feed",
    content=(
        b"<rss version='2.0'><channel><title>Harbour Times</title><item><title>The harbour opened"
        b"</title><link>https://harbour-times.example/1</link></item></channel></rss>"
    ),
    feed_id="probe",
    fetched_at=datetime(2024, 5, 6, 12, tzinfo=UTC),
)

# The state of a worker process, set by `_start_worker`.
_words: DateWords | OnrecordError | None = None
_max_entries = MAX_ENTRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderOptions(PoolOptions):
    """Limits of the worker processes; a normal feed takes 0.01 to 0.5 seconds.

    Attributes:
        max_entries: Maximum entries kept per feed.
        seeds: Folder of the word lists; None for those of the package.
    """

    # feedparser leaks some memory with each document (its issue 287).
    tasks_per_process: int = 2000
    max_entries: int = MAX_ENTRIES
    seeds: Path | None = None


class FeedReaders(DeadlinePool):
    """Worker processes that parse feeds; use it as a context manager to stop them."""

    def __init__(self, options: ReaderOptions | None = None) -> None:
        options = options or ReaderOptions()
        super().__init__(options, start=_start_worker, arguments=(options,), probe=_read_probe)

    def read(self, bodies: Iterable[FeedBody]) -> Iterator[tuple[FeedBody, Outcome]]:
        """Yield each body with its feed or the refusal, in the order given."""
        tasks = ((body, (body,)) for body in bodies)
        for body, found in self.map(_read_in_worker, tasks, ahead=BODIES_AHEAD):
            yield body, _as_refusal(found)

    async def read_one(self, body: FeedBody) -> Outcome:
        """Return the feed in one body, or the refusal, without blocking the event loop."""
        return _as_refusal(await self.run(_read_in_worker, body))


def load_date_words(folder: Path | None = None) -> DateWords:
    """Return the month names and time zones in the seeds."""
    root = folder or seeds_dir()
    names = ("feeds/month_names", "feeds/zones")
    return DateWords.from_tables({name: read_table(root / f"{name}.csv") for name in names})


def read_feed(
    body: FeedBody, words: DateWords, *, limit: int = syndication.MAX_ENTRIES
) -> ParsedFeed | FeedRefusal:
    """Return the parsed feed, or why the document is refused.

    Supported are RSS, Atom, CDF, JSON Feed, sitemaps and sitemap indexes, gzipped or not,
    in any charset. HTML is refused as `not_a_feed` even if it contains a feed.

    Args:
        body: The bytes, with the URL and time of the fetch.
        words: Month names and time zones (see `transforms.feeds.feed_dates`).
        limit: Maximum entries to keep; the others are only counted.
    """
    content = inflate(body.content)
    if isinstance(content, FeedRefusal):
        return content
    text, charset = decode(content, body.content_type)
    is_dirty = has_control_characters(text)
    text = clean(text).strip()
    if not text:
        return FeedRefusal(reason="empty", detail=f"no text in {len(body.content)} bytes")
    read = _read_document(body, text, words, limit)
    if isinstance(read, FeedRefusal):
        return read
    flags = set(read.flags)
    flags |= {"charset_guessed"} if charset.is_guessed else set()
    flags |= {"control_characters"} if is_dirty else set()
    return replace(read, charset=charset.name, flags=tuple(sorted(flags)))


def _as_refusal(found: Outcome | Lost) -> Outcome:
    if isinstance(found, Lost):
        return FeedRefusal(reason=f"parse_{found.code}", detail=found.detail)
    return found


def _start_worker(options: ReaderOptions) -> None:
    global _words, _max_entries  # noqa: PLW0603  # a process serves only one pool
    _max_entries = options.max_entries
    try:
        _words = load_date_words(options.seeds)
    except OnrecordError as exc:  # raised with the first feed, so that the caller sees it
        _words = exc


def _read_in_worker(body: FeedBody) -> Outcome | Lost:
    if _words is None:
        raise AssertionError("unreachable")
    if isinstance(_words, OnrecordError):
        raise _words
    try:
        return read_feed(body, _words, limit=_max_entries)
    except Exception as exc:  # noqa: BLE001  # a bug of ours becomes a counted refusal
        return loss_of(exc, f"{type(exc).__name__}: {exc}"[:200])


def _read_probe() -> Outcome | Lost:
    return _read_in_worker(_PROBE)


def _read_document(
    body: FeedBody, text: str, words: DateWords, limit: int
) -> ParsedFeed | FeedRefusal:
    if text[0] in "{[":
        return json_feed.read_json_feed(body, text, words, limit=limit)
    markup = find_root(_strip_notices(text).encode())
    size_limit = MAX_SITEMAP_BYTES if markup.root in _SITEMAP_ROOTS else MAX_FEED_BYTES
    if len(markup.content) > size_limit:
        detail = f"{len(markup.content):,} bytes, the limit is {size_limit:,}"
        return FeedRefusal(reason="too_large", detail=detail)
    if not markup.root:
        lines = sitemaps.read_text_sitemap(body, text, limit=limit)
        return lines or FeedRefusal(
            reason="not_a_feed", detail="the document is neither XML nor JSON"
        )
    if markup.root in _HTML_ROOTS:
        title = _PAGE_TITLE.search(text)
        named = f" titled {plain_text(title[1])[:80]!r}" if title else ""
        return FeedRefusal(reason="not_a_feed", detail=f"the document is an HTML page{named}")
    if markup.root == "opml":
        return FeedRefusal(
            reason="unsupported_feed",
            detail="the document is an OPML feed list: use `onrecord import`",
        )
    bomb = find_bomb(markup)
    if bomb is not None:
        return bomb
    if markup.root in _SITEMAP_ROOTS:
        return sitemaps.read_sitemap(body, markup, words, limit=limit)
    return syndication.read_syndication(body, markup, words, limit=limit)


def _strip_notices(text: str) -> str:
    """Return the document without text that a server's script printed before the XML.

    An HTML page that contains a feed is returned unchanged.
    """
    at = text.find("<?xml", 1, _MAX_NOTICE_CHARS)
    is_page = _PAGE.search(text, 0, max(at, 0)) is not None
    return text if at < 0 or is_page else text[at:]
