"""Article files that are no plain text or page: PDF, DOCX and EPUB.

The file itself becomes the content of the document and is archived, so that `reprocess` can
read it again with a better reader. It is read where pages are cleaned, in a worker process
with a deadline and a limit of memory, because a hostile file may need much of both.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flows.errors import InputError
from flows.inputs.streams import readable, unreadable
from transforms.formats.kinds import is_readable, kind_of, needed_extra
from transforms.identity import document_id
from transforms.records import Document

MAX_BYTES = 50_000_000  # an article with large pictures; not a scanned book


def document_kind(path: Path) -> str | None:
    """Return `pdf`, `docx` or `epub` from what the file contains; None for any other.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return kind_of(stream)
    except OSError as exc:
        raise unreadable(path, exc) from exc


def read_document(path: Path, *, now: datetime) -> Document:
    """Return a PDF, DOCX or EPUB as a document, to be read by the cleaning step.

    Its flag says what it comes from: `from_pdf`, `from_docx` or `from_epub`. A file that is
    encrypted, damaged or scanned is rejected when it is read.

    Args:
        path: The file.
        now: The instant of the run.

    Raises:
        InputError: The file cannot be read, is none of these, or is too large, or the
            library for its kind is not installed.
    """
    try:
        with path.open("rb") as stream:
            kind = _checked_kind(path, stream)
            stream.seek(0)
            content = stream.read()
    except OSError as exc:
        raise unreadable(path, exc) from exc
    return Document(
        document_id=document_id(None, content),
        content=content,
        media_type=kind,
        fetched_at=now,
        flags=(f"from_{kind}",),
    )


def _checked_kind(path: Path, stream: BinaryIO) -> str:
    if os.fstat(stream.fileno()).st_size > MAX_BYTES:
        problem = f"is larger than {MAX_BYTES // 1_000_000} MB: save the article alone"
        raise InputError(readable(path), "too_large", problem)
    kind = kind_of(stream)
    if kind is None:
        raise InputError(readable(path), "binary", "is no PDF, DOCX or EPUB: check the file")
    if not is_readable(kind):
        raise InputError(readable(path), "missing_extra", needed_extra(kind))
    return kind
