"""A pool of processes that read feeds under a deadline.

feedparser has quadratic inputs (a megabyte of `<!--` keeps it busy for minutes), so each
document is read in a process that can be killed. What happens to it is an answer like
any other: `parse_timeout`, `parse_memory` or `parse_crash`; the next feed goes on.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, TimeoutError  # noqa: A004  # pebble raises this class
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from flows.feeds.feeds import read_feed
from flows.feeds.syndication import MAX_ENTRIES
from flows.seeds import read_table, seeds_dir
from transforms.errors import OnrecordError
from transforms.feeds.feed_dates import DateWords
from transforms.feeds.feed_records import FeedBody, FeedRefusal, ParsedFeed

# feedparser keeps some memory of every document (its issue 287).
FEEDS_PER_PROCESS = 2000

Outcome = ParsedFeed | FeedRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderOptions:
    """Limits of one reading process.

    Attributes:
        processes: How many run side by side; None for one a core.
        deadline_s: Wall seconds that one feed may take; a good one takes 0.01 to 0.5.
        memory_bytes: Address space of one process; None for no limit.
        max_entries: Entries kept of one feed.
        seeds: Folder of the word lists; None for those of the package.
    """

    processes: int | None = None
    deadline_s: float = 20.0
    memory_bytes: int | None = 1_000_000_000
    max_entries: int = MAX_ENTRIES
    seeds: Path | None = None


class FeedReaders:
    """The pool; use it as a context manager, so that no process outlives it."""

    def __init__(self, options: ReaderOptions | None = None) -> None:
        self.options = options or ReaderOptions()
        self._processes = self.options.processes or len(os.sched_getaffinity(0))
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["flows.feeds.feed_worker"])
        self._pool = ProcessPool(
            max_workers=self._processes,
            max_tasks=FEEDS_PER_PROCESS,
            initializer=_start,
            initargs=(self.options,),
            context=context,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind:
            self._pool.stop()  # type: ignore[no-untyped-call]
        else:
            self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()

    def read(self, bodies: Iterable[FeedBody]) -> Iterator[tuple[FeedBody, Outcome]]:
        """Yield each body with what it says or why it says nothing, in the order given."""
        pending: deque[tuple[FeedBody, Future[Outcome]]] = deque()
        for body in bodies:
            pending.append((body, self._submit(body)))
            while len(pending) >= 8 * self._processes:
                first, future = pending.popleft()
                yield first, self._finish(future)
        while pending:
            first, future = pending.popleft()
            yield first, self._finish(future)

    async def read_one(self, body: FeedBody) -> Outcome:
        """Return what one body says, without holding up the event loop."""
        future = self._submit(body)
        waiting = asyncio.wrap_future(future)
        await asyncio.wait([waiting])
        waiting.exception()  # asyncio logs those that nobody asked for
        return self._finish(future)

    def _submit(self, body: FeedBody) -> Future[Outcome]:
        future: Future[Outcome] = self._pool.schedule(
            _read, args=(body,), timeout=self.options.deadline_s
        )
        return future

    def _finish(self, future: Future[Outcome]) -> Outcome:
        try:
            return future.result()
        except TimeoutError:
            detail = f"took more than {self.options.deadline_s:g} s"
            return FeedRefusal(reason="parse_timeout", detail=detail)
        except ProcessExpired as exc:
            detail = f"its worker died with exit code {exc.exitcode}"
            return FeedRefusal(reason="parse_crash", detail=detail)


def load_date_words(folder: Path | None = None) -> DateWords:
    """Read month names and zones from the seeds."""
    root = folder or seeds_dir()
    names = ("feeds/month_names", "feeds/zones")
    return DateWords.from_tables({name: read_table(root / f"{name}.csv") for name in names})


_words: DateWords | OnrecordError | None = None  # one a process, set by the initializer
_max_entries = MAX_ENTRIES


def _start(options: ReaderOptions) -> None:
    global _words, _max_entries  # noqa: PLW0603  # a process serves one pool for its whole life
    if options.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (options.memory_bytes, options.memory_bytes))
    _max_entries = options.max_entries
    try:
        _words = load_date_words(options.seeds)
    except OnrecordError as exc:  # raised by the first feed, where somebody listens
        _words = exc


def _read(body: FeedBody) -> Outcome:
    if _words is None:
        raise AssertionError("unreachable")
    if isinstance(_words, OnrecordError):
        raise _words
    try:
        return read_feed(body, _words, limit=_max_entries)
    except MemoryError:
        return FeedRefusal(reason="parse_memory", detail="needed more memory than a worker has")
    except Exception as exc:  # noqa: BLE001  # the one guard: our bug becomes a counted refusal
        return FeedRefusal(reason="parse_error", detail=f"{type(exc).__name__}: {exc}"[:200])
