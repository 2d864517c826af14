"""Article files as documents: HTML, text, JSON Lines, and folders of them.

A file named on the command line is read regardless of its ending. In a folder, only files
with a known ending are read, in the order of their names. A file that cannot be read
becomes an item with the reason, so no file is skipped silently.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

import orjson

from flows.errors import InputError
from flows.runs.items import Item
from transforms.identity import document_id
from transforms.records import Document, Rejection

MAX_BYTES = 50_000_000  # ten times the limit of the cleaning step; no article is larger

_HTML = (".html", ".htm", ".xhtml")
_TEXT = (".txt", ".text", ".md")
_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
ARTICLE_ENDINGS = (*_HTML, *_TEXT, *_LINES)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input: its document, or the problem with it."""

    id: Any
    document: Document | None
    problem: str = ""


def read_items(paths: Sequence[Path], *, now: datetime) -> Iterator[Item]:
    """Yield an item for each document in the files and folders at `paths`, in order."""
    for path in paths:
        try:
            for file in _files(path):
                yield from _read(file, now)
        except InputError as exc:
            yield _refused(exc)


def readable(path: Path) -> str:
    r"""Return a path as text that can be stored, with bytes that are not UTF-8 escaped.

    >>> readable(Path("news/m\udce4rz.html"))
    'news/m\\xe4rz.html'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _files(path: Path) -> Iterable[Path]:
    try:
        mode = path.stat().st_mode
    except OSError as exc:
        raise InputError(readable(path), "not_found", "does not exist: check the path") from exc
    if not stat.S_ISDIR(mode):
        return [path]
    files = [
        file for file in sorted(path.rglob("*")) if file.name.lower().endswith(ARTICLE_ENDINGS)
    ]
    if not files:
        known = " ".join(ARTICLE_ENDINGS)
        raise InputError(readable(path), "no_articles", f"no file in this folder ends in {known}")
    return files


def _read(file: Path, now: datetime) -> Iterator[Item]:
    if not file.is_file():
        problem = "is not a regular file: name a file or folder"
        yield _refused(InputError(readable(file), "not_a_file", problem))
        return
    try:
        if file.name.lower().endswith(_LINES):
            yield from _read_lines(file, now)
        else:
            yield _read_page(file, now)
    except InputError as exc:
        yield _refused(exc)


def _read_page(file: Path, now: datetime) -> Item:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as exc:
        problem = f"cannot be read: {exc.strerror}: check its permissions"
        raise InputError(readable(file), "unreadable", problem) from exc
    if len(content) > MAX_BYTES:
        problem = f"is larger than {MAX_BYTES // 1_000_000} MB: split it, or save only the article"
        raise InputError(readable(file), "too_large", problem)
    if not content.strip():
        raise InputError(readable(file), "empty", "is empty: save it again")
    if is_binary(content):
        raise InputError(readable(file), "binary", "is not text: save the article as HTML or text")
    is_page = file.name.lower().endswith(_HTML) or looks_like_html(content)
    document = Document(
        document_id=document_id(None, content),
        content=content,
        media_type="html" if is_page else "text",
        fetched_at=now,
    )
    return Item(readable(file), document)


def _read_lines(file: Path, now: datetime) -> Iterator[Item]:
    number = 0
    try:
        with open_lines(str(file)) as lines:
            for number, raw in enumerate(lines, 1):
                path = f"{readable(file)}#{number}"
                line = read_line(raw, number, now)
                if line.document is None:
                    yield _refused(InputError(path, "bad_input", line.problem))
                else:
                    yield Item(path, line.document)
    except (OSError, EOFError, gzip.BadGzipFile) as exc:
        problem = f"cannot be read past line {number}: {exc}"
        raise InputError(readable(file), "unreadable", problem) from exc
    if not number:
        raise InputError(readable(file), "empty", "is empty: save it again")


@contextlib.contextmanager
def open_lines(source: str) -> Iterator[Iterable[bytes]]:
    """Open a file of lines, gzipped or not, or standard input for `-`."""
    if source == "-":
        yield sys.stdin.buffer
        return
    path = Path(source)
    try:
        with cast(
            "IO[bytes]", gzip.open(path) if path.suffix == ".gz" else path.open("rb")
        ) as lines:
            yield lines
    except (OSError, EOFError) as exc:
        problem = getattr(exc, "strerror", None) or str(exc)
        raise InputError(source, "unreadable", f"cannot be read: {problem}") from exc


def read_line(raw: bytes, number: int, now: datetime) -> Line:
    """Return the document that one line of JSON describes."""
    try:
        row = orjson.loads(raw)
    except orjson.JSONDecodeError as exc:
        return Line(None, None, f"line {number}: not JSON: {exc}")
    if not isinstance(row, dict):
        return Line(None, None, f"line {number}: got {type(row).__name__}, expected an object")
    # If a row has both, use the page: the text is what we are asked to extract from it.
    content, is_text = (row["html"], False) if row.get("html") else (row.get("text"), True)
    if not isinstance(content, str):
        return Line(row.get("id"), None, f"line {number}: has neither text nor html")
    stated = row.get("published") or row.get("dct")
    try:
        published_at, precision = read_instant(stated) if stated else (None, "second")
    except ValueError as exc:
        return Line(row.get("id"), None, f"line {number}: published: {exc}")
    url = row.get("url") or None
    return Line(
        row.get("id"),
        Document(
            document_id=document_id(url, content.encode("utf-8", "replace")),
            content=content,
            media_type="text" if is_text else "html",
            is_clean=is_text,
            fetched_at=now,
            url=url,
            published_at=published_at,
            published_precision=precision,
            title=row.get("title") or None if is_text else None,
        ),
    )


def read_instant(stated: object) -> tuple[datetime, str]:
    """Return an ISO 8601 date or time as an instant, with its precision.

    >>> read_instant("2023-11-28")
    (datetime.datetime(2023, 11, 28, 0, 0, tzinfo=datetime.timezone.utc), 'day')
    """
    if not isinstance(stated, str):
        raise ValueError(f"got {stated!r}, expected an ISO 8601 date or time")  # noqa: TRY004
    instant = datetime.fromisoformat(stated.strip())
    precision = "day" if len(stated.strip()) <= len("2023-11-28") else "second"
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)), precision


def is_binary(content: bytes) -> bool:
    """Whether `content` is a PDF, or has NUL bytes without being UTF-16 or UTF-32."""
    head = content[:8192]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"%PDF-")):
        return head.startswith(b"%PDF-")
    nuls = head.count(0)
    return nuls > 0 and not _is_utf16(head)


def _is_utf16(head: bytes) -> bool:
    """Whether every other byte is mostly NUL, as in Latin UTF-16 without a BOM."""
    even, odd = head[::2], head[1::2]
    return max(even.count(0), odd.count(0)) > 0.7 * len(odd)


def looks_like_html(content: bytes) -> bool:
    """Whether `content` begins like an HTML page."""
    start = content[:1024].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<article"))


def _refused(error: InputError) -> Item:
    rejection = Rejection(item=error.item, stage="read", reason=error.reason, detail=error.problem)
    return Item(error.item, rejection)
