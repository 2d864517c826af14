"""Pages in web archives: WARC, ARC and WACZ files of any tool, ours too.

Records are streamed one by one, in bounded memory. A damaged stretch becomes a rejection
with its offset, and reading continues after it. Records that are not wanted are skipped and
counted with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from flows.archive.captures import Capture
from flows.archive.crawls import read_crawl
from flows.archive.record_index import RecordIndex
from flows.errors import ArchiveError
from flows.inputs.kinds import is_binary, looks_like_html
from flows.inputs.streams import readable
from flows.machine_faults import raise_machine_fault
from flows.runs.captured_items import item_of_capture
from flows.runs.items import Item, refused
from flows.secrets import mask_url
from transforms.identity import document_id
from transforms.records import Document

MAX_PAGE_BYTES = 15 * 1024 * 1024  # same limit as for fetched pages
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def read_web_archive(
    path: Path,
    *,
    wants: Callable[[Capture], str | None],
    passed: Counter[str],
    index: RecordIndex | None = None,
    name: str | None = None,
) -> Iterator[Item]:
    """Yield an item for each wanted page of a web archive, and one for each damaged stretch.

    Args:
        path: The file.
        wants: Returns why a capture is skipped, None if it is wanted; `unwanted_page` wants
            every page.
        passed: Counts of skipped records by reason; updated here.
        index: The index of all web archives of a load: a revisit in one of them gets the body
            of its original in another one. None if there is only this file.
        name: What rejections call the file, such as the address of a download; None for its
            path.
    """
    shown = name or readable(path)
    try:
        if not path.stat().st_size:
            yield refused(shown, "empty", "is empty: save or download it again")
        for found in read_crawl(path, passed, index=index):
            if isinstance(found, ArchiveError):
                yield damaged_item(shown, found)
            elif reason := wants(found):
                passed[reason] += 1
            else:
                yield item_of_page(found)
    except OSError as exc:
        yield unreadable_item(shown, exc)


def unwanted_page(capture: Capture) -> str | None:
    """Return why a capture is not a page that can be loaded; None if it is one."""
    if capture.unused is not None:
        return "without a page"
    if "feed_id" in capture.notes:
        return "feeds"
    if capture.notes:
        return None
    if capture.http_status not in {None, 200}:
        return "not found or moved"
    if len(capture.body) > MAX_PAGE_BYTES:
        return "too large"
    return None if _is_page(capture) else "not HTML"


def skipped_notes(passed: Counter[str]) -> list[str]:
    """Return one line for each reason for which records were skipped, with their number.

    >>> skipped_notes(Counter({"not HTML": 1200}))
    ['skipped: 1,200 not HTML']
    """
    return [f"skipped: {count:,} {reason}" for reason, count in sorted(passed.items())]


def item_of_page(capture: Capture) -> Item:
    """Return the item for a page, with the facts that we archived with it if it is ours."""
    item = item_of_capture(capture)
    if capture.notes:
        return item
    if not isinstance(item.content, Document):
        raise TypeError(f"capture without a document: {capture.url}")
    url = mask_url(capture.url)
    document = replace(
        item.content, url=url, final_url=None, document_id=document_id(url, capture.body)
    )
    return replace(item, path=url, content=document)


def damaged_item(name: str, error: ArchiveError) -> Item:
    """Return the item for a damaged stretch: a rejection that names the file and the offset."""
    _, slash, entry = error.item.partition("/")  # of a WACZ
    return refused(f"{name}{slash}{entry}#{error.offset}", error.code, error.detail)


def unreadable_item(name: str, error: OSError) -> Item:
    """Return the item for a file that cannot be opened or read.

    Raises:
        MachineError: This machine is at fault, not the file.
    """
    raise_machine_fault(error)
    detail = f"cannot be read: {error.strerror}: check the path and its permissions"
    return refused(name, "unreadable", detail)


def _is_page(capture: Capture) -> bool:
    media_type = (capture.media_type or "").partition(";")[0].strip().lower()
    if media_type in _PAGE_TYPES:
        return bool(capture.body.strip()) and not is_binary(capture.body)
    return not media_type and looks_like_html(capture.body)
