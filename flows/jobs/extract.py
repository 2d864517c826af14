"""`onrecord extract`: read documents and write analyses, both as JSON Lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any, Final

import orjson

from flows.inputs.contract import open_lines, read_line
from flows.jobs.article_record import record_of
from flows.runs.workers import WorkerOptions, Workers
from transforms.grouping.copies import CopyIndex, Source
from transforms.records import Analysis, Document, Rejection
from transforms.urls import FILES_SOURCE, source_id

# Copies of a text are found among the last 50,000 texts, so that memory has a limit.
_MOST_KNOWN: Final = 50_000
_FORGETS_AFTER: Final = 10_000


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
    waiting: deque[Any] = deque()
    index = CopyIndex()

    def documents() -> Iterator[Document | Rejection]:
        for number, raw in enumerate(lines, 1):
            line = read_line(raw, number, now)
            waiting.append(line.id)
            yield line.document or bad_input(f"line {number}", line.problem)

    for number, (_, outcome) in enumerate(workers.analyse(documents(), now=now), 1):
        yield answer(waiting.popleft(), outcome) | {"cluster_id": _cluster_of(outcome, index)}
        if number % _FORGETS_AFTER == 0:
            index.forget(_MOST_KNOWN)


def _cluster_of(outcome: Analysis | Rejection, index: CopyIndex) -> str | None:
    """Return the cluster of a document: the key of the first article that has its text."""
    if isinstance(outcome, Rejection):
        return None
    article = outcome.article
    source = Source(
        key=article.article_id,
        text=article.text,
        title=article.title,
        source=_publisher(article.canonical_url or article.url),
        quotations=tuple(
            (one.start, one.end) for one in outcome.quotations if one.kind == "direct"
        ),
    )
    index.add(source)
    return index.cluster_of(article.article_id)


def bad_input(item: str, problem: str) -> Rejection:
    """Return the rejection of an item that describes no document."""
    return Rejection(item=item, stage="read", reason="bad_input", detail=problem)


def answer(ident: object, outcome: Analysis | Rejection) -> dict[str, Any]:
    """Return the answer to one document: its `id` and its record."""
    return {"id": ident, **record_of(outcome)}


def _publisher(url: str | None) -> str | None:
    publisher = source_id(url)
    return None if publisher == FILES_SOURCE else publisher
