"""The pages in archive files that a backfill wants: ours or those of another crawler."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from flows.archive.captures import Capture, Stored
from flows.archive.reader import read_captures
from flows.archive.record_index import RecordIndex
from flows.archive.warc import WarcRecord
from flows.backfill.request import BackfillRequest, Origin
from flows.errors import ArchiveError
from flows.inputs.streams import readable
from flows.inputs.web_archives import (
    damaged_item,
    item_of_page,
    read_web_archive,
    unreadable_item,
    unwanted_page,
)
from flows.runs.items import Item


def read_pages(
    path: Path,
    request: BackfillRequest,
    passed: Counter[str],
    *,
    index: RecordIndex | None = None,
    name: str | None = None,
) -> Iterator[Item]:
    """Yield the pages of one archive file that a backfill wants.

    Args:
        path: The file.
        request: The wanted hosts and days.
        passed: Counts of skipped records by reason; updated here.
        index: The index of all files of the backfill; see `read_web_archive`.
        name: What rejections call the file; see `read_web_archive`.
    """
    if request.origin == Origin.ARCHIVE:
        return _read_stored_pages(path, request, passed)
    wants = partial(_unwanted, request=request)
    return read_web_archive(path, wants=wants, passed=passed, index=index, name=name)


def _read_stored_pages(
    path: Path, request: BackfillRequest, passed: Counter[str]
) -> Iterator[Item]:
    """Yield the pages of a file in our own archive, with where they are stored."""
    try:
        for found in read_captures(path, with_unused=True):
            if isinstance(found, ArchiveError):
                yield damaged_item(readable(path), found)
                continue
            record, capture = found
            reason = _unwanted(capture, request)
            if reason:
                passed[reason] += 1
            else:
                yield _stored_item(record, item_of_page(capture))
    except OSError as exc:
        yield unreadable_item(readable(path), exc)


def _stored_item(record: WarcRecord, item: Item) -> Item:
    if not record.is_addressable:
        return item
    place = Stored(
        warc_file=record.warc_file, warc_offset=record.offset, record_id="", is_revisit=False
    )
    return replace(item, stored=place)


def _unwanted(capture: Capture, request: BackfillRequest) -> str | None:
    """Return why a capture is skipped; None if it is wanted."""
    reason = unwanted_page(capture)
    if reason in {"without a page", "feeds"}:
        return reason
    if not request.takes_capture(capture.captured_at):
        return "captured on other days"
    if not request.takes_url(capture.notes.get("url", capture.url)):
        return "from other hosts"
    return reason
