"""Items: the units of a run, each one document to load or one rejection."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flows.archive.captures import Capture, Stored
from flows.errors import MachineError
from transforms.records import Analysis, Document, Rejection

BATCH_BYTES = 64_000_000  # content of one batch that is in memory together


@dataclass(frozen=True, slots=True)
class Item:
    """One document to load, or the reason why there is none.

    Attributes:
        path: The file (for JSON Lines with `#` and the line number) or the URL.
        content: The document or its rejection; None if it will be tried again later, the
            page has not changed, or the item only carries rows. An item without content is
            not counted.
        capture: What to archive before the document is analysed.
        http_status: HTTP status of the answer.
        rows: More rows to append with it, by table.
        stored: Where it is in the archive, if it is archived already.
        days: First and last wanted day of publication; None for all days.
        others: Other answers to archive with it, such as robots.txt.
        is_fetched: Whether a server was asked for it in this run.
    """

    path: str
    content: Document | Rejection | None
    capture: Capture | None = None
    http_status: int | None = None
    rows: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    stored: Stored | None = None
    days: tuple[date, date] | None = None
    others: tuple[Capture, ...] = ()
    is_fetched: bool = False


def refused(path: str, reason: str, detail: str, *, stage: str = "read") -> Item:
    """Return the item for what cannot be read or fetched."""
    return Item(path, Rejection(item=path, stage=stage, reason=reason, detail=detail))


def within_days(
    item: Item, outcome: Analysis | Rejection, fetched_at: datetime
) -> Analysis | Rejection:
    """Return the outcome, or a rejection if the article is outside the wanted days."""
    if item.days is None or isinstance(outcome, Rejection):
        return outcome
    article = outcome.article
    day = (article.published_at or fetched_at).date()
    if item.days[0] <= day <= item.days[1]:
        return outcome
    detail = f"published on {day}, outside {item.days[0]} to {item.days[1]}"
    return Rejection(item=item.path, stage="analyse", reason="outside_range", detail=detail)


class Flush:
    """A marker among items: load the batch so far without waiting for more items."""


FLUSH = Flush()


@contextlib.contextmanager
def closed_at_the_end(items: Iterable[Item | Flush]) -> Iterator[None]:
    """Close the generator of `items` before the end of the run is recorded."""
    try:
        yield
    finally:
        if isinstance(items, Generator):
            items.close()


def batches(items: Iterable[Item | Flush], *, most: int) -> Iterator[list[Item]]:
    """Yield `items` in lists of at most `most` and about `BATCH_BYTES` of content.

    Raises:
        MachineError: `items` raised it; what came before was yielded.
    """
    batch: list[Item] = []
    size = 0
    found, fault = _until_fault(items)
    for item in found:
        if isinstance(item, Item):
            batch.append(item)
            if isinstance(item.content, Document):
                size += len(item.content.content)
            size += sum(len(capture.body) for capture in item.others)
        is_full = len(batch) >= most or size >= BATCH_BYTES
        if batch and (is_full or isinstance(item, Flush)):
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
    for one in fault:
        raise one


def _until_fault(
    items: Iterable[Item | Flush],
) -> tuple[Iterator[Item | Flush], list[MachineError]]:
    """Return the items up to a fault of this machine, and a list that the fault is added to."""
    fault: list[MachineError] = []

    def found() -> Iterator[Item | Flush]:
        try:
            yield from items
        except MachineError as exc:
            fault.append(exc)

    return found(), fault
