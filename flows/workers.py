"""A pool of processes that clean and analyse documents under a deadline.

Extraction has no timeout of its own and has crashed natively, so each document runs in
a process that can be killed: after `deadline_s` of wall time, or when it wants more
than `memory_bytes`. The page that does it is answered with a `Rejection`; a new process
takes its place and the rest goes on. Processes are recycled every 1,000 documents,
because one hostile page raises the peak for good.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import traceback
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, TimeoutError  # noqa: A004  # pebble raises this class
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from flows.errors import OnrecordError
from flows.seeds import load_lexicon
from flows.spacy_names import load_tagger
from transforms.lexicon import Lexicon
from transforms.pipeline import analyse
from transforms.records import Analysis, Document, Rejection

DOCUMENTS_PER_PROCESS = 1000
# A fork of this process would copy the threads' locks of DuckDB and Prefect.
START_METHOD = "forkserver"

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
    """

    processes: int | None = None
    deadline_s: float = 20.0
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
            max_tasks=DOCUMENTS_PER_PROCESS,
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

    def analyse(self, documents: Iterable[Document], *, now: datetime) -> Iterator[Outcome]:
        """Yield each document with its analysis or rejection, in the order given.

        At most eight documents a process are under way, so memory stays flat however
        many there are.
        """
        pending: deque[tuple[Document, Future[Analysis | Rejection]]] = deque()
        for document in documents:
            pending.append((document, self._schedule(document, now)))
            while len(pending) >= 8 * self._processes:
                yield self._finish(*pending.popleft())
        while pending:
            yield self._finish(*pending.popleft())

    def _schedule(self, document: Document, now: datetime) -> Future[Analysis | Rejection]:
        future: Future[Analysis | Rejection] = self._pool.schedule(
            _analyse, args=(document, now), timeout=self.options.deadline_s
        )
        return future

    def _finish(self, document: Document, future: Future[Analysis | Rejection]) -> Outcome:
        try:
            return document, future.result()
        except TimeoutError:
            detail = f"took more than {self.options.deadline_s:g} s"
            return document, _rejection(document, "extract_timeout", detail)
        except ProcessExpired as exc:
            detail = f"its worker died with exit code {exc.exitcode}"
            return document, _rejection(document, "extract_crash", detail)


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


def _analyse(document: Document, now: datetime) -> Analysis | Rejection:
    if _lexicon is None:
        raise AssertionError("unreachable")
    if isinstance(_lexicon, OnrecordError):
        raise _lexicon
    try:
        return analyse(document, _lexicon, now=now)
    except MemoryError:
        return _rejection(document, "extract_memory", "needed more memory than a worker has")
    except Exception:  # noqa: BLE001  # the one guard: our bug becomes a counted rejection
        last = traceback.format_exc(limit=-3).strip()
        return _rejection(document, "extract_error", last)


def _rejection(document: Document, reason: str, detail: str) -> Rejection:
    item = document.url or document.document_id
    return Rejection(item=item, stage="analyse", reason=reason, detail=detail)
