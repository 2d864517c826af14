"""Pages out of WARC files, ours or another crawler's, as items to load.

A file is streamed: records one after the other in bounded memory. What is not wanted (of
another host, another day, no page) is passed over and counted; what is damaged comes out
as a refusal with its offset, and reading goes on behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from flows.archive.captures import Capture, Stored
from flows.archive.stored_captures import read_captures
from flows.archive.stored_documents import item_of_capture
from flows.documents import is_binary, looks_like_html
from flows.errors import ArchiveError
from flows.items import Item
from flows.ranges.windows import BackfillWish, Origin
from flows.secrets import mask_url
from transforms.identity import document_id
from transforms.records import Document, Rejection

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
MAX_PAGE_BYTES = 15 * 1024 * 1024  # as much as is fetched of a page


def read_pages(path: Path, wish: BackfillWish, passed: Counter[str]) -> Iterator[Item]:
    """Yield the pages of one WARC file that a backfill wants.

    Args:
        path: The file.
        wish: Which hosts and days.
        passed: Counts what is passed over, by reason.
    """
    is_ours = wish.origin == Origin.ARCHIVE
    try:
        for found in read_captures(path, with_unused=True):
            if isinstance(found, ArchiveError):
                yield _refused(path, found)
                continue
            record, capture = found
            reason = _unwanted(capture, wish)
            if reason:
                passed[reason] += 1
                continue
            item = item_of_capture(capture) if capture.notes else _foreign(capture)
            if is_ours and record.is_addressable:
                place = Stored(
                    warc_file=record.warc_file,
                    warc_offset=record.offset,
                    record_id="",
                    is_revisit=False,
                )
                item = replace(item, stored=place)
            yield item
    except OSError as exc:
        detail = f"cannot be read: {exc.strerror}: check the path and its permissions"
        rejection = Rejection(item=str(path), stage="read", reason="unreadable", detail=detail)
        yield Item(str(path), rejection)


def _unwanted(capture: Capture, wish: BackfillWish) -> str | None:
    """Return why a capture is passed over, None where it is wanted."""
    if capture.unused is not None:
        return "without a page"
    if "feed_id" in capture.notes:
        return "feeds"
    if not wish.takes_capture(capture.captured_at):
        return "of other days"
    url = capture.notes.get("url", capture.url)
    if not wish.takes_host(urlsplit(url).hostname or "files"):
        return "of other hosts"
    if capture.notes:
        return None
    if capture.http_status not in {None, 200}:
        return "not found or moved"
    if len(capture.body) > MAX_PAGE_BYTES:
        return "too large"
    return None if _is_page(capture) else "no pages"


def _is_page(capture: Capture) -> bool:
    media_type = (capture.media_type or "").partition(";")[0].strip().lower()
    if media_type in _PAGES:
        return bool(capture.body.strip()) and not is_binary(capture.body)
    return not media_type and looks_like_html(capture.body)


def _foreign(capture: Capture) -> Item:
    item = item_of_capture(capture)
    if not isinstance(item.content, Document):
        raise TypeError(f"no document: {capture.url}")
    url = mask_url(capture.url)
    document = replace(
        item.content, url=url, final_url=None, document_id=document_id(url, capture.body)
    )
    return replace(item, path=url, content=document)


def _refused(path: Path, error: ArchiveError) -> Item:
    item = f"{path}#{error.offset}"
    return Item(item, Rejection(item=item, stage="read", reason=error.code, detail=error.detail))
