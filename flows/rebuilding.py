"""A new warehouse out of the archive and the feed list alone.

The captures are gone through in the order in which they were stored: feeds give entries,
pages give documents, articles and what is read out of them. What the archive does not
hold cannot come back: polls that failed or brought nothing new, pages that could not be
fetched, backfills and checks.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.archive.archive_lock import in_use
from flows.archive.captures import Capture, Stored
from flows.archive.stored_captures import read_captures
from flows.archive.stored_documents import item_of_capture
from flows.archive.warc import WarcRecord
from flows.batches import PLAIN, finish_run, publish_run, take_in, worker_options
from flows.errors import ArchiveError, RangeError
from flows.feeds.feed_list import source_of, state_row
from flows.feeds.feed_worker import FeedReaders, ReaderOptions
from flows.feeds.poll_rows import ENTRY_COLUMNS
from flows.fetching.fetch_records import header
from flows.ingestion import Wish, find_work
from flows.items import Item
from flows.ranges.windows import WARC_ENDINGS
from flows.runs import RunReport
from flows.settings import Settings
from flows.slots import running
from flows.workers import Workers
from transforms.feeds.entries import find_news
from transforms.feeds.feed_records import FeedBody, FeedEntry, FeedRefusal, ParsedFeed
from transforms.records import Document, Rejection
from transforms.urls import canonical_url
from warehouse.connect import open_live
from warehouse.feed_queries import KnownFeed, known_feeds
from warehouse.folder import DataFolder


@dataclass(slots=True)
class _Seen:
    """What the captures so far have shown, as the warehouse knew it at that time."""

    feeds: dict[str, KnownFeed]
    fingerprints: dict[str, str] = field(default_factory=dict)
    urls: set[str] = field(default_factory=set)
    entries: dict[str, FeedEntry] = field(default_factory=dict)


def rebuild(settings: Settings, target: Path) -> RunReport:
    """Make a new data folder at `target` out of the archive and the feed list.

    The archive's files are linked where the disk allows it, else copied.

    Raises:
        RangeError: `target` is there already, or there is no archive.
        WarehouseError: The new warehouse cannot be written.
    """
    old, new = settings.folder, DataFolder(target)
    if target.exists() and any(target.iterdir()):
        raise RangeError(f"{target} is not empty: name a new folder")
    if not old.archive.is_dir():
        raise RangeError(f"{old.archive} does not exist: there is nothing to rebuild from")
    new.archive.mkdir(parents=True, exist_ok=True)
    files = [path for path in sorted(old.archive.iterdir()) if path.name.endswith(WARC_ENDINGS)]
    for path in files:
        _link(path, new.archive / path.name)
    if old.feed_list.exists():
        shutil.copy2(old.feed_list, new.feed_list)
    ours = settings.model_copy(update={"data": target})
    started, now = time.monotonic(), datetime.now(UTC)
    if new.feed_list.exists():
        find_work(ours, Wish(), now)
    with (
        in_use(old.archive),
        running("rebuild", ours, parameters={"files": len(files)}, now=now) as run,
    ):
        with open_live(new, wait_s=ours.lock_wait_s) as con:
            seen = _Seen({feed.feed_id: feed for feed in known_feeds(con)})
        with (
            Workers(worker_options(run)) as workers,
            FeedReaders(ReaderOptions(processes=1)) as readers,
        ):
            report = take_in(
                run, _items(files, seen, readers), PLAIN, workers,
                RunReport(run_id=run.run_id), on_batch=lambda _: None,
            )  # fmt: skip
        return finish_run(run, report, publish_run, seconds=time.monotonic() - started)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _items(files: list[Path], seen: _Seen, readers: FeedReaders) -> Iterator[Item]:
    for path in files:
        for found in read_captures(path):
            if isinstance(found, ArchiveError):
                item = f"{path.name}#{found.offset}"
                refusal = Rejection(item=item, stage="read", reason=found.code, detail=found.detail)
                yield Item(item, refusal)
                continue
            record, capture = found
            if "feed_id" in capture.notes:
                yield _feed_item(capture, seen, readers)
            else:
                yield _page_item(record, capture, seen)


def _feed_item(capture: Capture, seen: _Seen, readers: FeedReaders) -> Item:
    """Return the entries of a feed as rows; nothing of it is counted."""
    body = FeedBody(
        url=capture.url,
        content=capture.body,
        feed_id=capture.notes["feed_id"],
        content_type=header(capture.headers, "content-type"),
        fetched_at=capture.captured_at,
    )
    [(_, read)] = readers.read([body])
    if isinstance(read, FeedRefusal):
        return Item(capture.url, None)
    return Item(capture.url, None, rows=_feed_rows(capture, read, seen))


def _feed_rows(
    capture: Capture, parsed: ParsedFeed, seen: _Seen
) -> dict[str, list[dict[str, Any]]]:
    feed = seen.feeds.get(capture.notes["feed_id"])
    source_id = feed.source_id if feed else source_of(capture.url)
    news = find_news(parsed.entries, seen.fingerprints, seen.urls)
    rows = []
    for status, entries in (
        ("new", news.new),
        ("changed", news.changed),
        ("renamed", news.renamed),
    ):
        for entry in entries:
            place = {"status": status, "source_id": source_id, "seen_at": capture.captured_at}
            rows.append({name: getattr(entry, name) for name in ENTRY_COLUMNS} | place)
            seen.fingerprints[entry.entry_id] = entry.fingerprint
            if entry.canonical_url:
                seen.urls.add(entry.canonical_url)
                if status != "renamed":
                    seen.entries[entry.canonical_url] = entry
    feeds = []
    if feed and feed.kind != parsed.kind and not _is_part(feed, parsed):
        feed = replace(feed, kind=parsed.kind, title=feed.title or parsed.title)
        seen.feeds[feed.feed_id] = feed
        feeds.append(state_row(feed, "listed", now=capture.captured_at))
    return {"entries": rows, "feeds": feeds}


def _is_part(feed: KnownFeed, parsed: ParsedFeed) -> bool:
    """Whether what was read is one of the sitemaps that an index names."""
    return feed.kind == "sitemap_index" and parsed.kind != "sitemap_index"


def _page_item(record: WarcRecord, capture: Capture, seen: _Seen) -> Item:
    item = item_of_capture(capture)
    document = item.content
    if not isinstance(document, Document):
        raise TypeError(f"no document: {capture.url}")
    key = canonical_url(document.url) if document.url else None
    rows = {}
    entry = seen.entries.get(key or "")
    if entry is not None and key is not None:
        fetch = {
            "canonical_url": key,
            "url": document.url,
            "source_id": source_of(document.url or ""),
            "entry_id": entry.entry_id,
            "fingerprint": entry.fingerprint,
            "fetched_at": capture.captured_at,
            "attempts": 1,
            "http_status": capture.http_status,
            "document_id": document.document_id,
        }
        rows = {"fetches": [fetch]}
    if key is not None:
        seen.urls.add(key)
    stored = None
    if record.is_addressable:
        stored = Stored(
            warc_file=record.warc_file,
            warc_offset=record.offset,
            record_id="",
            is_revisit=record.type == "revisit",
        )
    return replace(item, rows=rows, stored=stored)
