"""From items to the warehouse, a batch at a time: archive, analyse, spool, append.

Plain functions without Prefect; the flows wrap them as tasks. A batch lies on disk
before the warehouse is asked to take it, so that nothing which was analysed is lost.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows.archive.stored_documents import store, unused_answers
from flows.items import Flush, Item, batches
from flows.quarantine import quarantine
from flows.runs import Heartbeat, Run, RunReport, check_tally, record_state, with_batch
from flows.tallies import PollTally
from flows.workers import WorkerOptions, Workers
from transforms.pipeline import VERSIONS
from transforms.records import Analysis, Document, Rejection
from warehouse.append import AppendCount, append_batch, append_waiting
from warehouse.article_queries import known_documents
from warehouse.connect import open_live
from warehouse.publish import is_behind, publish
from warehouse.rows import analysis_rows, document_row, rejection_row
from warehouse.run_queries import run_row_counts
from warehouse.spool import Batch, SpooledBatch, spool, spooled

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Analysed:
    """A batch on disk, with what was refused in it."""

    batch: SpooledBatch
    rejections: list[Rejection]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The steps of a run; a flow gives its tasks instead."""

    analyse: Callable[[Run, Workers, Sequence[Item]], Analysed]
    append: Callable[[Run, Analysed], AppendCount]
    publish: Callable[[Run], object]


def run_batches(
    run: Run,
    items: Iterable[Item | Flush],
    steps: Steps,
    *,
    on_batch: Callable[[RunReport], None],
    polls: PollTally | None = None,
) -> RunReport:
    """Take `items` into the warehouse, record the run as completed, publish, and report.

    A run that appended nothing publishes nothing: readers see no difference.

    Args:
        run: The run, recorded as running.
        items: What is to be loaded.
        steps: How each batch is analysed and appended.
        on_batch: Told the report so far after each batch.
        polls: What became of the feeds that led to the items.

    Raises:
        WarehouseError: A batch cannot be appended; it waits in the spool.
        TallyError: An item was not counted exactly once.
    """
    started = time.monotonic()
    report = RunReport(run_id=run.run_id, polls=polls)
    append_spooled(run)
    with Workers(worker_options(run)) as workers:
        report = take_in(run, items, steps, workers, report, on_batch=on_batch)
    return finish_run(run, report, steps.publish, seconds=time.monotonic() - started)


def take_in(
    run: Run,
    items: Iterable[Item | Flush],
    steps: Steps,
    workers: Workers,
    report: RunReport,
    *,
    on_batch: Callable[[RunReport], None],
    heart: Heartbeat | None = None,
) -> RunReport:
    """Take `items` into the warehouse and return `report` with them in it.

    Args:
        run: The run, recorded as running.
        items: What is to be loaded.
        steps: How each batch is analysed and appended.
        workers: Analyse.
        report: What the run has done before.
        on_batch: Told the report so far after each batch.
        heart: That of the run, where it takes in items more than once.

    Raises:
        TallyError: An item was not counted exactly once.
    """
    started, heart = time.monotonic() - report.seconds, heart or Heartbeat(run)
    seen = report.count.seen
    with _closed_at_the_end(items):
        for batch in batches(items, most=run.settings.batch_documents):
            seen += sum(item.content is not None for item in batch)
            analysed = steps.analyse(run, workers, batch)
            count = steps.append(run, analysed)
            report = with_batch(report, count, analysed.rejections)
            report = replace(report, seconds=time.monotonic() - started)
            heart.beat(report)
            on_batch(report)
    check_tally(report, seen=seen)
    return report


@contextlib.contextmanager
def _closed_at_the_end(items: Iterable[Item | Flush]) -> Iterator[None]:
    """Stop what fetches or reads `items` before anything is said of how the run ended."""
    try:
        yield
    finally:
        if isinstance(items, Generator):
            items.close()


def finish_run(
    run: Run, report: RunReport, publish: Callable[[Run], object], *, seconds: float
) -> RunReport:
    """Record the run as completed, publish what readers do not see yet, and report."""
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    started = time.monotonic() - seconds
    with open_live(folder, wait_s=wait_s) as con:
        rows = run_row_counts(con, run.run_id)
    report = replace(report, rows=rows, seconds=seconds)
    record_state(run, "completed", report)
    if is_behind(folder, wait_s=wait_s):  # an earlier run may have been killed
        publish(run)
    return replace(report, snapshot=folder.newest, seconds=time.monotonic() - started)


