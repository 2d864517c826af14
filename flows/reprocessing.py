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
from functools import partial
from operator import attrgetter
from typing import Any

from flows.annotating import annotate_again
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
from flows.workers import Workers
from transforms.pipeline import VERSIONS, with_dependents
from transforms.records import Rejection
from warehouse.append import AppendCount
from warehouse.article_queries import has_source
from warehouse.connect import open_live
from warehouse.rows import rejection_row
from warehouse.run_queries import redo_instant
from warehouse.spool import Batch, spool
from warehouse.stale import Selection, Stale, StoredRevision, find_stale, in_parts, read_stored

READ_AT_ONCE = 2000
ARTICLES_PER_BATCH = 5000  # rows of annotations are small: a larger batch is a cheaper one
TEXTS_AT_ONCE = 40
CHUNKS_PER_PROCESS = 2500  # stored text is clean: no hostile page raises the peak

_KEY, _ADDRESS = attrgetter("article_id"), attrgetter("address")
Outcome = tuple[StoredRevision, dict[str, bytes] | Rejection]


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
        found = find_stale(con, selection)
    return [_with_dependents(group) for group in found]


def _with_dependents(group: Stale) -> Stale:
    """Return the group with what follows, but where its documents are to be cleaned again.

    There it depends on whether they can be (`reclean`).
    """
    if "clean" in group.transforms:
        return group
    return replace(group, transforms=with_dependents(group.transforms))


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
            batch.add_lines(outcome)
        if batch.seen >= ARTICLES_PER_BATCH:
            yield batch, rejections
            batch, rejections = Batch(run_id=run.run_id), []
    if batch.seen:
        yield batch, rejections


def _outcomes(run: Run, stale: Sequence[Stale]) -> Iterator[Outcome]:
    """Yield each revision with its lines for the spool, those from the archive first."""
    from_text = [group for group in stale if "clean" not in group.transforms]
    from_archive = [group for group in stale if "clean" in group.transforms]
    options = worker_options(run)
    if from_archive:
        archive = run.settings.folder.archive
        again = partial(reclean, archive=archive, now=run.now, versions=VERSIONS)
        revisions = _revisions(run, from_archive, has_places=True)
        with Workers(options) as workers:
            workers.start()
            yield from workers.each(again, revisions, item_of=_ADDRESS, at_once=1)
    if from_text:
        annotate = partial(annotate_again, now=run.now, versions=VERSIONS)
        revisions = _revisions(run, from_text, has_places=False)
        with Workers(replace(options, tasks_per_process=CHUNKS_PER_PROCESS)) as workers:
            workers.start()
            yield from workers.each(annotate, revisions, item_of=_KEY, at_once=TEXTS_AT_ONCE)


def _revisions(run: Run, stale: Sequence[Stale], *, has_places: bool) -> Iterator[StoredRevision]:
    folder, wait_s = run.settings.folder, run.settings.lock_wait_s
    for part in in_parts(stale, READ_AT_ONCE):
        with open_live(folder, wait_s=wait_s) as con:
            stored = read_stored(con, part, has_places=has_places)
        yield from stored
