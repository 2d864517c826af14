"""`onrecord extract`: read documents and write analyses, both as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

import orjson

from flows.inputs.contract import Line, open_lines, read_line
from flows.runs.workers import WorkerOptions, Workers
from transforms.cleaning.refusals import type_of_refusal
from transforms.records import (
    Analysis,
    Article,
    DateMention,
    Document,
    Mention,
    Quotation,
    Rejection,
)


def extract(
    source: str, output: IO[bytes], *, options: WorkerOptions | None = None, now: datetime
) -> int:
    """Analyse each line of `source`, write one answer line, and count the failures.

    Args:
        source: Path of a JSON Lines file, gzipped if it ends in `.gz`; `-` for standard
            input.
        output: Where to write the answers, in the order of the input.
        options: Limits of the workers.
        now: The instant of the run.

    Returns:
        The number of lines that failed.

    Raises:
        InputError: `source` cannot be read.
    """
    failed = 0
    with open_lines(source) as lines, Workers(options) as workers:
        for answer in _answers(lines, workers, now):
            failed += "error" in answer
            output.write(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))
    output.flush()
    return failed


def _answers(lines: Iterable[bytes], workers: Workers, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the answers to good and bad lines, in the order of the input."""
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


def _refusal(line: Line) -> dict[str, Any]:
    return _empty(line.id) | {"error": {"reason": "bad_input", "detail": line.problem}}


def _empty(ident: object) -> dict[str, Any]:
    return {
        "id": ident, "title": None, "alternative_titles": [], "authors": [], "published_at": None, "language": None,
        "page_type": None, "text": None, "quotations": [], "no_comment": [], "mentions": [], "dates": [],
    }  # fmt: skip


def answer(ident: object, outcome: Analysis | Rejection) -> dict[str, Any]:
    """Return the answer to one document."""
    if isinstance(outcome, Rejection):
        return _empty(ident) | {
            "page_type": type_of_refusal(outcome.reason),
            "error": {"reason": outcome.reason, "detail": outcome.detail},
        }
    article = outcome.article
    return {
        "id": ident,
        "title": article.title,
        "alternative_titles": list(article.alternative_titles),
        "authors": list(article.authors),
        "published_at": _stamp(article),
        "language": article.language,
        "page_type": article.page_type,
        "text": article.text,
        "quotations": _quotations(outcome.quotations),
        "no_comment": [asdict(note) for note in outcome.no_comments],
        "mentions": [_mention(mention) for mention in outcome.mentions],
        "dates": [_date(mention) for mention in outcome.dates],
    }


def _stamp(article: Article) -> str | None:
    if article.published_at is None:
        return None
    if article.published_precision == "day":
        return article.published_at.date().isoformat()
    return article.published_at.isoformat()


def _quotations(quotations: Sequence[Quotation]) -> list[dict[str, Any]]:
    """Return the statements; one that another reports is in its `reported`, unless direct."""
    rows: list[dict[str, Any]] = []
    for quotation in quotations:
        row = _quotation(quotation)
        outer = None
        if quotation.reported_by and quotation.kind != "direct":
            around = (one for one in reversed(rows) if one["end"] >= quotation.end)
            outer = next(around, None)
        (outer.setdefault("reported", []) if outer else rows).append(row)
    return rows


def _quotation(quotation: Quotation) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: getattr(quotation, name)
        for name in (
            "start", "end", "text", "kind", "speaker", "speaker_start", "speaker_end",
            "speaker_name", "speaker_role", "cue", "cue_start", "confidence", "act", "medium",
            "reported_by",
        )
    }  # fmt: skip
    if len(quotation.fragments) > 1:
        row["fragments"] = [list(fragment) for fragment in quotation.fragments]
        row["statement"] = quotation.statement
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
