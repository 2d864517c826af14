"""Rebuilds polls from archived responses, in the order in which they were stored.

A capture holds the request's URL and time and the response. Together with the state after
the earlier polls, that decides a poll. Two things are not in the archive: polls without a
response (no connection, unknown host), so they and their effects are lost, and whether a
redirect was permanent.

A replay may continue a warehouse that has a part of the archive: `Earlier` says what it has.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from flows.archive.captures import Capture, Stored
from flows.feeds.entry_rows import masked_entries
from flows.feeds.feed_list import key_of
from flows.feeds.polls import Due, Poll, PollRows, judge_polls
from flows.feeds.readers import FeedReaders
from flows.fetching.failures import status_failure
from flows.fetching.fetch_records import header
from flows.fetching.masked_values import MaskedValues
from flows.secrets import mask_url, without_references
from transforms.feeds.feed_records import (
    FeedBody,
    FeedEntry,
    FeedRefusal,
    ParsedFeed,
    PollState,
)
from transforms.feeds.polling import conditional_headers
from transforms.urls import source_id
from warehouse.feed_queries import KnownEntries, KnownFeed

_NO_POLL: Final = frozenset({"redirect", "robots"})  # responses before a poll's own


@dataclass(slots=True)
class _OpenPoll:
    """A poll that may get more responses: those of the sitemaps in an index."""

    poll: Poll
    address: str
    places: list[Stored]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a warehouse has already, from which a replay continues.

    Attributes:
        places: Archive file and offset of the first capture of its polls.
        recall: Returns what it knows about the entries of a feed.
        entry_of: Returns key and fingerprint of the latest entry of a canonical URL at an
            instant.
    """

    places: frozenset[tuple[str, int]] = frozenset()
    recall: Callable[[Iterable[FeedEntry], str], KnownEntries]
    entry_of: Callable[[str, datetime], tuple[str, str] | None]


