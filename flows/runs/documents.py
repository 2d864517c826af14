"""Archives documents before they are analysed, and reads them back.

Facts that are not in the document itself but are needed to rebuild the warehouse (its
file, what the feed said about it) are archived with it as notes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from flows.archive.captures import Capture, Stored, capture_of_file
from flows.archive.reader import finder_of
from flows.archive.writer import ArchiveWriter
from flows.fetching.fetch_records import charset_of, find_opt_out, header
from flows.runs.items import Item
from flows.runs.run import Run
from transforms.identity import document_id
from transforms.records import Document
from warehouse.article_queries import find_stored
from warehouse.connect import open_live
from warehouse.errors import WarehouseUnwritableError
from warehouse.lock import shared_lock

_MEDIA_TYPES = {
    "html": "text/html",
    "text": "text/plain",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip",
}
_TEXT_NOTES = (
    *("url", "title", "language", "publisher"),
    *("feed_text", "published_from", "published_precision"),
)


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
        is_fetched = item.capture is not None and "fetches" in item.rows
        is_known = isinstance(item.content, Document) and item.content.document_id in known
        if item.capture is not None and is_fetched and is_known:
            found.append(replace(item.capture, notes={"unused": "unchanged"}))
    return found


def _write(run: Run, captures: Sequence[Capture]) -> Iterator[Stored]:
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    if not captures:
        return iter(())
    try:
        with shared_lock(folder.archive):  # the originals we refer to must not be removed meanwhile
            with open_live(folder, wait_s=wait_s) as con:
                known = find_stored(con, [capture.body_sha256 for capture in captures])
            with ArchiveWriter(
                folder.archive, now=lambda: run.now, find_original=finder_of(folder.archive, known)
            ) as archive:
                return iter(archive.write(captures))
    except OSError as exc:
        raise WarehouseUnwritableError(folder.archive, exc.strerror or str(exc)) from exc


def capture_of_item(item: Item) -> Capture:
    """Return the capture to archive for an item that holds a document."""
    document = item.content
    if not isinstance(document, Document):
        raise TypeError(f"item without a document: {item.path}")
    notes = notes_of(document, item.path)
    if item.capture is not None:
        return replace(item.capture, notes={**item.capture.notes, **notes})
    content = document.content
    is_text = isinstance(content, str)
    media_type = _MEDIA_TYPES[document.media_type]
    return capture_of_file(
        document.url or file_url(item.path),
        content.encode("utf-8", "replace") if isinstance(content, str) else content,
        media_type=f"{media_type};charset=utf-8" if is_text else media_type,
        captured_at=document.fetched_at,
        notes=notes,
    )


def file_url(path: str) -> str:
    """Return the `file:` URL of a path and keep its `#line`.

    >>> file_url("/news/march 2024.jsonl#7")
    'file:///news/march%202024.jsonl#7'
    """
    name, mark, line = path.partition("#")
    return "file://" + quote(str(Path(name).absolute())) + mark + line


def notes_of(document: Document, path: str) -> dict[str, str]:
    """Return the facts about a document that its content does not hold."""
    notes = {name: value for name in _TEXT_NOTES if (value := getattr(document, name))}
    if document.published_at is not None:
        notes["published_at"] = document.published_at.isoformat()
        notes["published_confidence"] = str(document.published_confidence)
    if document.authors:
        notes["authors"] = "\x1f".join(document.authors)
    if document.flags:
        notes["flags"] = " ".join(document.flags)
    flags = {
        "is_clean": document.is_clean,
        "is_feed_text": document.is_feed_text,
        "is_decoded": isinstance(document.content, str),
    }
    notes |= {name: "true" for name, is_set in flags.items() if is_set}
    return notes | {"path": path, "media_type": document.media_type}


def item_of_capture(capture: Capture) -> Item:
    """Return the item that was archived as `capture`."""
    notes = capture.notes
    published = notes.get("published_at")
    url = notes.get("url")
    is_decoded = "is_decoded" in notes
    document = Document(
        document_id=document_id(url, capture.body),
        content=capture.body.decode("utf-8", "replace") if is_decoded else capture.body,
        media_type=notes.get("media_type", "html"),
        fetched_at=capture.captured_at,
        url=url,
        final_url=capture.url if capture.asked_url else None,
        is_clean="is_clean" in notes,
        charset=charset_of(header(capture.headers, "content-type")),
        published_at=datetime.fromisoformat(published) if published else None,
        published_precision=notes.get("published_precision", "second"),
        published_from=notes.get("published_from", "input"),
        published_confidence=float(notes.get("published_confidence", "1.0")),
        title=notes.get("title"),
        authors=tuple(filter(None, notes.get("authors", "").split("\x1f"))),
        language=notes.get("language"),
        publisher=notes.get("publisher"),
        flags=tuple(notes.get("flags", "").split()),
        feed_text=notes.get("feed_text"),
        is_feed_text="is_feed_text" in notes,
        opt_out=find_opt_out(capture.headers),
    )
    return Item(notes.get("path", capture.url), document, capture, capture.http_status)