def worker_options(run: Run) -> WorkerOptions:
    """Return the limits of the workers that the settings ask for."""
    settings = run.settings
    return WorkerOptions(
        processes=settings.workers,
        deadline_s=settings.document_deadline_s,
        memory_bytes=settings.worker_memory_mb * 1_000_000,
        spacy_model=settings.name_model,
    )


def analyse_items(run: Run, workers: Workers, items: Sequence[Item]) -> Analysed:
    """Archive and analyse what the warehouse does not know; write the rows to the spool."""
    known = _known(run, items)
    batch = Batch(run_id=run.run_id)
    rejections: list[Rejection] = []
    fresh: list[tuple[Document, Item]] = []
    for item in items:
        batch.add(item.rows)
        batch.seen += item.content is not None
        if isinstance(item.content, Rejection):
            _refuse(run, batch, rejections, item.content, None)
        elif item.content is not None and item.content.document_id in known:
            batch.known += 1
        elif item.content is not None:
            fresh.append((item.content, item))
    places = store(run, [item for _, item in fresh], unused_answers(items, known))
    outcomes = workers.analyse((document for document, _ in fresh), now=run.now)
    for (document, item), place, (_, found) in zip(fresh, places, outcomes, strict=True):
        outcome = _wanted(item, found, document.fetched_at)
        row = document_row(document, path=item.path, http_status=item.http_status)
        row |= {"warc_file": place.warc_file, "warc_offset": place.warc_offset}
        if isinstance(outcome, Analysis):
            row["charset"] = outcome.article.charset
            batch.add(
                analysis_rows(
                    outcome, fetched_at=document.fetched_at, now=run.now, versions=VERSIONS
                )
            )
        else:
            rejection = replace(outcome, item=item.path)
            quarantine(run.settings.folder, document, rejection)
            _refuse(run, batch, rejections, rejection, document.document_id)
        batch.add({"documents": [row]})
    return Analysed(spool(batch, run.settings.folder.spool), rejections)


def _wanted(
    item: Item, outcome: Analysis | Rejection, fetched_at: datetime
) -> Analysis | Rejection:
    """Return the outcome, or the refusal of an article that was published on other days."""
    if item.days is None or isinstance(outcome, Rejection):
        return outcome
    article = outcome.article
    day = (article.published_at or fetched_at).date()
    if item.days[0] <= day <= item.days[1]:
        return outcome
    detail = f"published on {day}, asked for {item.days[0]} to {item.days[1]}"
    return Rejection(item=item.path, stage="analyse", reason="outside_range", detail=detail)


def _known(run: Run, items: Sequence[Item]) -> set[str]:
    ids = [item.content.document_id for item in items if isinstance(item.content, Document)]
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        return known_documents(con, ids)


def _refuse(
    run: Run, batch: Batch, rejections: list[Rejection], rejection: Rejection, document: str | None
) -> None:
    row = rejection_row(rejection, run_id=run.run_id, document_id=document, now=run.now)
    batch.rejected += 1
    batch.add({"rejections": [row]})
    rejections.append(rejection)


def append_analysed(
    run: Run, analysed: Analysed, *, on_step: OnStep = lambda _: None
) -> AppendCount:
    """Append a spooled batch and drop it from the spool."""
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        count = append_batch(con, analysed.batch, on_step=on_step)
    on_step("drop")
    analysed.batch.remove()
    return count


def append_spooled(run: Run) -> int:
    """Append the batches that an earlier run left in the spool; return how many."""
    folder = run.settings.folder
    if not spooled(folder.spool):
        return 0
    with open_live(folder, wait_s=run.settings.lock_wait_s) as con:
        return append_waiting(con, folder).appended


def publish_run(run: Run) -> object:
    """Publish a snapshot of what the warehouse holds."""
    return publish(run.settings.folder, wait_s=run.settings.lock_wait_s)


PLAIN = Steps(analyse=analyse_items, append=append_analysed, publish=publish_run)
