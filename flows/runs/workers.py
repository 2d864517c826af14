"""Worker processes that clean and analyse documents under a deadline.

A page that takes too long, needs too much memory or crashes its process becomes a
`Rejection`; the rest of the batch continues (see `flows.pool`). If even a small known page
meets the same end, this machine is at fault and nothing is rejected.
"""

from __future__ import annotations

import functools
import gc
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from flows.errors import MachineError
from flows.losses import Lost
from flows.machine_faults import machine_fault
from flows.pool import DeadlinePool, PoolOptions
from flows.runs.guard import guarded, lost, name_of
from flows.seeds import load_language_model, load_lexicon
from flows.taggers.choices import load_taggers
from transforms.cleaning.refusals import KEPT_TYPES
from transforms.cleaning.rules import NO_RULES, Rules
from transforms.errors import OnrecordError
from transforms.lexicon import Lexicon
from transforms.records import Analysis, Document, Rejection

DOCUMENTS_AHEAD = 8
CHUNKS_AHEAD = 20  # a second of work per process, to stay busy while results are appended

_PROBED_AT: Final = datetime(2024, 5, 6, 12, tzinfo=UTC)
_PROBE: Final = Document(
    document_id="probe",
    content=(
        "<html lang='en'><head><title>The harbour opened again</title></head><body><article>"
        "<h1>The harbour opened again</h1><p>The harbour opened on Monday after the strike, and "
        "the first ferries left before noon, the harbour authority said in a statement.</p>"
        "<p>“We are glad to be at work again,” said Ann Lee, who leads the union. The two sides "
        "had agreed on a new pay deal on Sunday evening.</p></article></body></html>"
    ).encode(),
    media_type="html",
    charset="utf-8",
    fetched_at=_PROBED_AT,
)

T = TypeVar("T")
R = TypeVar("R")
Given = TypeVar("Given", Document, Document | Rejection)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions(PoolOptions):
    """Limits of the workers, and the data they load.

    Attributes:
        seeds: Folder of the word lists; None for the lists in the package.
        taggers: The setting `taggers`: models that find names in place of the rules.
        rules: The user's rules for single publishers.
        kept_types: Types of pages that are stored as articles.
    """

    memory_bytes: int | None = 1_500_000_000
    seeds: Path | None = None
    taggers: str = ""
    rules: Rules = NO_RULES
    kept_types: frozenset[str] = KEPT_TYPES


class Workers(DeadlinePool):
    """The worker processes. Use it as a context manager, so that none are left behind."""

    def __init__(self, options: WorkerOptions | None = None) -> None:
        options = options or WorkerOptions()
        super().__init__(options, start=_start, arguments=(options,), probe=_analyse_probe)

    def start(self) -> None:
        """Start the processes, so that they load the word lists before there is work."""
        self.submit(_begin)

    def analyse(
        self, documents: Iterable[Given], *, now: datetime
    ) -> Iterator[tuple[Given, Analysis | Rejection]]:
        """Yield each document with its analysis or rejection, in the order given.

        What is rejected already is its own outcome. At most eight documents per process are
        scheduled at a time, so memory does not grow with their number.

        Raises:
            MachineError: This machine is at fault for a document that was lost.
            WorkersError: Processes end at their start.
        """
        tasks = ((document, (document, now)) for document in documents)
        for document, found in self.map(_analyse, tasks, ahead=DOCUMENTS_AHEAD):
            yield document, _as_rejection(_name(document), found)

    def each(
        self,
        function: Callable[[T, Lexicon], R | Rejection],
        items: Iterable[T],
        *,
        item_of: Callable[[T], str],
        at_once: int,
    ) -> Iterator[tuple[T, R | Rejection]]:
        """Yield each item with the result of a function, in the order given.

        Several items are sent to a process together, because sending a small one costs a
        tenth of its work. If one of them crashes the process or takes too long, each is
        tried alone.

        Args:
            function: A function that a process can import by its name, or a `partial` of
                one; it is called with an item and the word lists.
            items: The items.
            item_of: Returns the name of an item in a rejection.
            at_once: How many items are sent together.

        Raises:
            MachineError: This machine is at fault for an item that was lost.
            WorkersError: Processes end at their start.
        """
        chunks = ((chunk, (chunk, function)) for chunk in _chunks(items, at_once))
        for chunk, found in self.map(_do_each, chunks, ahead=CHUNKS_AHEAD, is_retried=False):
            if isinstance(found, Lost):
                yield from self._each_alone(function, chunk, item_of)
                continue
            for item, one in zip(chunk, found, strict=True):
                if isinstance(one, Lost):
                    self.require_probe(one)
                yield item, _as_rejection(item_of(item), one)

    def _each_alone(
        self,
        function: Callable[[T, Lexicon], R | Rejection],
        items: list[T],
        item_of: Callable[[T], str],
    ) -> Iterator[tuple[T, R | Rejection]]:
        tasks = ((item, ([item], function)) for item in items)
        for item, found in self.map(_do_each, tasks, ahead=DOCUMENTS_AHEAD):
            one = found if isinstance(found, Lost) else found[0]
            if isinstance(one, Lost):
                self.require_probe(one)
            yield item, _as_rejection(item_of(item), one)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while chunk := list(itertools.islice(left, size)):
        yield chunk


def _as_rejection(item: str, found: R | Lost) -> R | Rejection:
    return lost(item, found) if isinstance(found, Lost) else found


def _name(document: Document | Rejection) -> str:
    return document.item if isinstance(document, Rejection) else name_of(document)


_lexicon: Lexicon | OnrecordError | None = None  # one per process, set when it starts


def _start(options: WorkerOptions) -> None:
    global _lexicon  # noqa: PLW0603  # a worker process serves one pool for its whole life
    try:
        _lexicon = _load(options)
    except OnrecordError as exc:  # raised again by the first document, to reach the caller
        _lexicon = exc
    except (OSError, MemoryError) as exc:
        problem = f"worker processes cannot start ({exc})"
        _lexicon = machine_fault(exc) or MachineError(problem, "make the temporary folder writable")
    gc.freeze()  # if word lists were loaded: collections skip their million permanent objects


def _load(options: WorkerOptions) -> Lexicon:
    load_language_model()  # it may need a temporary file
    lexicon = load_lexicon(options.seeds)
    boilerplate = replace(lexicon.boilerplate, kept_types=options.kept_types)
    taggers = load_taggers(options.taggers)
    return replace(lexicon, boilerplate=boilerplate, rules=options.rules, taggers=taggers)


def _begin() -> None:
    """Do nothing: processes start with the first task."""


def _analyse(document: Document | Rejection, now: datetime) -> Analysis | Rejection | Lost:
    from transforms.pipeline import analyse  # noqa: PLC0415  # only worker processes load it

    if isinstance(document, Rejection):
        return document
    return _guarded(lambda lexicon: analyse(document, lexicon, now=now))


def _analyse_probe() -> Analysis | Rejection | Lost:
    return _analyse(_PROBE, _PROBED_AT)


def _do_each(
    items: list[T], function: Callable[[T, Lexicon], R | Rejection]
) -> list[R | Rejection | Lost]:
    return [_guarded(functools.partial(function, item)) for item in items]


def _guarded(function: Callable[[Lexicon], R | Rejection]) -> R | Rejection | Lost:
    if _lexicon is None:
        raise AssertionError("unreachable")
    if isinstance(_lexicon, OnrecordError):
        raise _lexicon
    lexicon = _lexicon
    return guarded(lambda: function(lexicon))
