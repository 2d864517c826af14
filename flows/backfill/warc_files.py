"""Reads pages from WARC files, ours or another crawler's, and downloads them.

Records are streamed one by one, in bounded memory. Unwanted captures (of another host or
day, or no page) are skipped and counted. A damaged record becomes a rejection with its
offset, and reading continues after it.

A download is written to disk as it arrives, because a file may have gigabytes, and resumes
after an interruption. The file is deleted when its window is completed, because its
pages are then in our own archive.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import httpx

from flows.archive.captures import Capture, Stored
from flows.archive.reader import read_captures
from flows.backfill.request import BackfillRequest, Origin
from flows.errors import ArchiveError
from flows.fetching.connect_guard import ConnectGuard, Lookups
from flows.fetching.failures import TRANSPORT_ERRORS, failure, network_failure, status_failure
from flows.fetching.fetch_records import FetchOptions
from flows.fetching.transport import Transport, quiet_loggers, secure_context
from flows.inputs.kinds import is_binary, looks_like_html
from flows.runs.documents import item_of_capture
from flows.runs.items import Item
from flows.secrets import mask_url
from transforms.identity import document_id
from transforms.records import Document, Rejection

MAX_PAGE_BYTES = 15 * 1024 * 1024  # same limit as for fetched pages
MAX_BYTES = 5_000_000_000  # five times the customary size of a WARC file
TIMEOUT_S = 60.0

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_STATUSES_WITH_BODY = frozenset({200, 206})


def read_pages(path: Path, request: BackfillRequest, passed: Counter[str]) -> Iterator[Item]:
    """Yield the pages of one WARC file that a backfill wants.

    Args:
        path: The file.
        request: The wanted hosts and days.
        passed: Counts of skipped captures by reason; updated here.
    """
    is_ours = request.origin == Origin.ARCHIVE
    try:
        for found in read_captures(path, with_unused=True):
            if isinstance(found, ArchiveError):
                yield _damaged_item(path, found)
                continue
            record, capture = found
            reason = _unwanted(capture, request)
            if reason:
                passed[reason] += 1
                continue
            item = item_of_capture(capture) if capture.notes else _foreign_item(capture)
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


def download(url: str, folder: Path, options: FetchOptions) -> Path:
    """Download the file at `url` to `folder`, if it is not there, and return its path.

    Raises:
        TransientFetchError: The download failed and may succeed later; the bytes received
            so far are kept.
        PermanentFetchError: The file does not exist or must not be downloaded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = PurePosixPath(urlsplit(url).path).name or "download"
    target = folder / f"{hashlib.sha256(url.encode()).hexdigest()[:12]}-{name[-100:]}"
    if not target.exists():
        partial = target.with_name(f"{target.name}.part")
        quiet_loggers()
        asyncio.run(_download(url, partial, options))
        partial.rename(target)
    return target


def _unwanted(capture: Capture, request: BackfillRequest) -> str | None:
    """Return why a capture is skipped; None if it is wanted."""
    if capture.unused is not None:
        return "without a page"
    if "feed_id" in capture.notes:
        return "feeds"
    if not request.takes_capture(capture.captured_at):
        return "captured on other days"
    url = capture.notes.get("url", capture.url)
    if not request.takes_url(url):
        return "from other hosts"
    if capture.notes:
        return None
    if capture.http_status not in {None, 200}:
        return "not found or moved"
    if len(capture.body) > MAX_PAGE_BYTES:
        return "too large"
    return None if _is_page(capture) else "not HTML"


def _is_page(capture: Capture) -> bool:
    media_type = (capture.media_type or "").partition(";")[0].strip().lower()
    if media_type in _PAGE_TYPES:
        return bool(capture.body.strip()) and not is_binary(capture.body)
    return not media_type and looks_like_html(capture.body)


def _foreign_item(capture: Capture) -> Item:
    item = item_of_capture(capture)
    if not isinstance(item.content, Document):
        raise TypeError(f"capture without a document: {capture.url}")
    url = mask_url(capture.url)
    document = replace(
        item.content, url=url, final_url=None, document_id=document_id(url, capture.body)
    )
    return replace(item, path=url, content=document)


def _damaged_item(path: Path, error: ArchiveError) -> Item:
    item = f"{path}#{error.offset}"
    return Item(item, Rejection(item=item, stage="read", reason=error.code, detail=error.detail))


async def _download(url: str, partial: Path, options: FetchOptions) -> None:
    lookups = Lookups(1)
    transport = Transport(
        ConnectGuard(options.allow_hosts, resolve=lookups), context=secure_context(), connections=1
    )
    headers = {"User-Agent": options.user_agent, "Accept-Encoding": "identity"}
    have = partial.stat().st_size if partial.exists() else 0
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        async with (
            httpx.AsyncClient(
                transport=transport, headers=headers, follow_redirects=True,
                timeout=TIMEOUT_S, trust_env=False,
            ) as client,
            client.stream("GET", url) as response,
        ):  # fmt: skip
            await _write_body(url, response, partial, have)
    except TRANSPORT_ERRORS as exc:
        raise network_failure(url, exc) from exc
    finally:
        lookups.close()


async def _write_body(url: str, response: httpx.Response, partial: Path, have: int) -> None:
    if response.status_code not in _STATUSES_WITH_BODY:
        if response.status_code == 416:  # the bytes on disk are of another file
            partial.unlink()
        raise status_failure(url, response.status_code, None)
    have = have if response.status_code == 206 else 0
    stated = response.headers.get("content-length", "")
    expected = have + int(stated) if stated.isdigit() else None
    with partial.open("ab" if have else "wb") as stream:
        async for chunk in response.aiter_raw():
            have += len(chunk)
            if have > MAX_BYTES:
                raise failure(url, "too_large", f"more than {MAX_BYTES:,} bytes")
            stream.write(chunk)
    if expected is not None and have < expected:
        raise failure(url, "truncated_body", f"{have:,} of {expected:,} bytes")
