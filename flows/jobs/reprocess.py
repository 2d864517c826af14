"""The job `reprocess`: recompute what older versions of the transforms produced.

Articles are cleaned again from their archived documents. Annotations are recomputed from
the stored text, and quotations also from the stored names. Articles whose rules have changed
are cleaned again too, and refused pages are tried again with the rules that match them now.
Rows are never changed: new rows are appended, and views show the newest. After an interruption, the next run continues with
what is still stale.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from flows.archive.reader import read_capture
from flows.archive.remnants import REMOVED
from flows.errors import ArchiveError, RangeError
from flows.jobs.corrected import corrected_refusals, corrected_rows, refused_items
from flows.machine_faults import raise_machine_fault
from flows.rules import read_rules
from flows.runs.batches import (
    Analysed,
    append_analysed,
    append_spooled,
    append_timed,
    finish_run,
    load_items,
    worker_options,
)
from flows.runs.captured_items import item_of_capture
from flows.runs.lock import running
from flows.runs.publication import published_at_end
from flows.runs.report import RunReport, check_tally, with_batch
from flows.runs.run import Heartbeat, JobContext, Run
from flows.runs.workers import Workers
from flows.settings import Settings
from transforms.cleaning.rules import digest_in
from transforms.lexicon import Lexicon
from transforms.pipeline import VERSIONS, analyse, annotate_with, with_dependents
from transforms.records import Analysis, Article, Document, Rejection
from warehouse.article_queries import has_source
from warehouse.connect import open_live
from warehouse.rows import Row, again_rows, rejection_row, revised_rows
from warehouse.rule_queries import RefusedPage, read_refused_pages, read_site_pages
from warehouse.run_queries import redo_instant
from warehouse.spool import Batch, as_lines, spool
from warehouse.stale import (
    Selection,
    Stale,
    StoredRevision,
    count_stale,
    find_stale,
    in_parts,
    read_stored,
)

READ_AT_ONCE = 2000
ARTICLES_PER_BATCH = 5000  # annotation rows are small, and larger batches are cheaper
TEXTS_AT_ONCE = 40
CHUNKS_PER_PROCESS = 2500  # stored text is clean: no hostile page raises the peak memory

# An article that differs in one of these columns gets a new revision. All others derive
# from them.
_DECIDING_COLUMNS: Final = (
    "content_sha256", "canonical_url", "authors", "published_at", "published_from",
    "published_precision", "modified_at", "language", "publisher", "description", "image_url",
    "section", "tags", "agency", "dateline", "is_paywalled", "opt_out", "flags",
)  # fmt: skip

# Reasons for which only the stored text is left.
_TEXT_ONLY_REASONS: Final = frozenset({REMOVED, "not_archived"})

_KEY, _ADDRESS = attrgetter("article_id"), attrgetter("address")

Outcome = tuple[StoredRevision, dict[str, bytes] | Rejection]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessRequest:
    """The transforms and articles of a reprocess run.

    Attributes:
        transforms: Names of transforms; None for all.
        since: First day of publication, or of acquisition if that is unknown.
        until: Last day, included.
        source: Only this source.
        is_all: Also recompute what the current version produced.
    """

    transforms: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    source: str | None = None
    is_all: bool = False

    @property
    def cleans(self) -> bool:
        """Whether articles are cleaned again."""
        return self.transforms is None or "clean" in self.transforms

    def parameters(self) -> dict[str, Any]:
        """Return the parameters to record in the table `runs`."""
        return {
            "transforms": sorted(self.transforms or VERSIONS),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "source": self.source,
            "everything": self.is_all,
        }


def reprocess_articles(
    settings: Settings, request: ReprocessRequest, context: JobContext | None = None
) -> RunReport | None:
    """Recompute what is stale and return the report; None if nothing is stale.

    Raises:
        RangeError: The days, the source or a transform is not valid.
        RulesError: The user's rules cannot be used.
        RunActiveError: Another run is writing; this run is recorded as skipped.
        WarehouseError: The warehouse cannot be written.
    """
    check_request(request)
    with published_at_end(settings, context):
        is_stale = stale_articles(settings, request, datetime.now(UTC))
        if not is_stale and not refused_pages(settings, request):
            return None
        with running("reprocess", settings, context, parameters=request.parameters()) as run:
            append_spooled(run)
            stale = stale_articles(settings, request, run.now)
            return _reprocess(run, stale, refused_pages(settings, request))


def check_request(request: ReprocessRequest) -> None:
    """Raise RangeError if the request for a reprocess run is not valid."""
    if request.since and request.until and request.until < request.since:
        raise RangeError(f"the range ends on {request.until}, before it starts on {request.since}")
    if strangers := set(request.transforms or ()) - set(VERSIONS):
        known = ", ".join(sorted(VERSIONS))
        raise RangeError(f"transform: got {min(strangers)!r}, expected one of {known}")


def stale_articles(settings: Settings, request: ReprocessRequest, now: datetime) -> list[Stale]:
    """Return the articles that a reprocess run would recompute.

    Raises:
        RangeError: The source is not in the warehouse.
        RulesError: The user's rules cannot be used.
    """
    rules = read_rules(settings.folder.rules)
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        if request.source is not None and not has_source(con, request.source):
            raise RangeError(f"source: got {request.source!r}, which is not in the warehouse")
        redo_before = redo_instant(con, request.parameters(), now) if request.is_all else None
        since, until = _bounds(request)
        selection = Selection(
            versions={name: VERSIONS[name] for name in sorted(request.transforms or VERSIONS)},
            since=since,
            until=until,
            source=request.source,
            redo_before=redo_before,
            corrected=corrected_rows(read_site_pages(con, rules.sites), rules)
            if request.cleans
            else (),
        )
        found = find_stale(con, selection)
    return [_with_dependents(group) for group in found]


def refused_pages(settings: Settings, request: ReprocessRequest) -> list[RefusedPage]:
    """Return the refused pages that a reprocess run would try again, because of the rules.

    Raises:
        RulesError: The user's rules cannot be used.
    """
    if not request.cleans:
        return []
    rules = read_rules(settings.folder.rules)
    since, until = _bounds(request)
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        pages = read_refused_pages(
            con, rules.sites, since=since, until=until, source=request.source
        )
    return corrected_refusals(pages, rules)


def reclean(
    stored: StoredRevision,
    lexicon: Lexicon,
    *,
    archive: Path,
    now: datetime,
    versions: Mapping[str, int],
) -> dict[str, bytes] | Rejection:
    """Clean and analyse a revision's archived document again; return spool lines.

    If the document is not in the archive, only the other stale transforms are recomputed,
    from the stored text.

    Args:
        stored: The revision, with the place of its document in the archive.
        lexicon: The compiled word lists.
        archive: Folder of the archive.
        now: The instant of the run.
        versions: Version of each transform.
    """
    document = _read_document(archive, stored)
    if isinstance(document, Rejection):
        others = with_dependents(stored.transforms - {"clean"})
        if document.reason not in _TEXT_ONLY_REASONS or not others:
            return document
        stored = stored._replace(transforms=others)
        return annotate_again(stored, lexicon, now=now, versions=versions)
    analysis = analyse(document, lexicon, now=now)
    if isinstance(analysis, Rejection):
        return analysis
    return as_lines(_recleaned_rows(analysis, stored, now=now, versions=versions))


def _recleaned_rows(
    analysis: Analysis, stored: StoredRevision, *, now: datetime, versions: Mapping[str, int]
) -> dict[str, list[Row]]:
    """Return new annotations of the stored revision, or a new one if the article differs."""
    # It is the same article, so it keeps its key even if that was derived from the text.
    article = replace(analysis.article, article_id=stored.article.article_id)
    analysis = replace(analysis, article=article)
    if _is_same(article, stored.article):
        return again_rows(
            analysis,
            transforms=with_dependents(stored.transforms),
            revision=stored.revision,
            replaces=stored.replaces,
            now=now,
            versions=versions,
        )
    return revised_rows(
        analysis,
        revision=stored.revision + 1,
        fetched_at=stored.fetched_at,
        now=now,
        versions=versions,
    )


def annotate_again(
    stored: StoredRevision, lexicon: Lexicon, *, now: datetime, versions: Mapping[str, int]
) -> dict[str, bytes]:
    """Apply the stale transforms to a revision's stored text; return spool lines.

    Args:
        stored: The revision, with its names if those are not stale.
        lexicon: The compiled word lists.
        now: The instant of the run.
        versions: Version of each transform.
    """
    analysis = annotate_with(stored.article, lexicon, stored.transforms, names=stored.names)
    rows = again_rows(
        analysis,
        transforms=stored.transforms,
        revision=stored.revision,
        replaces=stored.replaces,
        now=now,
        versions=versions,
    )
    return as_lines(rows)


def _with_dependents(group: Stale) -> Stale:
    """Return the group with its dependent transforms added.

    Groups to be cleaned again are returned as they are: `reclean` decides for each of them.
    """
    if "clean" in group.transforms:
        return group
    return replace(group, transforms=with_dependents(group.transforms))


def _bounds(request: ReprocessRequest) -> tuple[datetime | None, datetime | None]:
    """Return the first instant of the wanted days and the first after them."""
    return (
        _midnight(request.since),
        _midnight(request.until + timedelta(days=1)) if request.until else None,
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, day_time(), tzinfo=UTC) if day else None


def _reprocess(run: Run, stale: Sequence[Stale], refused: Sequence[RefusedPage]) -> RunReport:
    started = time.monotonic()
    expected = count_stale(stale) + len(refused)
    report, heart, seen = RunReport(run_id=run.run_id, expected=expected), Heartbeat(run), 0
    append = run.context.as_step("append", append_analysed)
    found = _batches(run, _outcomes(run, stale))
    for batch, rejections in run.stages.each(found, lambda _: "analyse"):
        seen += batch.seen
        analysed = Analysed(spool(batch, run.settings.folder.spool), rejections)
        report = with_batch(report, append_timed(run, append, analysed), rejections)
        report = replace(report, seconds=time.monotonic() - started)
        heart.beat(report)
        run.context.on_report(report)
    check_tally(report, seen=seen)
    if refused:
        items = refused_items(run.settings.folder.archive, refused)
        with Workers(worker_options(run)) as workers:
            report = load_items(run, items, workers, report, heart=heart)
    return finish_run(run, report, seconds=time.monotonic() - started)


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
    """Yield each revision with its lines for the spool; cleaned ones come first."""
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


def _read_document(archive: Path, stored: StoredRevision) -> Document | Rejection:
    before = stored.article
    item = before.url or before.article_id
    if stored.warc_file is None or stored.warc_offset is None:
        detail = "its document is not in the archive: the article was not cleaned again"
        return Rejection(item=item, stage="read", reason="not_archived", detail=detail)
    try:
        content = item_of_capture(
            read_capture(archive, stored.warc_file, stored.warc_offset)
        ).content
    except ArchiveError as exc:
        detail = f"{exc.detail}: its text was kept" if exc.code == REMOVED else str(exc)
        return Rejection(item=item, stage="read", reason=exc.code, detail=detail)
    except OSError as exc:
        raise_machine_fault(exc)
        detail = f"{stored.warc_file}: {exc.strerror}"
        return Rejection(item=item, stage="read", reason="not_archived", detail=detail)
    if not isinstance(content, Document):
        raise TypeError(f"capture without a document: {item}")
    return replace(content, document_id=before.document_id)


def _is_same(article: Article, before: Article) -> bool:
    is_same_rule = digest_in(article.extractor_version) == digest_in(before.extractor_version)
    return is_same_rule and all(
        getattr(article, name) == getattr(before, name) for name in _DECIDING_COLUMNS
    )
