"""What goes through a run: one document to load, or the refusal of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flows.archive.captures import Capture, Stored
from transforms.records import Document, Rejection

BATCH_BYTES = 64_000_000  # pages of one batch that are in memory together


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a run takes in.

    Attributes:
        path: The file (with `#` and the line's number for JSON Lines) or the address.
        content: The document, or why there is none; None where it is to be tried again
            later: such an item carries rows, and is not counted yet.
        capture: What to archive before anything is read out of it.
        others: Further answers that came on the way, for the archive alone.
        http_status: Status of the answer that brought it.
        rows: Further rows that go in with it, by table.
        stored: Where it lies in the archive already.
        days: First and last day of publication that are wanted; None for all.
    """

    path: str
    content: Document | Rejection | None
    capture: Capture | None = None
    http_status: int | None = None
    rows: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    stored: Stored | None = None
    days: tuple[date, date] | None = None
    others: tuple[Capture, ...] = ()


class Flush:
    """Stands among items where the batch so far is to go in without waiting for more."""


FLUSH = Flush()


def batches(items: Iterable[Item | Flush], *, most: int) -> Iterator[list[Item]]:
    """Yield `items` in lists of at most `most` and about `BATCH_BYTES` of content."""
    batch: list[Item] = []
    size = 0
    for item in items:
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
