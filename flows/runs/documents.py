"""Archives the documents of a batch before they are analysed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from flows.archive.captures import Capture, Stored
from flows.archive.reader import finder_of
from flows.archive.writer import ArchiveWriter
from flows.runs.captured_items import capture_of_item
from flows.runs.items import Item
from flows.runs.run import Run
from transforms.records import Document
from warehouse.article_queries import find_stored
from warehouse.connect import open_live
from warehouse.errors import WarehouseUnwritableError
from warehouse.lock import shared_lock


def store(run: Run, items: Sequence[Item], others: Sequence[Capture] = ()) -> list[Stored]:
    """Archive the documents that are not archived yet; return where each one is.

    The archive is synced to disk before this returns.

    Args:
        run: The run.
        items: Items that hold a document.
        others: Answers without a new document, archived together with these.

    Raises:
        WarehouseUnwritableError: The archive's disk is full or read-only.
    """
    documents = [capture_of_item(item) for item in items if item.stored is None]
    new = _write(run, [*documents, *others])
    return [item.stored or next(new) for item in items]


def unused_answers(items: Iterable[Item], known: Container[str]) -> list[Capture]:
    """Return the answers to the items' requests that hold no new document.

    Fetched pages that have not changed are included; known documents from files are not.

    Args:
        items: Items of a run.
        known: Keys of documents that the warehouse has.
    """
    found: list[Capture] = []
    for item in items:
        found += item.others
        is_fetched = item.capture is not None and not {"fetches", "visits"}.isdisjoint(item.rows)
        is_known = isinstance(item.content, Document) and item.content.document_id in known
        if item.capture is not None and item.stored is None and is_fetched and is_known:
            found.append(replace(item.capture, notes={"unused": "unchanged"}))
    return found


def _write(run: Run, captures: Sequence[Capture]) -> Iterator[Stored]:
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    try:
        with shared_lock(folder.archive):  # the originals we refer to must not be removed meanwhile
            known: dict[str, tuple[str, int]] = {}
            if captures:
                with open_live(folder, wait_s=wait_s) as con:
                    known = find_stored(con, [capture.body_sha256 for capture in captures])
            if (stored := run.pages.append(captures, known)) is not None:
                return iter(stored)
            with ArchiveWriter(
                folder.archive, now=lambda: run.now, find_original=finder_of(folder.archive, known)
            ) as archive:
                return iter(archive.write(captures))
    except OSError as exc:
        raise WarehouseUnwritableError(folder.archive, exc.strerror or str(exc)) from exc
