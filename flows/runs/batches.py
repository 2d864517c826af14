"""Batches: archive, analyse, spool and append a run's items, one batch at a time.

These are plain functions without Prefect; the flows wrap them as tasks. A batch is written
to the spool before it is appended, so no analysed document is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from flows.archive.captures import Capture, Stored
from flows.errors import MachineError
from flows.events import (
    BatchAppended,
    BatchRecovered,
    BatchRefused,
    ItemRejected,
    PagesRecovered,
)
from flows.logs import log
from flows.metrics.update import update_metrics
from flows.printable import number
from flows.runs.clock import jump_note
from flows.runs.documents import store, unused_answers
from flows.runs.items import Flush, Item, batches, closed_at_the_end, within_days
from flows.runs.linking import link_new
from flows.runs.moves import Moves, Redirected, settled
from flows.runs.publication import publish_if_behind
from flows.runs.quarantine import quarantine
from flows.runs.report import PollTally, RunReport, check_tally, with_batch
from flows.runs.retries import behind_wall, feed_text_instead
from flows.runs.run import Heartbeat, Run, append_state, record_stages, tell_state
from flows.runs.stages import Stage
from flows.runs.verdict import Limits, failure_of
from flows.runs.visits import shown_again, with_visit
from flows.runs.workers import WorkerOptions, Workers
from transforms.records import Analysis, Document, Rejection
from warehouse.append import AppendCount, append_batch, append_waiting, ledger_count
from warehouse.article_queries import known_documents
from warehouse.connect import open_live
from warehouse.moves import known_moves
from warehouse.rows import analysis_rows, document_row, rejection_row
from warehouse.run_queries import SourcePages, pages_by_source, run_row_counts
from warehouse.spool import Batch, SpooledBatch, spool, spooled
from warehouse.visit_queries import count_visits

OnStep = Callable[[str], None]

FEWEST = 5  # a tick with fewer failures proves nothing, if no setting says otherwise
_LOADING = frozenset({"ingest", "load", "backfill"})  # flows that fail if too little is loaded
# Flows whose pages from feeds are visited again.
_FOLLOWING = frozenset({"ingest", "rebuild", "restore"})


@dataclass(frozen=True, slots=True)
class Analysed:
    """A spooled batch and its rejections.

    Attributes:
        fault: The fault of this machine that ended the batch early; items that were not
            analysed are not in it.
    """

    batch: SpooledBatch
    rejections: list[Rejection]
    fault: MachineError | None = None


class _Draft:
    """The batch that a run is making, and its rejections so far."""

    def __init__(self, run: Run, moves: Moves) -> None:
        self.run, self.moves, self.batch = run, moves, Batch(run_id=run.run_id)
        self.rejections: list[Rejection] = []
        self.fault: MachineError | None = None

    def refuse(self, rejection: Rejection, document_id: str | None) -> None:
        """Add a rejection and count its item."""
        row = rejection_row(
            rejection, run_id=self.run.run_id, document_id=document_id, now=self.run.now
        )
        self.batch.seen += 1
        self.batch.rejected += 1
        self.batch.add({"rejections": [row]})
        self.rejections.append(rejection)


def run_batches(
    run: Run,
    items: Iterable[Item | Flush],
    *,
    polls: PollTally | None = None,
    expected: int | None = None,
    notes: tuple[str, ...] = (),
) -> RunReport:
    """Load `items`, complete the run, publish a snapshot and return the report.

    No snapshot is published if readers would see no difference.

    Args:
        run: The run, recorded as running.
        items: The items to load.
        polls: Counts of the feeds that the items came from.
        expected: Number of documents among the items, if it is known.
        notes: What the run has to say already, one line each.

    Raises:
        WarehouseError: A batch cannot be appended; it stays in the spool.
        MachineError: This machine cannot do the work; what was done is appended.
        TallyError: An item was not counted exactly once.
    """
    started = time.monotonic()
    report = RunReport(run_id=run.run_id, polls=polls, expected=expected, notes=notes)
    append_spooled(run)
    with Workers(worker_options(run)) as workers:
        report = load_items(run, items, workers, report)
    return finish_run(run, report, seconds=time.monotonic() - started)


def load_items(
    run: Run,
    items: Iterable[Item | Flush],
    workers: Workers,
    report: RunReport,
    *,
    heart: Heartbeat | None = None,
) -> RunReport:
    """Load `items` into the warehouse and return `report` with them added.

    Args:
        run: The run, recorded as running.
        items: The items to load.
        workers: The worker processes.
        report: The run's report so far.
        heart: The run's heartbeat, if the run calls this function more than once.

    Raises:
        MachineError: This machine cannot do the work; what was done is appended.
        TallyError: An item was not counted exactly once.
    """
    started, heart = time.monotonic() - report.seconds, heart or Heartbeat(run)
    analyse = run.context.as_step("analyse", analyse_items)
    append = run.context.as_step("append", append_analysed)
    seen = report.count.seen
    with closed_at_the_end(items):
        found = batches(items, most=run.settings.batch_documents)
        for batch in run.stages.each(found, _input_stage):
            seen += sum(item.content is not None for item in batch)
            with run.stages.timed("analyse"):
                analysed = analyse(run, workers, batch)
            count = append_timed(run, append, analysed)
            if analysed.fault is None:  # otherwise a page of the batch may be left
                run.pages.settle(batch)
            report = with_batch(report, count, analysed.rejections)
            report = replace(report, seconds=time.monotonic() - started)
            heart.beat(report)
            run.context.on_report(report)
            if analysed.fault is not None:
                raise analysed.fault
    check_tally(report, seen=seen)
    return report


def finish_run(run: Run, report: RunReport, *, seconds: float) -> RunReport:
    """Record the run as completed or failed, publish if needed and return the final report.

    A run fails if too little of what it found could be loaded.
    """
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    started = time.monotonic() - seconds
    with run.stages.timed("link"):
        run.context.as_step("link", link_new)(run)
    notes = report.notes
    if recovered := run.pages.recovered:
        log(PagesRecovered(pages=recovered))
        notes += (f"{number(recovered, 'page')} of an earlier run read from the archive",)
    with open_live(folder, wait_s=wait_s) as con:
        failure = _failure(run, report, pages_by_source(con, run.run_id))
        report = replace(
            report,
            rows=run_row_counts(con, run.run_id),
            visits=count_visits(con, since=run.now, run_id=run.run_id),
            notes=notes,
            seconds=seconds,
            failure=failure,
        )
        state = append_state(con, run, "failed" if failure else "completed", report, detail=failure)
    tell_state(run, state)
    if jump_s := run.clock.jump_s():
        report = replace(report, notes=(*report.notes, jump_note(jump_s)))
    with run.stages.timed("publish"):
        published = publish_if_behind(
            run.settings, run.context, has_new_rows=any(asdict(report.rows).values())
        )
    if published is not None:
        record_stages(run)
    update_metrics(run.settings)
    return replace(report, snapshot=folder.newest, seconds=time.monotonic() - started)


def _failure(run: Run, report: RunReport, sources: Sequence[SourcePages]) -> str | None:
    """Return why the run counts as failed, None if it does not."""
    if run.flow not in _LOADING:
        return None
    settings, count = run.settings, report.count
    is_polling = run.flow == "ingest"  # a short run may meet one bad page, and nothing else
    waiting = [one.reason for one in sources for _ in range(one.waiting)]
    return failure_of(
        loaded=count.appended + count.known,
        reasons=[*(rejection.reason for rejection in report.rejections), *waiting],
        sources=sources,
        polls=report.polls,
        limits=Limits(
            share=settings.fail_share,
            pages=settings.fail_pages,
            fewest=settings.fail_pages or FEWEST if is_polling else 1,
        ),
    )


def worker_options(run: Run) -> WorkerOptions:
    """Return the worker limits from the settings, and the rules of the run."""
    settings = run.settings
    return WorkerOptions(
        processes=settings.workers,
        deadline_s=settings.document_deadline_s,
        memory_bytes=settings.worker_memory_mb * 1_000_000,
        taggers=settings.taggers,
        rules=run.rules,
        kept_types=settings.kept_types,
    )


def analyse_items(run: Run, workers: Workers, items: Sequence[Item]) -> Analysed:
    """Archive and analyse the new items; write their rows to the spool."""
    ids = [item.content.document_id for item in items if isinstance(item.content, Document)]
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        known = known_documents(con, ids) - shown_again(items)
        draft = _Draft(run, Moves(known_moves(con)))
    fresh: list[tuple[Document, Item]] = []
    for item in items:
        if isinstance(item.content, Document) and item.content.document_id not in known:
            fresh.append((item.content, item))
            continue
        if isinstance(item.content, Document):
            draft.batch.seen += 1
            draft.batch.known += 1
            item = with_visit(item, None, is_followed=False)  # noqa: PLW2901  # its last form
        elif isinstance(item.content, Rejection):
            draft.refuse(item.content, None)
        draft.batch.add(item.rows)
    texts = _analyse_fresh(draft, workers, fresh, unused_answers(items, known))
    if texts and draft.fault is None:
        _analyse_fresh(draft, workers, texts, [])
    if draft.fault is not None and not draft.batch.lines:
        raise draft.fault
    batch = spool(draft.batch, run.settings.folder.spool)
    return Analysed(batch, draft.rejections, draft.fault)


def _analyse_fresh(
    draft: _Draft,
    workers: Workers,
    fresh: Sequence[tuple[Document, Item]],
    others: Sequence[Capture],
) -> list[tuple[Document, Item]]:
    """Archive and analyse documents; add their rows to the draft.

    Returns:
        The texts in the feeds of pages that are given up behind a wall: to be analysed in
        place of their pages, which are archived but have no rows.
    """
    run, texts = draft.run, []
    places = store(run, [item for _, item in fresh], others)
    outcomes = workers.analyse((document for document, _ in fresh), now=run.now)
    try:
        for (document, item), place, (_, found) in zip(fresh, places, outcomes, strict=True):
            outcome = within_days(item, found, document.fetched_at)
            if isinstance(outcome, Rejection):
                outcome = replace(outcome, item=item.path)
                if (text := feed_text_instead(document, item, outcome)) is not None:
                    texts.append(text)
                    continue
            _add_or_wait(draft, document, item, place, outcome)
    except MachineError as exc:
        draft.fault = exc
    waited, moves = settled(run, draft.moves)
    draft.batch.add({"moves": moves})
    for one in waited:
        _add(draft, one.document, one.item, one.place, one.analysis)
    return texts


def _add_or_wait(
    draft: _Draft, document: Document, item: Item, place: Stored, outcome: Analysis | Rejection
) -> None:
    """Add an analysed document, or let an article wait whose page a redirect led to."""
    if isinstance(outcome, Analysis):
        outcome = draft.moves.with_known_key(outcome)
        if earlier := draft.moves.earlier_key(item, document, outcome):
            draft.moves.waiting.append(Redirected(document, item, place, outcome, earlier))
            return
        draft.moves.texts[outcome.article.article_id] = outcome.article.text
    _add(draft, document, item, place, outcome)


def _add(
    draft: _Draft, document: Document, item: Item, place: Stored, outcome: Analysis | Rejection
) -> None:
    """Add the rows of an analysed document to the draft, and count it."""
    from transforms.pipeline import VERSIONS  # noqa: PLC0415  # a run without news does not load it

    run = draft.run
    row = document_row(document, path=item.path, http_status=item.http_status)
    row |= {"warc_file": place.warc_file, "warc_offset": place.warc_offset}
    if isinstance(outcome, Analysis):
        row["charset"] = outcome.article.charset
        draft.batch.seen += 1
        draft.batch.add(with_visit(item, outcome, is_followed=run.flow in _FOLLOWING).rows)
        rows = analysis_rows(
            outcome, fetched_at=document.fetched_at, now=run.now, versions=VERSIONS
        )
        is_live = run.flow in _FOLLOWING and not {"visits", "fetches"}.isdisjoint(item.rows)
        rows["articles"][0]["is_live"] = is_live
        draft.batch.add(rows)
    else:
        refused = with_visit(behind_wall(item, outcome), outcome, is_followed=False)
        quarantine(run.settings.folder, document, outcome)
        draft.batch.add(refused.rows)
        draft.refuse(outcome, document.document_id)
    draft.batch.add({"documents": [row]})


def append_analysed(
    run: Run, analysed: Analysed, *, on_step: OnStep = lambda _: None
) -> AppendCount:
    """Append a spooled batch and delete it from the spool.

    A run that starts at the same time may have appended it already: then the ledger has its
    count.
    """
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        try:
            count = append_batch(con, analysed.batch, on_step=on_step)
        except FileNotFoundError:
            appended = ledger_count(con, analysed.batch.path.name)
            if appended is None:
                raise
            count = appended
    on_step("drop")
    analysed.batch.remove()
    return count


def append_timed(
    run: Run, append: Callable[[Run, Analysed], AppendCount], analysed: Analysed
) -> AppendCount:
    """Append a batch with `append`, and log it and its rejections."""
    started = time.monotonic()
    count = append(run, analysed)
    seconds = time.monotonic() - started
    run.stages.add("append", seconds)
    for rejection in analysed.rejections:
        log(
            ItemRejected(
                item=rejection.item,
                stage=rejection.stage,
                reason=rejection.reason,
                detail=rejection.detail,
            )
        )
    log(BatchAppended(batch_id=analysed.batch.path.name, seconds=seconds, **asdict(count)))
    return count


def append_spooled(run: Run) -> int:
    """Append the batches that earlier runs left in the spool; return how many."""
    folder = run.settings.folder
    if not spooled(folder.spool):
        return 0
    with open_live(folder, wait_s=run.settings.lock_wait_s) as con:
        done = append_waiting(con, folder)
    for path, reason in done.refused:
        log(BatchRefused(path=path, detail=reason))
    if done.appended:
        log(BatchRecovered(batches=done.appended))
    return done.appended


def _input_stage(batch: Sequence[Item]) -> Stage:
    """Return whether pages of a batch were fetched for it, or it was only read."""
    return "fetch" if any(item.is_fetched for item in batch) else "read"
