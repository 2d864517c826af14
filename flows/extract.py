"""`onrecord extract`: JSON Lines of documents in, JSON Lines of analyses out."""

from __future__ import annotations

import contextlib
import gzip
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

import orjson

from flows.errors import InputError
from flows.workers import WorkerOptions, Workers
from transforms.identity import document_id
from transforms.records import (
    Analysis,
    Article,
    DateMention,
    Document,
    Mention,
    Quotation,
    Rejection,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input: a document, or why it is none."""

    id: Any
    document: Document | None
    problem: str = ""


def extract(
    source: str, output: IO[bytes], *, options: WorkerOptions | None = None, now: datetime
) -> int:
    """Analyse each line of `source` and write one line for it; return how many failed.

    Args:
        source: Path of JSON Lines, gzipped where it ends in `.gz`; `-` for standard input.
        output: Where the answers go, in the order of the input.
        options: Limits of the workers.
        now: The instant of the run.

    Raises:
        InputError: `source` cannot be read at all.
    """
    failed = 0
    with open_lines(source) as lines, Workers(options) as workers:
        for answer in _answers(lines, workers, now):
            failed += "error" in answer
            output.write(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))
    output.flush()
    return failed


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


def _answers(lines: Iterable[bytes], workers: Workers, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the answers in order: bad lines wait for their turn beside the documents."""
    waiting: list[Line] = []

    def documents() -> Iterator[Document]:
        for number, raw in enumerate(lines, 1):
            line = read_line(raw, number, now)
            waiting.append(line)
            if line.document is not None:
                yield line.document

    for _, outcome in workers.analyse(documents(), now=now):
        while waiting[0].document is None:
            yield _refusal(waiting.pop(0))
        yield answer(waiting.pop(0).id, outcome)
    for line in waiting:
        yield _refusal(line)


def read_line(raw: bytes, number: int, now: datetime) -> Line:
    """Return the document that one line of JSON describes."""
    try:
        row = orjson.loads(raw)
    except orjson.JSONDecodeError as exc:
        return Line(None, None, f"line {number}: no JSON: {exc}")
    if not isinstance(row, dict):
        return Line(None, None, f"line {number}: got {type(row).__name__}, expected an object")
    # Of a row with both, the page is the input: its text is what is to be found out.
    content, is_text = (row["html"], False) if row.get("html") else (row.get("text"), True)
    if not isinstance(content, str):
        return Line(row.get("id"), None, f"line {number}: neither text nor html")
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
    """Return an ISO 8601 date or time as an instant with its precision.

    >>> read_instant("2023-11-28")
    (datetime.datetime(2023, 11, 28, 0, 0, tzinfo=datetime.timezone.utc), 'day')
    """
    if not isinstance(stated, str):
        raise ValueError(f"got {stated!r}, expected an ISO 8601 date or time")  # noqa: TRY004
    instant = datetime.fromisoformat(stated.strip())
    precision = "day" if len(stated.strip()) <= len("2023-11-28") else "second"
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)), precision


def _refusal(line: Line) -> dict[str, Any]:
    return _empty(line.id) | {"error": {"reason": "bad_input", "detail": line.problem}}


def _empty(ident: object) -> dict[str, Any]:
    return {
        "id": ident, "title": None, "authors": [], "published_at": None, "language": None,
        "text": None, "quotations": [], "mentions": [], "dates": [],
    }  # fmt: skip


def answer(ident: object, outcome: Analysis | Rejection) -> dict[str, Any]:
    """Return the line that answers one document."""
    if isinstance(outcome, Rejection):
        return _empty(ident) | {"error": {"reason": outcome.reason, "detail": outcome.detail}}
    article = outcome.article
    return {
        "id": ident,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": _stamp(article),
        "language": article.language,
        "text": article.text,
        "quotations": [_quotation(quotation) for quotation in outcome.quotations],
        "mentions": [_mention(mention) for mention in outcome.mentions],
        "dates": [_date(mention) for mention in outcome.dates],
    }


def _stamp(article: Article) -> str | None:
    if article.published_at is None:
        return None
    if article.published_precision == "day":
        return article.published_at.date().isoformat()
    return article.published_at.isoformat()


def _quotation(quotation: Quotation) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: getattr(quotation, name)
        for name in (
            "start", "end", "text", "kind", "speaker", "speaker_start", "speaker_end",
            "speaker_name", "speaker_role", "cue", "cue_start", "confidence",
        )
    }  # fmt: skip
    if len(quotation.fragments) > 1:
        row["fragments"] = [list(fragment) for fragment in quotation.fragments]
    return row


def _mention(mention: Mention) -> dict[str, Any]:
    return {
        "start": mention.start, "end": mention.end, "text": mention.text,
        "kind": mention.kind, "entity": mention.name, "confidence": mention.confidence,
    }  # fmt: skip


def _date(mention: DateMention) -> dict[str, Any]:
    return {
        "start": mention.start, "end": mention.end, "text": mention.text,
        "type": mention.type, "value": mention.value,
    }  # fmt: skip
