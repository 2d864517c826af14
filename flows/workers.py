"""A pool of processes that clean and analyse documents under a deadline.

Extraction has no timeout of its own and has crashed natively, so each document runs in
a process that can be killed: after `deadline_s` of wall time, or when it wants more
than `memory_bytes`. The page that does it is answered with a `Rejection`; a new process
takes its place and the rest goes on. Processes are recycled every 1,000 documents,
because one hostile page raises the peak for good.
"""

from __future__ import annotations

import functools
import gc
import itertools
import multiprocessing
import os
import resource
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, TimeoutError  # noqa: A004  # pebble raises this class
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from flows.seeds import load_lexicon
from flows.spacy_names import load_tagger
from transforms.errors import OnrecordError
from transforms.lexicon import Lexicon
from transforms.pipeline import analyse
from transforms.records import Analysis, Document, Rejection

DOCUMENTS_PER_PROCESS = 1000
CHUNKS_AHEAD = 20  # a second of work for a process, while results are being appended
# A fork of this process would copy the threads' locks of DuckDB and Prefect.
START_METHOD = "forkserver"

T = TypeVar("T")
R = TypeVar("R")
Outcome = tuple[Document, Analysis | Rejection]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """Limits of one worker process.

    Attributes:
        processes: How many run side by side; None for one a core.
        deadline_s: Wall seconds that one document may take.
        memory_bytes: Address space of one process; None for no limit.
        seeds: Folder of the word lists; None for those of the package.
        spacy_model: Model that finds the names; None for the rules.
        tasks_per_process: A process is replaced after so many.
    """

    processes: int | None = None
    deadline_s: float = 20.0
    tasks_per_process: int = DOCUMENTS_PER_PROCESS
    memory_bytes: int | None = 1_500_000_000
    seeds: Path | None = None
    spacy_model: str | None = None


class Workers:
    """The pool; use it as a context manager, so that no process outlives it."""

    def __init__(self, options: WorkerOptions | None = None) -> None:
        self.options = options or WorkerOptions()
        self._processes = self.options.processes or len(os.sched_getaffinity(0))
        context = multiprocessing.get_context(START_METHOD)
        context.set_forkserver_preload(["flows.workers"])
        self._pool = ProcessPool(
            max_workers=self._processes,
            max_tasks=self.options.tasks_per_process,
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

    def start(self) -> None:
        """Start the processes before there is work: they read the word lists meanwhile."""
        self._pool.schedule(_begin)

    def analyse(self, documents: Iterable[Document], *, now: datetime) -> Iterator[Outcome]:
        """Yield each document with its analysis or rejection, in the order given.

        At most eight documents a process are under way, so memory stays flat however
        many there are.
        """
        tasks = ((document, document.url or document.document_id) for document in documents)
        return self._run(_analyse, tasks, (now,), ahead=8)

    def each(
        self,
        function: Callable[[T, Lexicon], R | Rejection],
        items: Iterable[T],
        *,
        item_of: Callable[[T], str],
        at_once: int,
    ) -> Iterator[tuple[T, R | Rejection]]:
        """Yield each item with what a function makes of it, in the order given.

        Several go to a process at once, because to hand over a small one costs a tenth
        of what is done with it; where one of them ends its process or takes too long,
        each is tried alone.

        Args:
            function: What a process can import by its name, or a `partial` of that.
            items: What it is called with, beside the word lists.
            item_of: How an item is called in a rejection.
            at_once: How many go to a process at once.
        """
        several = ((chunk, item_of(chunk[0])) for chunk in _chunks(items, at_once))
        for chunk, found in self._run(_do_each, several, (function, item_of), ahead=CHUNKS_AHEAD):
            if isinstance(found, Rejection):
                alone = (([item], item_of(item)) for item in chunk)
                for [item], one in self._run(_do_each, alone, (function, item_of), ahead=8):
                    yield item, one if isinstance(one, Rejection) else one[0]
            else:
                yield from zip(chunk, found, strict=True)

    def _run(
        self,
        function: Callable[..., R],
        tasks: Iterable[tuple[T, str]],
        arguments: tuple[object, ...],
        *,
        ahead: int,
    ) -> Iterator[tuple[T, R | Rejection]]:
        pending: deque[tuple[T, str, Future[R | Rejection]]] = deque()
        for task, item in tasks:
            future: Future[R | Rejection] = self._pool.schedule(
                function, args=(task, *arguments), timeout=self.options.deadline_s
            )
            pending.append((task, item, future))
            while len(pending) >= ahead * self._processes:
                yield self._finish(*pending.popleft())
        while pending:
            yield self._finish(*pending.popleft())

    def _finish(self, task: T, item: str, future: Future[R | Rejection]) -> tuple[T, R | Rejection]:
        try:
            return task, future.result()
        except TimeoutError:
            detail = f"took more than {self.options.deadline_s:g} s"
            return task, _rejection(item, "extract_timeout", detail)
        except ProcessExpired as exc:
            detail = f"its worker died with exit code {exc.exitcode}"
            return task, _rejection(item, "extract_crash", detail)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while chunk := list(itertools.islice(left, size)):
        yield chunk


_lexicon: Lexicon | OnrecordError | None = None  # one a process, set by the initializer


def _start(options: WorkerOptions) -> None:
    global _lexicon  # noqa: PLW0603  # a worker process serves one pool for its whole life
    if options.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (options.memory_bytes, options.memory_bytes))
    try:
        _lexicon = load_lexicon(options.seeds)
        if options.spacy_model is not None:
            _lexicon = replace(_lexicon, tagger=load_tagger(options.spacy_model))
    except OnrecordError as exc:  # raised by the first document, where somebody listens
        _lexicon = exc
    gc.freeze()  # the word lists are a million objects that stay: no collection looks at them


def _begin() -> None:
    """Do nothing: processes start with the first task."""


def _analyse(document: Document, now: datetime) -> Analysis | Rejection:
    item = document.url or document.document_id
    return _guarded(item, lambda lexicon: analyse(document, lexicon, now=now))


def _do_each(
    items: list[T],
    function: Callable[[T, Lexicon], R | Rejection],
    item_of: Callable[[T], str],
) -> list[R | Rejection]:
    return [_guarded(item_of(item), functools.partial(function, item)) for item in items]


def _guarded(item: str, function: Callable[[Lexicon], R | Rejection]) -> R | Rejection:
    if _lexicon is None:
        raise AssertionError("unreachable")
    if isinstance(_lexicon, OnrecordError):
        raise _lexicon
    try:
        return function(_lexicon)
    except MemoryError:
        return _rejection(item, "extract_memory", "needed more memory than a worker has")
    except Exception:  # noqa: BLE001  # the one guard: our bug becomes a counted rejection
        return _rejection(item, "extract_error", traceback.format_exc(limit=-3).strip())


def _rejection(item: str, reason: str, detail: str) -> Rejection:
    return Rejection(item=item, stage="analyse", reason=reason, detail=detail)
