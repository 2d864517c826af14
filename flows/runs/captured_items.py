"""Items as captures for the archive, and back.

Facts that are not in the document itself but are needed to rebuild the warehouse (its
file, what the feed said about it) are archived with it as notes. Reading a file loads this
module, so it does not load DuckDB.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from flows.archive.captures import Capture, capture_of_file
from flows.fetching.fetch_records import charset_of, find_opt_out, header
from flows.runs.items import Item
from transforms.identity import document_id
from transforms.records import Document

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
        document_id=document_id(url, capture.body, notes.get("publisher")),
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
