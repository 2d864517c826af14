"""Retention: removes captures older than a limit from the archive, if one is set.

A file is considered only if its day and all its captures are older than the limit. Captures
that newer records refer to and documents that the warehouse does not have are kept, in a
remnant of the file (see `flows.archive.remnants`). Remnants also list what was removed, and so
does the table `archive_removals`. During a removal no run may write, and nobody may read the
whole archive.
"""

from __future__ import annotations

import contextlib
import os
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from flows.archive.captures import Capture
from flows.archive.reader import read_captures
from flows.archive.remnants import (
    Place,
    Remnant,
    archive_files,
    find_references,
    is_remnant,
    read_remnant,
    reference_of,
    whole_name,
    write_remnant,
)
from flows.errors import ArchiveError
from flows.metrics.update import update_metrics
from flows.printable import number
from flows.runs.batches import append_spooled
from flows.runs.captured_items import item_of_capture
from flows.runs.lock import running
from flows.runs.run import Run, record_state
from flows.settings import Settings
from transforms.records import Document
from warehouse.append import append_rows
from warehouse.article_queries import acquired_documents, removed_so_far
from warehouse.connect import open_live
from warehouse.errors import WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.lock import exclusive_lock, try_lock

_COLUMNS = ("warc_file", "removed_at", "keep_days", "first_captured_at", "last_captured_at")
_FILE_NAME: Final = re.compile(r"onrecord-(\d{8})-\d+(\.kept)?\.warc\.gz")

