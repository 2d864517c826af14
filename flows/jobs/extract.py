"""`onrecord extract`: read documents and write analyses, both as JSON Lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

import orjson

from flows.inputs.contract import open_lines, read_line
from flows.jobs.article_record import record_of
from flows.runs.workers import WorkerOptions, Workers
from transforms.records import Analysis, Document, Rejection


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

    def documents() -> Iterator[Document | Rejection]:
        for number, raw in enumerate(lines, 1):
            line = read_line(raw, number, now)
            waiting.append(line.id)
            yield line.document or bad_input(f"line {number}", line.problem)

    for _, outcome in workers.analyse(documents(), now=now):
        yield answer(waiting.popleft(), outcome)


def bad_input(item: str, problem: str) -> Rejection:
    """Return the rejection of an item that describes no document."""
    return Rejection(item=item, stage="read", reason="bad_input", detail=problem)


def answer(ident: object, outcome: Analysis | Rejection) -> dict[str, Any]:
    """Return the answer to one document: its `id` and its record."""
    return {"id": ident, **record_of(outcome)}
