"""The input format of `onrecord extract`: JSON Lines of {"id", "text"} or {"id", "html"}.

The text is used as it is, so that offsets refer to it.
"""

from __future__ import annotations

import contextlib
import gzip
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final, cast

import orjson

from flows.errors import InputError
from flows.machine_faults import raise_machine_fault
from transforms.identity import document_id
from transforms.importing.values import language_tag
from transforms.records import Document

CONTRACT_KEYS: Final = frozenset({
    "id", "text", "html", "url", "title", "language", "published", "dct"
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input: its document, or the problem with it."""

    id: Any
    document: Document | None
    problem: str = ""


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
        raise_machine_fault(exc)
        problem = getattr(exc, "strerror", None) or str(exc)
        raise InputError(source, "unreadable", f"cannot be read: {problem}") from exc


def is_contract(values: Mapping[str, Any]) -> bool:
    """Whether a record is in this format, and has nothing that it does not know."""
    return values.keys() <= CONTRACT_KEYS and ("text" in values or "html" in values)


def read_line(raw: bytes, number: int, now: datetime) -> Line:
    """Return the document that one line of JSON describes."""
    try:
        row = orjson.loads(raw)
    except orjson.JSONDecodeError as exc:
        return Line(None, None, f"line {number}: not JSON: {exc}")
    if not isinstance(row, dict):
        return Line(None, None, f"line {number}: got {type(row).__name__}, expected an object")
    return read_values(row, number, now)


def read_values(row: Mapping[str, Any], number: int, now: datetime) -> Line:
    """Return the document that a record describes."""
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
            language=language_tag(row.get("language")),
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
