"""The job `rebuild`: make a new warehouse from only the archive, the feed list and the rules.

Captures are replayed in the order in which they were stored. Feed answers become polls and
entries; pages become fetches, documents, articles and annotations. Rows without a capture
are lost: polls that no server answered, failed attempts at pages, backfills and checks. A
planned visit becomes a fetch: the edits that it found are revisions, but not marked as silent.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.archive.captures import Capture, Stored
from flows.archive.reader import read_captures
from flows.archive.warc import WARC_ENDINGS, WarcRecord
from flows.errors import ArchiveError, RangeError
from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.feeds.replay import Replay
from flows.fetching.masked_values import MaskedValues
from flows.jobs.ingest import IngestRequest, find_work
from flows.rules import read_rules
from flows.runs.batches import finish_run, load_items, worker_options
from flows.runs.captured_items import item_of_capture
from flows.runs.items import Item, refused
from flows.runs.lock import running
from flows.runs.report import RunReport
from flows.runs.workers import Workers
from flows.settings import Settings
from transforms.records import Document
from transforms.urls import canonical_url, source_id
from warehouse.connect import open_live
from warehouse.feed_queries import known_feeds
from warehouse.folder import DataFolder
from warehouse.lock import shared_lock


def rebuild(settings: Settings, target: Path) -> RunReport:
    """Make a new data folder at `target` from the archive, the feed list and the rules.

    The files of the archive are hard-linked if the disk allows it, otherwise copied.

    Raises:
        RangeError: `target` is not empty, or there is no archive.
        RulesError: The user's rules cannot be used.
        WarehouseError: The new warehouse cannot be written.
    """
    old, new = settings.folder, DataFolder(target)
    if target.exists() and any(target.iterdir()):
        raise RangeError(f"{target} is not empty: name a new or empty folder")
    if not old.archive.is_dir():
        raise RangeError(f"{old.archive} does not exist: there is nothing to rebuild from")
    read_rules(old.rules)  # a broken file fails before anything is made
    new.archive.mkdir(parents=True, exist_ok=True)
    files = [path for path in sorted(old.archive.iterdir()) if path.name.endswith(WARC_ENDINGS)]
    for path in files:
        _link(path, new.archive / path.name)
    for mine in (old.feed_list, old.rules, old.secrets, old.masked_values, old.tokens):
        if mine.exists():
            shutil.copy2(mine, target / mine.name)
    # The metrics are those of the old folder.
    ours = settings.model_copy(update={"data": target, "metrics_file": None})
    started, now = time.monotonic(), datetime.now(UTC)
    if new.feed_list.exists():
        find_work(ours, IngestRequest(), first_instant(files) or now)
    with (
        shared_lock(old.archive),
        running("rebuild", ours, parameters={"files": len(files)}, now=now) as run,
    ):
        with open_live(new, wait_s=ours.lock_wait_s) as con:
            feeds = known_feeds(con)
        with (
            Workers(worker_options(run)) as workers,
            FeedReaders(ReaderOptions(processes=1)) as readers,
        ):
            masked = MaskedValues(new.masked_values)
            items = replayed_items(files, Replay(feeds, readers, masked=masked))
            report = load_items(run, items, workers, RunReport(run_id=run.run_id))
        return finish_run(run, report, seconds=time.monotonic() - started)


def first_instant(files: Iterable[Path]) -> datetime | None:
    """Return an instant before the first capture, when feeds count as listed."""
    for path in files:
        for found in read_captures(path, with_unused=True):
            if not isinstance(found, ArchiveError):
                return found[1].captured_at - timedelta(seconds=1)
    return None


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def replayed_items(
    files: Iterable[Path], replay: Replay, documents: Container[str] = ()
) -> Iterator[Item]:
    """Yield the polls and documents in archive files, and a rejection for damaged records.

    Args:
        files: The files, in the order in which they were written.
        replay: The state of the feeds before the first file.
        documents: Keys of documents that the warehouse has; their fetches are known too.
    """
    for path in files:
        for found in read_captures(path, with_unused=True):
            if isinstance(found, ArchiveError):
                yield refused(f"{found.item}@{found.offset}", found.code, found.detail)
                continue
            record, capture = found
            place = _place(record)
            if replay.feed_of(capture):
                if not replay.has(capture, place):
                    yield Item(capture.url, None, rows=replay.take(capture, place))
            elif capture.unused is None and "media_type" in capture.notes:
                yield Item(capture.url, None, rows=replay.end())
                yield _page_item(record, capture, replay, documents)
    yield Item("", None, rows=replay.end())


def _place(record: WarcRecord) -> Stored:
    return Stored(
        warc_file=record.warc_file,
        warc_offset=record.offset,
        record_id="",
        is_revisit=record.type == "revisit",
    )


def _page_item(
    record: WarcRecord, capture: Capture, replay: Replay, documents: Container[str]
) -> Item:
    item = item_of_capture(capture)
    document = item.content
    if not isinstance(document, Document):
        raise TypeError(f"capture without a document: {capture.url}")
    key = canonical_url(document.url) if document.url else None
    rows = {}
    is_new = document.document_id not in documents
    entry = replay.entry_of(key, capture.captured_at) if key is not None and is_new else None
    if entry is not None:
        fetch = {
            "canonical_url": key,
            "url": document.url,
            "source_id": source_id(document.url or ""),
            "entry_id": entry[0],
            "fingerprint": entry[1],
            "fetched_at": capture.captured_at,
            "attempts": 1,
            "http_status": capture.http_status,
            "document_id": document.document_id,
        }
        rows = {"fetches": [fetch]}
    if key is not None:
        replay.known.urls.add(key)
    stored = _place(record) if record.is_addressable else None
    return replace(item, rows=rows, stored=stored)
