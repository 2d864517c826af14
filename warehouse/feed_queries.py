"""Queries about feeds, their polls and entries, and the pages to fetch."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final

import duckdb

from transforms.feeds.feed_records import PollState
from warehouse.queries import ITEMS, items

LONGEST_PAGE_WAIT: Final = timedelta(hours=25)  # a day after `Retry-After` or in vain, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFeed:
    """The current state of a feed, with the state of its polls.

    Attributes:
        state: `listed`, `moved`, `gone`, `paused` or `removed`.
        recorded_at: When it reached this state.
    """

    feed_id: str
    source_id: str
    url: str
    kind: str | None
    title: str | None
    home_url: str | None
    language: str | None
    folder: str | None
    state: str
    poll_state: PollState
    recorded_at: datetime | None = None

    @property
    def is_listed(self) -> bool:
        """Whether it is in the feed list."""
        return self.state != "removed"

    @property
    def is_paused(self) -> bool:
        """Whether it is in the feed list, but paused."""
        return self.state == "paused"

    def is_listed_again(self, now: datetime) -> bool:
        """Return whether it was resumed, or listed again, after its last poll and before `now`."""
        polled_at = self.poll_state.polled_at
        if self.state != "listed" or self.recorded_at is None or polled_at is None:
            return False
        return polled_at < self.recorded_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPage:
    """The page of an entry that is still to be fetched, with fields of the entry."""

    canonical_url: str
    url: str
    source_id: str
    entry_id: str
    fingerprint: str
    title: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    published_precision: str | None
    is_zone_assumed: bool
    language: str | None
    content: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class KnownEntries:
    """Entries and URLs that are known from earlier polls and loads.

    Attributes:
        fingerprints: The latest fingerprint of each known entry.
        urls: The known canonical URLs.
        shown: Marks of the entries in the last changed body of each feed.
        own: For each feed, the latest fingerprint of each canonical URL that it showed.
    """

    fingerprints: dict[str, str]
    urls: set[str]
    shown: dict[str, set[int]] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=dict)


# Rows that a wrong clock dated ahead of now count as older than all others.
_ORDER = "(seen_at <= now() + INTERVAL 1 HOUR, seen_at)"
_POLL_COLUMNS = tuple(known.name for known in fields(PollState))
_FEED_COLUMNS = (
    "feed_id", "source_id", "url", "kind", "title", "home_url", "language", "folder", "state",
    "recorded_at",
)  # fmt: skip


def known_feeds(con: duckdb.DuckDBPyConnection) -> list[KnownFeed]:
    """Return all feeds that were ever listed, sorted by key."""
    listed = ", ".join(f"feeds.{name}" for name in _FEED_COLUMNS)
    polled = ", ".join(f"polls.{name}" for name in _POLL_COLUMNS)
    rows = con.execute(
        f"SELECT {listed}, {polled} FROM latest_feeds AS feeds"
        " LEFT JOIN latest_polls AS polls USING (feed_id) ORDER BY feeds.feed_id"
    ).fetchall()
    return [_known_feed(row) for row in rows]


def _known_feed(row: tuple[Any, ...]) -> KnownFeed:
    feed = dict(zip(_FEED_COLUMNS, row, strict=False))
    stated = dict(zip(_POLL_COLUMNS, row[len(_FEED_COLUMNS) :], strict=True))
    known = {name: value for name, value in stated.items() if value is not None}
    return KnownFeed(**feed, poll_state=PollState(**known))


def wanted_pages(con: duckdb.DuckDBPyConnection, now: datetime, *, most: int) -> list[WantedPage]:
    """Return the pages to fetch now, first seen first, at most `most`.

    A page that would wait for longer than any page may was postponed by a wrong clock: it is
    fetched now.
    """
    names = [known.name for known in fields(WantedPage)]
    rows = con.execute(
        f"SELECT {', '.join(names)} FROM wanted_pages"
        " WHERE next_fetch_at IS NULL OR next_fetch_at <= $now OR next_fetch_at > $latest"
        " ORDER BY seen_at, canonical_url LIMIT $most",
        {"now": now, "most": most, "latest": now + LONGEST_PAGE_WAIT},
    ).fetchall()
    return [wanted_page(dict(zip(names, row, strict=True))) for row in rows]


def wanted_page(row: dict[str, Any]) -> WantedPage:
    """Return the page that a row is about, with columns named as its fields."""
    return WantedPage(**row | {"authors": tuple(row["authors"])})


def last_documents(
    con: duckdb.DuckDBPyConnection, urls: Collection[str]
) -> dict[str, tuple[str, str, int]]:
    """Return the document of the last successful fetch of each page, by canonical URL.

    Each has its archive file and offset. Refused documents are left out.
    """
    rows = con.execute(
        f"WITH asked AS (SELECT DISTINCT {ITEMS} AS canonical_url),"
        " fetched AS (SELECT canonical_url, max_by(document_id, fetched_at) AS document_id"
        " FROM fetches SEMI JOIN asked USING (canonical_url)"
        " WHERE failure IS NULL AND document_id IS NOT NULL GROUP BY canonical_url)"
        " SELECT canonical_url, document_id, warc_file, warc_offset"
        " FROM documents JOIN fetched USING (document_id)"
        " ANTI JOIN rejections USING (document_id) WHERE warc_file IS NOT NULL",
        [items(urls)],
    ).fetchall()
    return {url: (document, file, offset) for url, document, file, offset in rows}


def settle_batches(con: duckdb.DuckDBPyConnection) -> None:
    """Record the batches that `wanted_pages` need not search again."""
    con.execute(
        "INSERT INTO settled_batches (batch_id)"
        " SELECT batch_id FROM batches ANTI JOIN settled_batches USING (batch_id)"
        " ANTI JOIN (FROM unsettled_pages SEMI JOIN wanted_pages USING (canonical_url)) AS waiting"
        " USING (batch_id)"
    )


def known_entries(
    con: duckdb.DuckDBPyConnection,
    entry_ids: Iterable[str],
    urls: Collection[str],
    feed_ids: Iterable[str],
) -> KnownEntries:
    """Return the known ones of entries and URLs, and the entries last shown by feeds."""
    fingerprints = con.execute(
        f"SELECT entry_id, max_by(fingerprint, {_ORDER}) FROM entries"
        f" SEMI JOIN (SELECT {ITEMS} AS entry_id) AS asked USING (entry_id) GROUP BY entry_id",
        [items(entry_ids)],
    ).fetchall()
    asked = f"WITH asked AS (SELECT DISTINCT {ITEMS} AS canonical_url)"
    carried = con.execute(
        f"{asked} SELECT feed_id, canonical_url, max_by(fingerprint, {_ORDER}) FROM entries"
        " SEMI JOIN asked USING (canonical_url) GROUP BY feed_id, canonical_url",
        [items(urls)],
    ).fetchall()
    own: dict[str, dict[str, str]] = {}
    for feed_id, url, fingerprint in carried:
        own.setdefault(feed_id, {})[url] = fingerprint
    stored = con.execute(
        f"{asked} SELECT canonical_url FROM asked SEMI JOIN articles USING (canonical_url)",
        [items(urls)],
    ).fetchall()
    shown = con.execute(
        f"WITH asked AS (SELECT {ITEMS} AS feed_id)"
        " SELECT polls.feed_id, polls.shown FROM polls JOIN latest_polls"
        " ON latest_polls.feed_id = polls.feed_id AND latest_polls.changed_at = polls.polled_at"
        " WHERE polls.shown IS NOT NULL AND polls.feed_id IN (FROM asked)",
        [items(feed_ids)],
    ).fetchall()
    return KnownEntries(
        dict(fingerprints),
        {url for _, url, _ in carried} | {row[0] for row in stored},
        {feed_id: set(marks) for feed_id, marks in shown},
        own,
    )


def latest_entry(
    con: duckdb.DuckDBPyConnection, canonical_url: str, at: datetime
) -> tuple[str, str] | None:
    """Return key and fingerprint of the latest entry of a page at an instant, None without one."""
    row = con.execute(
        "SELECT entry_id, fingerprint FROM entries"
        " WHERE canonical_url = ? AND status <> 'renamed' AND seen_at <= ?"
        " ORDER BY seen_at DESC LIMIT 1",
        [canonical_url, at],
    ).fetchone()
    return (row[0], row[1]) if row else None


def known_captures(
    con: duckdb.DuckDBPyConnection, since: datetime | None
) -> tuple[frozenset[tuple[str, int]], frozenset[str]]:
    """Return the archive places of the polls since an instant, and the documents since then.

    The places are archive files with offsets, the documents are keys. None means all.
    """
    places = con.execute(
        "SELECT warc_file, warc_offset FROM polls WHERE warc_file IS NOT NULL"
        " AND polled_at >= coalesce($since, polled_at)",
        {"since": since},
    ).fetchall()
    documents = con.execute(
        "SELECT document_id FROM documents WHERE fetched_at >= coalesce($since, fetched_at)",
        {"since": since},
    ).fetchall()
    return frozenset(places), frozenset(row[0] for row in documents)


def find_polled(
    con: duckdb.DuckDBPyConnection, sha256: Iterable[str], *, since: datetime
) -> dict[str, tuple[str, int]]:
    """Return the last archive file and offset of the feed bodies with these digests.

    Args:
        con: The warehouse.
        sha256: Digests of the bodies.
        since: Earlier polls are not searched, because years of polls are many rows.
    """
    rows = con.execute(
        "SELECT body_sha256, max_by(warc_file, polled_at), max_by(warc_offset, polled_at)"
        f" FROM polls WHERE polled_at >= ? AND bytes > 0 AND body_sha256 IN (SELECT {ITEMS})"
        " GROUP BY body_sha256",
        [since, items(sha256)],
    ).fetchall()
    return {sha256: (file, offset) for sha256, file, offset in rows}