class Replay:
    """The state of the feeds after the responses replayed so far.

    Attributes:
        known: The entries and URLs known at that point.
        entries: Key and fingerprint of the latest entry of each canonical URL.
    """

    def __init__(
        self,
        feeds: Iterable[KnownFeed],
        readers: FeedReaders,
        *,
        masked: MaskedValues | None = None,
        earlier: Earlier | None = None,
    ) -> None:
        """Start from the state of the feeds, with `earlier` if the warehouse is not empty."""
        self._earlier = earlier
        self._masked = masked or MaskedValues()
        self._feeds = {feed.feed_id: feed for feed in feeds}
        self._listed = frozenset(self._feeds)
        self._ids = {
            address: feed.feed_id
            for feed in self._feeds.values()
            for address in (without_references(feed.url), feed.url)
        }
        self._readers = readers
        self._open: _OpenPoll | None = None
        self.known = KnownEntries(fingerprints={}, urls=set())
        self.entries: dict[str, tuple[str, str]] = {}
        self._polled_at = {
            feed.feed_id: feed.poll_state.polled_at
            for feed in self._feeds.values()
            if earlier is not None
        }

    def has(self, capture: Capture, place: Stored) -> bool:
        """Whether the warehouse had a capture before the replay, or the poll it is a part of."""
        if self._earlier is None:
            return False
        if (place.warc_file, place.warc_offset) in self._earlier.places:
            return True
        feed_id = self.feed_of(capture)
        polled_at = self._polled_at.get(feed_id or "")
        if feed_id is None or polled_at is None:
            return False
        # The sitemaps in an index follow it, and only its own place is stored.
        asked = capture.asked_url or capture.url
        is_start = feed_id in (self._ids.get(asked), self._ids.get(without_references(asked)))
        is_followed = self._open is not None and self._open.poll.due.feed.feed_id == feed_id
        return capture.captured_at < polled_at or not (is_start or is_followed)

    def entry_of(self, canonical_url: str, at: datetime) -> tuple[str, str] | None:
        """Return key and fingerprint of the latest entry of a page, None if it had none."""
        found = self.entries.get(canonical_url)
        if found is None and self._earlier is not None:
            return self._earlier.entry_of(canonical_url, at)
        return found

    def feed_of(self, capture: Capture) -> str | None:
        """Return the id of the feed that a capture is a response of, or None."""
        if capture.unused in _NO_POLL:
            return None
        asked = capture.asked_url or capture.url
        return (
            capture.notes.get("feed_id")
            or (
                capture.unused
                and (self._ids.get(asked) or self._ids.get(without_references(asked)))
            )
            or None
        )

    def take(self, capture: Capture, place: Stored) -> dict[str, list[dict[str, Any]]]:
        """Add a feed's response; return the rows of the previous poll if that is over."""
        feed_id = self.feed_of(capture) or ""
        if self._open is not None and self._is_part(capture, feed_id, self._open):
            self._add(self._open, capture, place)
            return {}
        rows = self.end()
        asked = capture.asked_url or capture.url
        feed = self._feeds.get(feed_id) or _unlisted_feed(feed_id, asked)
        poll = Poll(
            due=Due(feed=feed, url=feed.url),
            polled_at=capture.captured_at,
            is_conditional=bool(conditional_headers(feed.poll_state)),
            http_status=capture.http_status,
            headers={name.lower(): value for name, value in capture.headers},
        )
        self._open = _OpenPoll(poll, asked, [place])
        if capture.unused is None:
            poll.captures.append(capture)
            poll.body_sha256 = capture.body_sha256
            if not poll.is_unchanged or feed.kind == "sitemap_index":
                self._read(poll, capture)
        elif capture.unused != "not_modified":
            _set_failure(poll, capture)
        return rows

    def end(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of the open poll, as its round originally produced them."""
        if self._open is None:
            return {}
        poll, places = self._open.poll, self._open.places
        self._open = None
        if self._earlier is not None and poll.entries:
            self._recall(self._earlier.recall(poll.entries, poll.due.feed.feed_id))
        judged = judge_polls(
            [poll],
            self.known,
            [places],
            jitter=random.Random(0),  # noqa: S311  # spreads due times, no secret
            listed_urls={key_of(feed.url) for feed in self._feeds.values()},
        )
        self._learn(poll, judged)
        if poll.due.feed.feed_id not in self._listed:
            judged.rows["feeds"].clear()
        return judged.rows

    def _is_part(self, capture: Capture, feed_id: str, opened: _OpenPoll) -> bool:
        parsed = opened.poll.parsed
        return (
            capture.unused is None
            and feed_id == opened.poll.due.feed.feed_id
            and (capture.asked_url or capture.url) != opened.address
            and parsed is not None
            and bool(parsed.sitemaps)
        )

    def _read(self, poll: Poll, capture: Capture) -> None:
        read = self._parsed(poll, capture)
        if isinstance(read, FeedRefusal):
            poll.failure, poll.detail = read.reason, read.detail
            return
        poll.parsed, poll.entries = read, read.entries
        if read.sitemaps:
            poll.body_sha256 = _entries_digest(poll.entries)

    def _add(self, opened: _OpenPoll, capture: Capture, place: Stored) -> None:
        """Add the entries of a sitemap to those of its index."""
        poll = opened.poll
        opened.places.append(place)
        poll.captures.append(capture)
        read = self._parsed(poll, capture)
        if isinstance(read, FeedRefusal):
            poll.detail = f"{mask_url(capture.url)}: {read.reason}: {read.detail}"
            return
        entries = {entry.entry_id: entry for entry in (*poll.entries, *read.entries)}
        poll.entries = tuple(entries.values())
        poll.body_sha256 = _entries_digest(poll.entries)

    def _parsed(self, poll: Poll, capture: Capture) -> ParsedFeed | FeedRefusal:
        body = FeedBody(
            url=capture.url,
            content=capture.body,
            feed_id=poll.due.feed.feed_id,
            content_type=header(capture.headers, "content-type"),
            fetched_at=capture.captured_at,
        )
        [(_, read)] = self._readers.read([body])
        if isinstance(read, FeedRefusal):
            return read
        entries = masked_entries(read.entries, self._masked)
        self._masked.keep(entry.url for entry in entries)
        return replace(read, entries=entries)

    def _recall(self, found: KnownEntries) -> None:
        """Add what the warehouse knows, where the replay has learnt nothing newer."""
        self.known.urls.update(found.urls)
        for entry_id, fingerprint in found.fingerprints.items():
            self.known.fingerprints.setdefault(entry_id, fingerprint)
        for feed_id, marks in found.shown.items():
            self.known.shown.setdefault(feed_id, marks)
        for feed_id, own in found.own.items():
            self.known.own[feed_id] = own | self.known.own.get(feed_id, {})

    def _learn(self, poll: Poll, judged: PollRows) -> None:
        for row in judged.rows["entries"]:
            self.known.fingerprints[row["entry_id"]] = row["fingerprint"]
            if url := row["canonical_url"]:
                self.known.urls.add(url)
                self.known.own.setdefault(row["feed_id"], {})[url] = row["fingerprint"]
                if row["status"] != "renamed":
                    self.entries[url] = (row["entry_id"], row["fingerprint"])
        for row in judged.rows["polls"]:
            if row["shown"] is not None:
                self.known.shown[row["feed_id"]] = set(row["shown"])
        feed = replace(poll.due.feed, poll_state=judged.decisions[0].state)
        for row in judged.rows["feeds"]:
            feed = replace(feed, kind=row["kind"], title=row["title"], state=row["state"])
        self._feeds[feed.feed_id] = feed


def _set_failure(poll: Poll, capture: Capture) -> None:
    """Give a poll the failure that its fetch reported for this response."""
    poll.failure = capture.unused
    error = status_failure(capture.url, capture.http_status or 0, None)
    poll.detail = error.detail if error.code == poll.failure else None
    poll.headers = {name: poll.headers[name] for name in ("retry-after",) if name in poll.headers}


def _unlisted_feed(feed_id: str, url: str) -> KnownFeed:
    """Return a feed that is no longer in the feed list."""
    return KnownFeed(
        feed_id=feed_id, source_id=source_id(url), url=url, kind=None, title=None, home_url=None,
        language=None, folder=None, state="removed", poll_state=PollState(),
    )  # fmt: skip


def _entries_digest(entries: Iterable[FeedEntry]) -> str:
    keys = sorted(entry.entry_id for entry in entries)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()
