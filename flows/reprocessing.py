"""What a reprocess run does, without Prefect: find what is stale, compute it again, append.

Stale is what an older version of a transform made. Annotations are computed from the
stored text (and quotations from the stored names), articles from the archive. Rows are
never changed: new ones stand beside the old, and views show the newest. A run that was
stopped is finished by the next, which finds less that is stale.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from typing import Any

from flows.batches import (
    Analysed,
    append_analysed,
    append_spooled,
    finish_run,
    publish_run,
    worker_options,
)
from flows.errors import RangeError
from flows.recleaning import reclean
from flows.runs import Heartbeat, Run, RunReport, check_tally, with_batch
from flows.settings import Settings
from flows.slots import running
from flows.workers import StoredArticle, Workers
from transforms.pipeline import VERSIONS, with_dependents
from transforms.records import Rejection
from warehouse.again_rows import again_rows
from warehouse.append import AppendCount
from warehouse.connect import open_live
from warehouse.queries import has_source, redo_instant
from warehouse.rows import Row, rejection_row
from warehouse.spool import Batch, spool
from warehouse.stale import Selection, Stale, StoredRevision, find_stale, read_stored

READ_AT_ONCE = 500
ARTICLES_PER_BATCH = 2500  # rows of annotations are small: a larger batch is a cheaper one
ARTICLES_PER_PROCESS = 50_000  # stored text is clean: no hostile page raises the peak

Outcome = tuple[StoredRevision, dict[str, list[Row]] | Rejection]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessWish:
    """What a reprocess run is asked for.

    Attributes:
        transforms: Names of transforms; None for every one.
        since: First day of publication, else of acquisition.
        until: Last day, included.
        source: One source alone.
        is_all: Also what the current version made.
    """

    transforms: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    source: str | None = None
    is_all: bool = False

    def parameters(self) -> dict[str, Any]:
        """Return what the table `runs` keeps of it."""
        return {
            "transforms": sorted(self.transforms or VERSIONS),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "source": self.source,
            "all": self.is_all,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessSteps:
    """The steps of a reprocess run; the flow gives its tasks instead."""

    append: Callable[[Run, Analysed], AppendCount]
    publish: Callable[[Run], object]


PLAIN_REPROCESS = ReprocessSteps(append=append_analysed, publish=publish_run)


def reprocess_articles(
    settings: Settings,
    wish: ReprocessWish,
    steps: ReprocessSteps = PLAIN_REPROCESS,
    *,
    on_report: Callable[[RunReport], None] = lambda _: None,
    flow_run_id: str | None = None,
) -> RunReport | None:
    """Compute again what is stale and return the report, None where nothing is.

    Raises:
        RangeError: The days, the source or a transform cannot be what they are.
        RunActiveError: Another run writes; this one is recorded as skipped.
        WarehouseError: The warehouse cannot be written.
    """
    check_wish(wish)
    if not stale_articles(settings, wish, datetime.now(UTC)):
        return None
    with running(
        "reprocess", settings, parameters=wish.parameters(), flow_run_id=flow_run_id
    ) as run:
        append_spooled(run)
        return _reprocess(run, stale_articles(settings, wish, run.now), steps, on_report)


def check_wish(wish: ReprocessWish) -> None:
    """Raise RangeError where a reprocess run cannot be what is asked for."""
    if wish.since and wish.until and wish.until < wish.since:
        raise RangeError(f"the range ends on {wish.until}, before it starts on {wish.since}")
    if strangers := set(wish.transforms or ()) - set(VERSIONS):
        known = ", ".join(sorted(VERSIONS))
        raise RangeError(f"transform: got {min(strangers)!r}, expected one of {known}")


def stale_articles(settings: Settings, wish: ReprocessWish, now: datetime) -> list[Stale]:
    """Return what a reprocess run would compute again.

    Raises:
        RangeError: The warehouse has no such source.
    """
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        if wish.source is not None and not has_source(con, wish.source):
            raise RangeError(f"source: got {wish.source!r}, which the warehouse does not have")
        redo_before = redo_instant(con, wish.parameters(), now) if wish.is_all else None
        selection = Selection(
            versions={name: VERSIONS[name] for name in sorted(wish.transforms or VERSIONS)},
            since=_day(wish.since),
            until=_day(wish.until + timedelta(days=1)) if wish.until else None,
            source=wish.source,
            redo_before=redo_before,
        )
        return find_stale(con, selection)


def _day(day: date | None) -> datetime | None:
    return datetime.combine(day, day_time(), tzinfo=UTC) if day else None


def _reprocess(
    run: Run,
    stale: Sequence[Stale],
    steps: ReprocessSteps,
    on_report: Callable[[RunReport], None],
) -> RunReport:
    started = time.monotonic()
    report, heart, seen = RunReport(run_id=run.run_id), Heartbeat(run), 0
    for batch, rejections in _batches(run, _outcomes(run, stale)):
        seen += batch.seen
        analysed = Analysed(spool(batch, run.settings.folder.spool), rejections)
        report = with_batch(report, steps.append(run, analysed), rejections)
        report = replace(report, seconds=time.monotonic() - started)
        heart.beat(report)
        on_report(report)
    check_tally(report, seen=seen)
    return finish_run(run, report, steps.publish, seconds=time.monotonic() - started)


def _batches(run: Run, outcomes: Iterator[Outcome]) -> Iterator[tuple[Batch, list[Rejection]]]:
    batch, rejections = Batch(run_id=run.run_id), list[Rejection]()
    for stored, outcome in outcomes:
        batch.seen += 1
        if isinstance(outcome, Rejection):
            batch.rejected += 1
            rejections.append(outcome)
            document_id = stored.article.document_id
            row = rejection_row(outcome, run_id=run.run_id, document_id=None, now=run.now)
            batch.add({"rejections": [row | {"document_id": document_id}]})
        else:
            batch.add(outcome)
        if batch.seen >= ARTICLES_PER_BATCH:
            yield batch, rejections
            batch, rejections = Batch(run_id=run.run_id), []
    if batch.seen:
        yield batch, rejections


def _outcomes(run: Run, stale: Sequence[Stale]) -> Iterator[Outcome]:
    from_text = [item for item in stale if "clean" not in item.transforms]
    from_archive = [item for item in stale if "clean" in item.transforms]
    asked = {item.article_id: item for item in from_archive}
    options = worker_options(run)
    if from_archive:
        with Workers(options) as workers:
            for found in reclean(run, workers, _revisions(run, from_archive)):
                item = asked[found.stored.article.article_id]
                if found.has_only_text and len(item.transforms) > 1:
                    from_text.append(replace(item, transforms=item.transforms - {"clean"}))
                else:
                    yield found.stored, found.outcome
    if from_text:
        with Workers(replace(options, tasks_per_process=ARTICLES_PER_PROCESS)) as workers:
            from_text.sort(key=lambda item: item.row_number)
            yield from _annotated(run, workers, from_text)


def _revisions(run: Run, stale: Sequence[Stale]) -> Iterator[tuple[StoredRevision, frozenset[str]]]:
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    for start in range(0, len(stale), READ_AT_ONCE):
        chunk = stale[start : start + READ_AT_ONCE]
        transforms = {item.article_id: with_dependents(item.transforms) for item in chunk}
        has_names = any("mentions" not in names for names in transforms.values())
        with open_live(folder, wait_s=wait_s) as con:
            stored = read_stored(con, chunk, has_names=has_names)
        for revision in stored:
            yield revision, transforms[revision.article.article_id]


def _annotated(run: Run, workers: Workers, stale: Sequence[Stale]) -> Iterator[Outcome]:
    waiting: list[StoredRevision] = []

    def tasks() -> Iterator[StoredArticle]:
        for stored, transforms in _revisions(run, stale):
            waiting.append(stored)
            yield StoredArticle(
                article=stored.article,
                transforms=transforms,
                names=() if "mentions" in transforms else stored.names,
            )

    for task, outcome in workers.annotate(tasks()):
        stored = waiting.pop(0)
        if isinstance(outcome, Rejection):
            yield stored, outcome
            continue
        yield (
            stored,
            again_rows(
                outcome,
                transforms=task.transforms,
                revision=stored.revision,
                replaces=stored.replaces,
                fetched_at=stored.fetched_at,
                now=run.now,
                versions=VERSIONS,
            ),
        )
