"""From items to the warehouse, a batch at a time: analyse, spool, append.

Plain functions without Prefect; `flows.load` wraps them as tasks. A batch lies on disk
before the warehouse is asked to take it, so that nothing which was analysed is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flows.documents import Item
from flows.runs import Run, RunReport, check_tally, record_state, with_batch
from flows.workers import WorkerOptions, Workers
from transforms.pipeline import VERSIONS
from transforms.records import Document, Rejection
from warehouse.append import AppendCount, append_batch, append_waiting
from warehouse.connect import open_live
from warehouse.publish import is_behind, publish
from warehouse.queries import known_documents, run_row_counts
from warehouse.rows import analysis_rows, document_row, rejection_row
from warehouse.spool import Batch, SpooledBatch, spool, spooled

BATCH_BYTES = 64_000_000  # pages of one batch that are in memory together

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
    run: Run, items: Iterable[Item], steps: Steps, *, on_batch: Callable[[RunReport], None]
) -> RunReport:
    """Take `items` into the warehouse, record the run as completed, publish, and report.

    A run that appended nothing publishes nothing: readers see no difference.

    Args:
        run: The run, recorded as running.
        items: What is to be loaded.
        steps: How each batch is analysed and appended.
        on_batch: Told the report so far after each batch.

    Raises:
        WarehouseError: A batch cannot be appended; it waits in the spool.
        TallyError: An item was not counted exactly once.
    """
    started = time.monotonic()
    report = RunReport(run_id=run.run_id)
    seen = 0
    append_spooled(run)
    with Workers(worker_options(run)) as workers:
        for batch in batches(items, most=run.settings.batch_documents):
            seen += len(batch)
            analysed = steps.analyse(run, workers, batch)
            count = steps.append(run, analysed)
            report = with_batch(report, count, analysed.rejections)
            report = replace(report, seconds=time.monotonic() - started)
            on_batch(report)
    check_tally(report, seen=seen)
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        rows = run_row_counts(con, run.run_id)
    report = replace(report, rows=rows, seconds=time.monotonic() - started)
    record_state(run, "completed", report)
    folder = run.settings.folder
    if is_behind(folder, wait_s=run.settings.lock_wait_s):  # an earlier run may have been killed
        steps.publish(run)
    return replace(report, snapshot=folder.newest, seconds=time.monotonic() - started)


def worker_options(run: Run) -> WorkerOptions:
    """Return the limits of the workers that the settings ask for."""
    settings = run.settings
    return WorkerOptions(
        processes=settings.workers,
        deadline_s=settings.document_deadline_s,
        memory_bytes=settings.worker_memory_mb * 1_000_000,
    )


def batches(items: Iterable[Item], *, most: int) -> Iterator[list[Item]]:
    """Yield `items` in lists of at most `most` items and about `BATCH_BYTES` of content."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        if isinstance(item.content, Document):
            size += len(item.content.content)
        if len(batch) >= most or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def analyse_items(run: Run, workers: Workers, items: Sequence[Item]) -> Analysed:
    """Analyse what the warehouse does not know and write the rows to the spool."""
    documents = [item.content for item in items if isinstance(item.content, Document)]
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    with open_live(folder, wait_s=wait_s) as con:
        known = known_documents(con, [document.document_id for document in documents])
    batch = Batch(run_id=run.run_id)
    fresh: list[Document] = []
    paths: dict[str, str] = {}
    rejections: list[Rejection] = []
    for item in items:
        batch.seen += 1
        if isinstance(item.content, Rejection):
            _refuse(batch, run, item.content, document_id=None, rejections=rejections)
        elif item.content.document_id in known:
            batch.known += 1
        else:
            fresh.append(item.content)
            paths.setdefault(item.content.document_id, item.path)
    for document, outcome in workers.analyse(fresh, now=run.now):
        path = paths[document.document_id]
        if isinstance(outcome, Rejection):
            batch.add({"documents": [document_row(document, path=path, charset=document.charset)]})
            refusal = replace(outcome, item=path)
            _refuse(batch, run, refusal, document_id=document.document_id, rejections=rejections)
            continue
        charset = outcome.article.charset
        batch.add({"documents": [document_row(document, path=path, charset=charset)]})
        batch.add(
            analysis_rows(outcome, fetched_at=document.fetched_at, now=run.now, versions=VERSIONS)
        )
    return Analysed(spool(batch, folder.spool), rejections)


def _refuse(batch: Batch, run: Run, rejection: Rejection, *, document_id: str | None,
            rejections: list[Rejection]) -> None:  # fmt: skip
    row = rejection_row(rejection, run_id=run.run_id, document_id=document_id, now=run.now)
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
