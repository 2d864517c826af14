"""Pages out of WARC files, ours or another crawler's, as items to load.

A file is streamed: records one after the other in bounded memory. What is not wanted (of
another host, another day, no page) is passed over and counted; what is damaged comes out
as a refusal with its offset, and reading goes on behind it.

WARC files of others, brought from an address to the disk, where they can be read.

A file of a gigabyte is written as it comes and never held; what broke off is gone on
with. It leaves the disk when its window is done: its pages are in our own archive.
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
from flows.runs.documents import item_of_capture
from flows.runs.files import is_binary, looks_like_html
from flows.runs.items import Item
from flows.secrets import mask_url
from transforms.identity import document_id
from transforms.records import Document, Rejection

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
MAX_PAGE_BYTES = 15 * 1024 * 1024  # as much as is fetched of a page


def read_pages(path: Path, request: BackfillRequest, passed: Counter[str]) -> Iterator[Item]:
    """Yield the pages of one WARC file that a backfill wants.

    Args:
        path: The file.
        request: Which hosts and days.
        passed: Counts what is passed over, by reason.
    """
    is_ours = request.origin == Origin.ARCHIVE
    try:
        for found in read_captures(path, with_unused=True):
            if isinstance(found, ArchiveError):
                yield _refused(path, found)
                continue
            record, capture = found
            reason = _unwanted(capture, request)
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


def _unwanted(capture: Capture, request: BackfillRequest) -> str | None:
    """Return why a capture is passed over, None where it is wanted."""
    if capture.unused is not None:
        return "without a page"
    if "feed_id" in capture.notes:
        return "feeds"
    if not request.takes_capture(capture.captured_at):
        return "of other days"
    url = capture.notes.get("url", capture.url)
    if not request.takes_host(urlsplit(url).hostname or "files"):
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


MAX_BYTES = 5_000_000_000  # five times what WARC tools agree on
TIMEOUT_S = 60.0
_PARTIAL = frozenset({200, 206})


def download(url: str, folder: Path, options: FetchOptions) -> Path:
    """Return where the file at `url` lies now, below `folder`.

    Raises:
        TransientFetchError: It broke off or was refused for now; what came is kept.
        PermanentFetchError: It is not there, or is no file that can be taken.
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
            await _write(url, response, partial, have)
    except TRANSPORT_ERRORS as exc:
        raise network_failure(url, exc) from exc
    finally:
        lookups.close()


async def _write(url: str, response: httpx.Response, partial: Path, have: int) -> None:
    if response.status_code not in _PARTIAL:
        if response.status_code == 416:  # what is there is of another file
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
