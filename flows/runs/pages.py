"""Fetches the pages of new entries, and visits known ones, while the previous batch is analysed.

An event loop in its own thread fetches each page at its host's pace, and the run takes
the pages that have arrived. No host waits for another host or for the analysis.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Final, Self

from flows.archive.captures import capture_of, capture_of_answer
from flows.errors import FetchError, TransientFetchError
from flows.events import PageFailed, PageFetched, PagePostponed
from flows.fetching.answers import Answer
from flows.fetching.fetch_records import FetchRequest
from flows.fetching.fetcher import Fetcher
from flows.logs import Event, log
from flows.machine_faults import raise_machine_fault
from flows.runs.copies import PageCopy
from flows.runs.items import FLUSH, Flush, Item
from flows.runs.page_archive import KeptPage
from flows.runs.page_documents import document_of, feed_document
from flows.runs.retries import next_attempt
from flows.runs.run import Run
from flows.runs.visits import visit_page
from flows.secrets import mask_url
from transforms.records import Rejection
from warehouse.feed_queries import WantedPage
from warehouse.visit_queries import DueVisit

FLUSH_S = 30.0  # the longest a page waits for its batch to fill
WAITING_PAGES = 500  # maximum of fetched pages that wait for their analysis
_NO_COPIES: Final[Mapping[str, PageCopy]] = MappingProxyType({})


def fetch_pages(
    run: Run,
    pages: Sequence[WantedPage | DueVisit],
    *,
    now: Callable[[], datetime],
    copies: Mapping[str, PageCopy] = _NO_COPIES,
) -> Iterator[Item | Flush]:
    """Yield an item for each page as it arrives, and `FLUSH` every half minute.

    A page that an earlier run has archived and not loaded is not fetched again.

    Args:
        run: The run that fetches.
        pages: New pages and visits; at each host, the first ones are fetched first.
        now: The wall clock, UTC.
        copies: Archived copies by canonical URL; their pages are fetched only if they changed.
    """
    flushed = time.monotonic()
    with PageStream(run, now=now, copies=copies) as stream:
        stream.add("", pages)
        while (came := stream.take()) != ("", None):
            if came is not None and came[1] is not None:
                yield came[1]
            if time.monotonic() - flushed >= FLUSH_S:
                yield FLUSH
                flushed = time.monotonic()


class PageStream:
    """Fetches groups of pages side by side, each page at its host's pace.

    Use it as a context manager; on exit, unfinished requests are cancelled.
    """

    def __init__(
        self,
        run: Run,
        *,
        now: Callable[[], datetime],
        copies: Mapping[str, PageCopy] = _NO_COPIES,
    ) -> None:
        self._run, self._now, self._copies = run, now, copies
        settings = run.settings
        run.pages.begin(
            settings.folder, run_id=run.run_id, now=run.now, wait_s=settings.lock_wait_s
        )
        self._found: queue.Queue[tuple[str, Item | None]] = queue.Queue(maxsize=WAITING_PAGES)
        self._asked: asyncio.Queue[tuple[str, Sequence[WantedPage | DueVisit]]] = asyncio.Queue()
        self._answers: list[Answer] = []  # since the last page; one robots.txt serves many pages
        self._loop = asyncio.new_event_loop()
        self._work = self._loop.create_task(self._fetch_all())
        self._thread = threading.Thread(target=self._work_off, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._work.cancel)
        self._thread.join()
        self._loop.close()

    def add(self, group: str, pages: Sequence[WantedPage | DueVisit]) -> None:
        """Start fetching `pages`, in parallel with the groups already added."""
        wanted = [page.page if isinstance(page, DueVisit) else page for page in pages]
        self._run.pages.expect(wanted, wait_s=self._run.settings.lock_wait_s)
        self._loop.call_soon_threadsafe(self._asked.put_nowait, (group, pages))

    def take(self) -> tuple[str, Item | None] | None:
        """Return the next group and item, waiting at most a second.

        Returns:
            The group and its item; the item is None at the end of the group. None if
            nothing arrived.

        Raises:
            MachineError: This machine cannot fetch; pages that arrived before were returned.
        """
        with contextlib.suppress(queue.Empty):
            return self._found.get(timeout=1.0)
        if not self._thread.is_alive() and self._found.empty():
            self._work.result()  # raises the exception that ended it
        return None

    def _work_off(self) -> None:
        with contextlib.suppress(BaseException):  # the task keeps it for `take`
            self._loop.run_until_complete(self._work)

    async def _fetch_all(self) -> None:
        options = self._run.settings.fetch_options
        fetcher = Fetcher(options, now=self._now, on_answer=self._answers.append)
        try:
            async with fetcher, asyncio.TaskGroup() as groups:
                while True:
                    group, pages = await self._asked.get()
                    groups.create_task(self._fetch_group(group, pages, fetcher))
        except ExceptionGroup as exc:
            raise_machine_fault(exc)
            raise

    async def _fetch_group(
        self, group: str, pages: Sequence[WantedPage | DueVisit], fetcher: Fetcher
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            for page in pages:
                tasks.create_task(self._fetch_into(group, page, fetcher))
        await self._put(group, None)

    async def _fetch_into(self, group: str, page: WantedPage | DueVisit, fetcher: Fetcher) -> None:
        wanted = page.page if isinstance(page, DueVisit) else page
        kept = self._run.pages.take(wanted)
        if isinstance(page, DueVisit):
            item = await visit_page(page, kept or fetcher, now=self._now)
        else:
            copy = self._copies.get(page.canonical_url)
            item = await fetch_page(page, kept or fetcher, now=self._now, copy=copy)
        if kept is None:
            _log_fetch(item)
        others = tuple(map(capture_of_answer, self._answers))
        self._answers.clear()
        item = replace(
            item,
            stored=kept.stored if kept else None,
            others=(*item.others, *others),
            is_fetched=kept is None,
        )
        await self._put(group, self._run.pages.keep(item, wanted))

    async def _put(self, group: str, item: Item | None) -> None:
        while True:
            try:
                return self._found.put_nowait((group, item))
            except queue.Full:  # the analysis is behind, so stop fetching
                await asyncio.sleep(0.1)


async def fetch_page(
    page: WantedPage,
    fetcher: Fetcher | KeptPage,
    *,
    now: Callable[[], datetime],
    copy: PageCopy | None = None,
) -> Item:
    """Return the page as an item: the page, the text from its feed, or a rejection.

    The item has no content if the page is still the archived `copy`.
    """
    request = FetchRequest(url=page.url)
    if copy is not None:
        request = replace(request, etag=copy.etag, last_modified=copy.last_modified)
    try:
        result = await fetcher.fetch(request)
    except FetchError as exc:
        return _failed(page, exc, now())
    row = _row(page, result.fetched_at) | {"http_status": result.http_status}
    path = mask_url(page.url)
    if copy is not None and result.is_not_modified:
        row["document_id"] = copy.document_id
        return Item(path, None, None, result.http_status, {"fetches": [row]})
    document = document_of(page, result)
    row["document_id"] = document.document_id
    return Item(path, document, capture_of(result), result.http_status, {"fetches": [row]})


def _failed(page: WantedPage, error: FetchError, now: datetime) -> Item:
    row = _row(page, now) | {
        "http_status": error.http_status,
        "failure": error.code,
        "detail": error.detail,
    }
    path = mask_url(page.url)
    again_at = next_attempt(page.attempts + 1, now, asked_s=error.retry_after_s)
    if isinstance(error, TransientFetchError) and again_at is not None:
        row["next_fetch_at"] = again_at
        return Item(path, None, None, error.http_status, {"fetches": [row]})
    if page.content:
        document = feed_document(page, now)
        row["document_id"] = document.document_id
        return Item(path, document, None, error.http_status, {"fetches": [row]})
    rejection = Rejection(item=path, stage="fetch", reason=error.code, detail=error.detail)
    return Item(path, rejection, None, error.http_status, {"fetches": [row]})


def _log_fetch(item: Item) -> None:
    for row in item.rows.get("fetches", ()):
        kind: type[Event] = PageFetched
        if row.get("failure") is not None:
            kind = PagePostponed if row.get("next_fetch_at") else PageFailed
        log(kind(**{name: row.get(name) for name in kind.field_names()}))


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
