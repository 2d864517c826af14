"""The job `retry`: try rejected items again, by the reason of their rejection.

A document that is still in the archive or in the quarantine is analysed again, without a
request. A page that is in neither, or that could not be fetched, is marked so that the next
`ingest` fetches it. Other items are named: only the user can load them again. Each item is
tried once, and one that is rejected again stays rejected.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from typing import Any, Final

from flows.archive.captures import Stored
from flows.archive.reader import read_capture
from flows.errors import ArchiveError, RangeError
from flows.machine_faults import raise_machine_fault
from flows.printable import number
from flows.runs.batches import append_spooled, finish_run, load_items, worker_options
from flows.runs.captured_items import item_of_capture
from flows.runs.items import Item
from flows.runs.lock import running
from flows.runs.quarantine import kept_copy
from flows.runs.report import RunReport
from flows.runs.run import JobContext, Run
from flows.runs.workers import Workers
from flows.settings import Settings
from transforms.records import Document
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.rejected_items import RejectedItem, find_rejected, known_reasons, last_fetches
from warehouse.spool import Batch, spool

_SHOWN: Final = 20  # items that the user must load again, in the report


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRequest:
    """The rejected items that a retry tries again.

    Attributes:
        reasons: Codes of rejections.
        since: First day of the rejection, UTC.
        until: Last day, included.
    """

    reasons: tuple[str, ...]
    since: date | None = None
    until: date | None = None

    def parameters(self) -> dict[str, Any]:
        """Return the parameters to record in the table `runs`."""
        return {
            "reasons": sorted(self.reasons),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(slots=True)
class Retried:
    """What can be done about rejected items; each is in one of the lists.

    Attributes:
        documents: Names of items whose documents are analysed again.
        pages: The last fetch of each page that `ingest` is to fetch again.
        waiting: Pages that `ingest` will fetch anyway.
        lost: Names of items that only the user can load again.
    """

    documents: set[str] = field(default_factory=set)
    pages: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def notes(self) -> tuple[str, ...]:
        """Return what becomes of the items that are not analysed again, one line each."""
        notes = []
        if self.pages:
            notes.append(f"{number(len(self.pages), 'page')} will be fetched again by ingest")
        if self.waiting:
            notes.append(f"{number(len(self.waiting), 'page')} waited for ingest already")
        if self.lost:
            shown = ", ".join(self.lost[:_SHOWN])
            more = ", ..." if len(self.lost) > _SHOWN else ""
            items = "1 item is" if len(self.lost) == 1 else f"{len(self.lost)} items are"
            notes.append(f"{items} not stored here, load them again: {shown}{more}")
        return tuple(notes)


def retry_rejected(
    settings: Settings, request: RetryRequest, context: JobContext | None = None
) -> RunReport | None:
    """Try rejected items again and return the report; None if there are none.

    Raises:
        MachineError: This machine cannot do the work; items not analysed stay rejected.
        RangeError: The days are not valid, or nothing was ever rejected for one of the reasons.
        RulesError: The user's rules cannot be used.
        RunActiveError: Another run is writing; this run is recorded as skipped.
        WarehouseError: The warehouse cannot be written.
    """
    if not rejected_items(settings, request):
        return None
    with running("retry", settings, context, parameters=request.parameters()) as run:
        started = time.monotonic()
        append_spooled(run)
        found = rejected_items(settings, request)
        report, done = RunReport(run_id=run.run_id, expected=len(found)), Retried()
        with Workers(worker_options(run)) as workers:
            items = _documents(settings.folder, found, done)
            report = load_items(run, items, workers, report)
        _sort_out(settings, found, done)
        _fetch_again(run, done.pages)
        report = replace(report, notes=done.notes(), expected=report.count.seen)
        return finish_run(run, report, seconds=time.monotonic() - started)


def plan_retry(settings: Settings, request: RetryRequest) -> Retried:
    """Return what a retry would do; nothing is changed.

    The archive is read, so that the figures are those of the retry. Raises as it does.
    """
    done = Retried()
    found = rejected_items(settings, request)
    for _ in _documents(settings.folder, found, done):
        pass
    _sort_out(settings, found, done)
    return done


def rejected_items(settings: Settings, request: RetryRequest) -> list[RejectedItem]:
    """Return the items that a retry tries again.

    Raises:
        RangeError: The days are not valid, or nothing was ever rejected for one of the reasons.
    """
    if request.since and request.until and request.until < request.since:
        raise RangeError(f"the range ends on {request.until}, before it starts on {request.since}")
    until = request.until + timedelta(days=1) if request.until else None
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        known = known_reasons(con)
        if unknown := sorted({*request.reasons} - {*known}):
            if not known:
                raise RangeError("no item was rejected, so there is nothing to retry")
            raise RangeError(f"reason: got {unknown[0]!r}, expected one of {', '.join(known)}")
        return find_rejected(
            con, request.reasons, since=_midnight(request.since), until=_midnight(until)
        )


def _documents(folder: DataFolder, found: Sequence[RejectedItem], done: Retried) -> Iterator[Item]:
    """Yield the items whose content is still here."""
    for rejected in found:
        item = _stored(folder.archive, rejected) or _quarantined(folder, rejected)
        if item is not None:
            done.documents.add(rejected.item)
            yield item


def _stored(archive: Path, rejected: RejectedItem) -> Item | None:
    """Return the item with its document from the archive; None if it is not there."""
    if rejected.document_id is None or rejected.warc_file is None or rejected.warc_offset is None:
        return None
    try:
        capture = read_capture(archive, rejected.warc_file, rejected.warc_offset)
    except (ArchiveError, OSError) as exc:
        raise_machine_fault(exc)
        return None
    item = item_of_capture(capture)
    if not isinstance(item.content, Document):
        raise TypeError(f"capture without a document: {rejected.item}")
    place = Stored(
        warc_file=rejected.warc_file,
        warc_offset=rejected.warc_offset,
        record_id="",
        is_revisit=False,
    )
    return replace(
        item,
        path=rejected.item,
        content=replace(item.content, document_id=rejected.document_id),
        stored=place,
    )


def _quarantined(folder: DataFolder, rejected: RejectedItem) -> Item | None:
    """Return the item with its document from the quarantine; None if it is not there.

    What its feed or its file said about it is not in the quarantine.
    """
    if rejected.document_id is None or rejected.fetched_at is None:
        return None
    content = kept_copy(folder, rejected.document_id)
    if content is None:
        return None
    document = Document(
        document_id=rejected.document_id,
        content=_decoded(content) if rejected.media_type == "text" else content,
        media_type=rejected.media_type or "html",
        charset=rejected.charset,
        fetched_at=rejected.fetched_at,
        url=rejected.url,
        final_url=rejected.final_url,
    )
    return Item(rejected.item, document, None, rejected.http_status)


def _decoded(content: bytes) -> str | bytes:
    """Return a text that was saved as UTF-8, as texts from tables and records are."""
    with contextlib.suppress(UnicodeDecodeError):
        return content.decode()
    return content


def _sort_out(settings: Settings, found: Sequence[RejectedItem], done: Retried) -> None:
    """Add the items without content to the lists."""
    left = [rejected.item for rejected in found if rejected.item not in done.documents]
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        fetches = last_fetches(con, left)
    for name in left:
        fetch = fetches.get(name)
        if fetch is None:
            done.lost.append(name)
        elif fetch["next_fetch_at"] is not None:
            done.waiting.append(name)
        else:
            done.pages.append(fetch)


def _fetch_again(run: Run, pages: Sequence[dict[str, Any]]) -> None:
    """Append rows of `fetches` that make pages due now, with all attempts before them."""
    if not pages:
        return
    settings = run.settings
    due = {"fetched_at": run.now, "next_fetch_at": run.now, "attempts": 0, "document_id": None}
    batch = Batch(run_id=run.run_id)
    batch.add({"fetches": [page | due for page in pages]})
    spooled = spool(batch, settings.folder.spool)
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        append_batch(con, spooled)
    spooled.remove()


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, day_time(), tzinfo=UTC) if day else None