OnStep = Callable[[str], None]
Known = Callable[[Iterable[str]], set[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Counts of what was or would be removed from the archive.

    Attributes:
        captures: Pages, article files, feeds and other answers.
        documents: Captures that were pages or article files.
        bytes: Bytes removed; before a removal, the full size of the files.
        kept: Captures that stay in these files, because they are still needed.
    """

    files: int = 0
    captures: int = 0
    documents: int = 0
    bytes: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFile:
    """A file, or its remnant, with only captures that are older than the limit.

    Attributes:
        size: Size in bytes before it was inspected.
        captures: Offsets of the captures.
        documents: Offsets of the pages and article files.
        unknown: Offsets of documents that the warehouse does not have.
        references: Places that records refer to, by the record's offset.
        notes: Offsets of the records with notes, by the offset of their capture.
        first_captured_at: When the oldest capture was made, UTC.
        last_captured_at: When the newest capture was made, UTC.
    """

    path: Path
    size: int
    captures: array[int]
    documents: array[int]
    unknown: array[int]
    references: Mapping[int, Place]
    notes: Mapping[int, int]
    first_captured_at: datetime
    last_captured_at: datetime

    @property
    def warc_file(self) -> str:
        """Name of the file when its captures were stored."""
        return whole_name(self.path)


@dataclass(frozen=True, slots=True)
class Thinning:
    """A file to remove captures from, and the offsets of the captures that stay."""

    file: OldFile
    kept: frozenset[int]

    @property
    def captures(self) -> int:
        """Number of captures to remove."""
        return len(self.file.captures) - len(self.kept)

    @property
    def documents(self) -> int:
        """Number of pages and article files to remove."""
        return len(self.file.documents) - len(self.kept.intersection(self.file.documents))

    @property
    def gone(self) -> Iterator[int]:
        """Offsets of the captures to remove."""
        return (offset for offset in self.file.captures if offset not in self.kept)

    @property
    def offsets(self) -> frozenset[int]:
        """Offsets of the records that stay: captures and their notes."""
        return self.kept | {self.file.notes[at] for at in self.kept if at in self.file.notes}


def removable(settings: Settings, *, keep_days: int, now: datetime) -> Removed:
    """Return what `remove_old` would remove, without removing anything."""
    folder = settings.folder
    if not folder.archive.is_dir():
        return Removed()
    limit = now - timedelta(days=keep_days)
    thinnings = plan(folder.archive, find_old(folder.archive, limit, _known_to(settings)))
    return Removed(
        files=len(thinnings),
        captures=sum(thinning.captures for thinning in thinnings),
        documents=sum(thinning.documents for thinning in thinnings),
        bytes=sum(thinning.file.size for thinning in thinnings),
        kept=sum(len(thinning.kept) for thinning in thinnings),
    )


def remove_old(
    settings: Settings, *, keep_days: int, now: datetime, on_step: OnStep = lambda _: None
) -> Removed:
    """Remove captures older than `keep_days` days and return what was removed.

    Args:
        settings: Settings of the run.
        keep_days: Days to keep captures.
        now: The instant to count from.
        on_step: Called with the name of each step before it starts.

    Raises:
        RunActiveError: Another run is writing; nothing was removed.
        WarehouseError: The warehouse or the archive cannot be written, or is being read.
    """
    folder = settings.folder.archive
    if not folder.is_dir():
        return Removed()
    with running("compact", settings, parameters={"keep_archive_days": keep_days}, now=now) as run:
        append_spooled(run)
        try:
            old = find_old(folder, now - timedelta(days=keep_days), _known_to(settings))
            with exclusive_lock(folder, wait_s=settings.lock_wait_s):
                thinnings = plan(folder, old)
                on_step("planned")
                thinned = [
                    thinning for thinning in thinnings if _thin(thinning, keep_days, now, on_step)
                ]
        except OSError as exc:
            raise WarehouseUnwritableError(folder, exc.strerror or str(exc)) from exc
        on_step("record")
        captures, documents, count = _record(run)
        record_state(run, "completed", detail=f"{captures:,} captures removed from the archive")
    update_metrics(settings)
    return Removed(
        files=len(thinned), captures=captures, documents=documents, bytes=count,
        kept=sum(len(thinning.kept) for thinning in thinned),
    )  # fmt: skip


def find_old(folder: Path, limit: datetime, known: Known) -> list[OldFile]:
    """Return the archive files whose captures are all older than `limit`.

    Args:
        folder: The archive.
        limit: Captures before this instant are old.
        known: Returns the given document ids that the warehouse has.
    """
    paths = (path for path in archive_files(folder) if is_past(path, limit))
    files = (_inspect(path, known) for path in paths)
    return [file for file in files if file is not None and file.last_captured_at < limit]


def plan(folder: Path, old: Iterable[OldFile]) -> list[Thinning]:
    """Return the old files with captures to remove, the oldest first.

    Raises:
        OSError: A file of the archive cannot be read.
    """
    by_name = {file.warc_file: file for file in old}
    others = [path for path in archive_files(folder) if whole_name(path) not in by_name]
    waiting = list(find_references(folder, others))
    waiting += [(file.warc_file, at) for file in by_name.values() for at in file.unknown]
    needed: dict[str, set[int]] = {name: set() for name in by_name}
    while waiting:
        name, offset = waiting.pop()
        if name not in by_name or offset in needed[name]:
            continue
        needed[name].add(offset)
        if (place := by_name[name].references.get(offset)) is not None:
            waiting.append(place)
    return [
        Thinning(file, frozenset(needed[name]).intersection(file.captures))
        for name, file in by_name.items()
        if not needed[name].issuperset(file.captures)
    ]


def day_of(path: Path) -> datetime | None:
    """Return the day in the name of an archive file, as midnight UTC, or None.

    >>> day_of(Path("onrecord-20240506-00000.warc.gz"))
    datetime.datetime(2024, 5, 6, 0, 0, tzinfo=datetime.timezone.utc)
    """
    found = _FILE_NAME.fullmatch(path.name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_past(path: Path, limit: datetime) -> bool:
    """Whether the day in the name of an archive file is completely before `limit`."""
    day = day_of(path)
    return day is not None and day + timedelta(days=1) <= limit


def remnants(folder: DataFolder) -> list[Remnant]:
    """Return the remnants in the archive, the oldest first."""
    paths = archive_files(folder.archive) if folder.archive.is_dir() else []
    return [read_remnant(path)[0] for path in paths if is_remnant(path)]


def lost_documents(folder: DataFolder, *, since: datetime | None = None) -> int:
    """Count the removed documents; with `since`, only in files captured since then."""
    return sum(
        remnant.documents
        for remnant in remnants(folder)
        if since is None or remnant.last_captured_at >= since
    )


def lost_line(documents: int) -> str:
    """Return the number of documents removed from the archive, as one line."""
    return (
        f"{number(documents, 'document')}, whose raw captures were removed under "
        "ONRECORD_KEEP_ARCHIVE_DAYS"
    )


def _known_to(settings: Settings) -> Callable[[Iterable[str]], set[str]]:
    def known(document_ids: Iterable[str]) -> set[str]:
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            return acquired_documents(con, document_ids)

    return known


def _inspect(path: Path, known: Known) -> OldFile | None:
    """Return the contents of a file; None if it has no captures."""
    size = path.stat().st_size
    captured: list[datetime] = []
    captures, documents, ids = array("q"), array("q"), list[str]()
    references: dict[int, Place] = {}
    notes: dict[int, int] = {}
    for found in read_captures(path):
        if isinstance(found, ArchiveError):
            continue  # it cannot be read back anyway
        record, capture = found
        captures.append(record.offset)
        captured = [*captured, capture.captured_at]
        captured = [min(captured), max(captured)]
        if (place := reference_of(record)) is not None:
            references[record.offset] = place
        length = record.fields.get("onrecord-notes-length", "")
        if length.isdigit():
            notes[record.offset] = record.offset - int(length)
        if (document := _document_id(capture)) is not None:
            documents.append(record.offset)
            ids.append(document)
    if not captured:
        return None
    has = known(ids)
    return OldFile(
        path=path,
        size=size,
        captures=captures,
        documents=documents,
        unknown=array("q", (at for at, key in zip(documents, ids, strict=True) if key not in has)),
        references=references,
        notes=notes,
        first_captured_at=captured[0],
        last_captured_at=captured[1],
    )


def _document_id(capture: Capture) -> str | None:
    if "media_type" not in capture.notes:  # feeds, errors
        return None
    content = item_of_capture(capture).content
    return content.document_id if isinstance(content, Document) else None


def _thin(thinning: Thinning, keep_days: int, now: datetime, on_step: OnStep) -> bool:
    """Remove captures from one file; return False if it is being or was written to."""
    path = thinning.file.path
    with _locked(path) as is_free:
        # A long load keeps writing to the file of the day on which it started.
        if not is_free or path.stat().st_size != thinning.file.size:
            return False
        on_step(path.name)
        write_remnant(path, _remnant(thinning, keep_days, now), thinning.offsets, now)
        return True


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Lock a file as its writer does; yield whether it was free."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield try_lock(descriptor)
    finally:
        os.close(descriptor)


def _remnant(thinning: Thinning, keep_days: int, now: datetime) -> Remnant:
    """Return the new remnant of a file, with its earlier removals included."""
    file = thinning.file
    if not is_remnant(file.path):
        return Remnant(
            warc_file=file.warc_file,
            removed_at=now,
            first_removed_at=now,
            keep_days=keep_days,
            captures=thinning.captures,
            documents=thinning.documents,
            bytes=0,
            first_captured_at=file.first_captured_at,
            last_captured_at=file.last_captured_at,
        )
    before, _ = read_remnant(file.path)
    return replace(
        before,
        removed_at=now,
        keep_days=keep_days,
        captures=before.captures + thinning.captures,
        documents=before.documents + thinning.documents,
        later=dict(before.later) | dict.fromkeys(thinning.gone, now),
    )


def _record(run: Run) -> tuple[int, int, int]:
    """Record new removals; return their numbers of captures, documents and bytes."""
    rows: list[dict[str, object]] = []
    total = (0, 0, 0)
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        recorded = removed_so_far(con)
        for remnant in remnants(run.settings.folder):
            before = recorded.get(remnant.warc_file, (0, 0, 0))
            new = (
                remnant.captures - before[0],
                remnant.documents - before[1],
                remnant.bytes - before[2],
            )
            if not new[0]:
                continue
            total = (total[0] + new[0], total[1] + new[1], total[2] + new[2])
            row = {name: getattr(remnant, name) for name in _COLUMNS}
            row |= dict(zip(("captures", "documents", "bytes"), new, strict=True))
            rows.append(row | {"run_id": run.run_id})
        append_rows(con, "archive_removals", rows)
    return total
