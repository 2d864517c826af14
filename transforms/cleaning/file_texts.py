"""The text in a PDF, DOCX or EPUB, as a document that is cleaned like a plain text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.refusals import Refused
from transforms.cleaning.shown_days import read_day
from transforms.formats.kinds import read_file
from transforms.formats.reading import Reading, UnreadableFileError
from transforms.records import Document

_OPENING = 4  # headline, byline and day are among the first paragraphs
_LINE_CHARS = 60
_SHOWN_CONFIDENCE = 0.9  # as for a day that a page shows


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file as a document, the publisher it states, and what read it."""

    document: Document
    publisher: str | None
    reader: str


def text_of_file(document: Document, boilerplate: Boilerplate) -> FileText | Refused:
    """Return the text in a PDF, DOCX or EPUB; what came with the input has precedence.

    The day of publication is what an EPUB states, otherwise the day that stands near the
    headline or at the edge of the first page ("Tuesday 5 March 2024").

    Args:
        document: The file; its content is bytes.
        boilerplate: The names of the months.
    """
    if isinstance(document.content, str):
        raise TypeError(f"a {document.media_type} is bytes: {document.document_id}")
    try:
        reading = read_file(document.content, document.media_type)
    except UnreadableFileError as exc:
        return Refused(exc.reason, exc.detail)
    text = replace(
        document,
        content="\n".join(reading.paragraphs),
        media_type="text",
        title=document.title or reading.title,
        authors=document.authors or reading.authors,
        language=document.language or reading.language,
    )
    if document.published_at is None:
        text = _dated(text, reading, boilerplate)
    return FileText(text, reading.publisher, reading.reader)


def _dated(document: Document, reading: Reading, boilerplate: Boilerplate) -> Document:
    """Return the document with the day that the file states or shows."""
    latest = document.fetched_at.date()
    if reading.published_on is not None and reading.published_on <= latest:
        return _with_day(document, reading.published_on, "meta", 1.0)
    opening = [line for line in reading.paragraphs[:_OPENING] if len(line) <= _LINE_CHARS]
    for line in (*opening, *reading.edges):
        day = read_day(line, boilerplate.months)
        if day is not None and day.date() <= latest:
            return _with_day(document, day.date(), "text", _SHOWN_CONFIDENCE)
    return document


def _with_day(document: Document, day: date, origin: str, confidence: float) -> Document:
    return replace(
        document,
        published_at=datetime.combine(day, time(), tzinfo=UTC),
        published_precision="day",
        published_from=origin,
        published_confidence=confidence,
    )
