"""The pages of new entries, fetched politely while the batch before is analysed.

An event loop in a thread of its own fetches every wanted page at its host's pace; the
run takes what has come. So no host waits for another, and none for the analysis.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flows.archive.captures import capture_of, capture_of_answer
from flows.errors import FetchError, TransientFetchError
from flows.fetching.answers import Answer
from flows.fetching.fetch import Fetcher
from flows.fetching.fetch_records import FetchOptions, FetchRequest, FetchResult
from flows.items import FLUSH, Flush, Item
from flows.secrets import mask_url
from transforms.identity import document_id
from transforms.records import Document, Rejection
from warehouse.feed_queries import WantedPage

MAX_ATTEMPTS = 5
FIRST_RETRY_S = 900.0  # then four times as long each time: the fifth try is after ten hours
FLUSH_S = 30.0  # no page waits longer for its batch to fill
WAITING_PAGES = 500  # fetched and not analysed yet


def fetch_pages(
    pages: Sequence[WantedPage], options: FetchOptions, *, now: Callable[[], datetime]
) -> Iterator[Item | Flush]:
    """Yield an item for each page as it comes, and `FLUSH` at least every half minute."""
    found: queue.Queue[Item] = queue.Queue(maxsize=WAITING_PAGES)
    loop = asyncio.new_event_loop()
    work = loop.create_task(_fetch_all(pages, options, now, found))
    thread = threading.Thread(target=_run, args=(loop, work), daemon=True)
    thread.start()
    left, flushed = len(pages), time.monotonic()
    try:
        while left:
            with contextlib.suppress(queue.Empty):
                yield found.get(timeout=1.0)
                left -= 1
            if not thread.is_alive() and found.empty() and left:
                work.result()  # raises what ended it
            if time.monotonic() - flushed >= FLUSH_S:
                yield FLUSH
                flushed = time.monotonic()
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(work.cancel)
        thread.join()
        loop.close()


def _run(loop: asyncio.AbstractEventLoop, work: asyncio.Task[None]) -> None:
    with contextlib.suppress(BaseException):  # kept by the task, for whoever asks for its result
        loop.run_until_complete(work)


async def _fetch_all(
    pages: Sequence[WantedPage],
    options: FetchOptions,
    now: Callable[[], datetime],
    found: queue.Queue[Item],
) -> None:
    answers: list[Answer] = []  # since the last page: those of robots.txt serve many

    async def fetch_into(page: WantedPage, fetcher: Fetcher) -> None:
        item = await fetch_page(page, fetcher, now=now)
        others = tuple(map(capture_of_answer, answers))
        answers.clear()
        await _put(replace(item, others=others), found)

    async with (
        Fetcher(options, now=now, on_answer=answers.append) as fetcher,
        asyncio.TaskGroup() as group,
    ):
        for page in pages:
            group.create_task(fetch_into(page, fetcher))


async def _put(item: Item, found: queue.Queue[Item]) -> None:
    while True:
        try:
            return found.put_nowait(item)
        except queue.Full:  # the analysis is behind: the hosts may rest
            await asyncio.sleep(0.1)


async def fetch_page(page: WantedPage, fetcher: Fetcher, *, now: Callable[[], datetime]) -> Item:
    """Return the page as an item: a document, the feed's own text of it, or a refusal."""
    try:
        result = await fetcher.fetch(FetchRequest(url=page.url))
    except FetchError as exc:
        return _failed(page, exc, now())
    document = document_of(page, result)
    row = _row(page, now()) | {
        "http_status": result.http_status,
        "document_id": document.document_id,
    }
    return Item(
        mask_url(page.url), document, capture_of(result), result.http_status, {"fetches": [row]}
    )


def document_of(page: WantedPage, result: FetchResult) -> Document:
    """Return the document that a fetch brought, with what the feed said of it."""
    is_moved = result.final_url != page.url
    return replace(
        feed_document(page, result.fetched_at),
        document_id=document_id(mask_url(page.url), result.body),
        content=result.body,
        final_url=mask_url(result.final_url) if is_moved else None,
        charset=result.charset,
        feed_text=page.content,
        is_feed_text=False,
        opt_out=result.opt_out,
    )


def feed_document(page: WantedPage, fetched_at: datetime) -> Document:
    """Return the document that the feed itself carries."""
    content = (page.content or "").encode("utf-8", "replace")
    return Document(
        document_id=document_id(mask_url(page.url), content),
        content=content,
        media_type="html",
        charset="utf-8",
        fetched_at=fetched_at,
        url=mask_url(page.url),
        published_at=page.published_at,
        published_precision=page.published_precision or "second",
        published_from="feed",
        title=page.title,
        authors=page.authors,
        language=page.language,
        is_feed_text=True,
    )


def _failed(page: WantedPage, error: FetchError, now: datetime) -> Item:
    attempts = page.attempts + 1
    row = _row(page, now) | {
        "http_status": error.http_status,
        "failure": error.code,
        "detail": error.detail,
    }
    path = mask_url(page.url)
    if isinstance(error, TransientFetchError) and attempts < MAX_ATTEMPTS:
        wait_s = max(FIRST_RETRY_S * 4**page.attempts, error.retry_after_s or 0.0)
        row["next_fetch_at"] = now + timedelta(seconds=wait_s)
        return Item(path, None, None, error.http_status, {"fetches": [row]})
    if page.content:
        document = feed_document(page, now)
        row["document_id"] = document.document_id
        return Item(path, document, None, error.http_status, {"fetches": [row]})
    rejection = Rejection(item=path, stage="fetch", reason=error.code, detail=error.detail)
    return Item(path, rejection, None, error.http_status, {"fetches": [row]})


def _row(page: WantedPage, now: datetime) -> dict[str, object]:
    return {
        "canonical_url": page.canonical_url,
        "url": mask_url(page.url),
        "source_id": page.source_id,
        "entry_id": page.entry_id,
        "fingerprint": page.fingerprint,
        "fetched_at": now,
        "attempts": page.attempts + 1,
    }
