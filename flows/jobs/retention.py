"""Removes captures that are older than they are to be kept; off unless a limit is set.

What something newer refers to is left in a remnant (see `flows.archive.remnants`), which
also says what is gone; the table `archive_removals` says it to those who ask in SQL. Runs
that write wait outside meanwhile, and nobody may read the archive as a whole.

Which captures of the archive are older than they are to be kept, and which must stay.

A file is looked at as a whole: it may go when its day and every capture in it lie before
the limit. What a newer record refers to stays, and so does a document that the warehouse
does not have: nothing else could give it back.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from flows.archive.captures import Capture
from flows.archive.lock import at_rest
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
from flows.printable import number
from flows.runs.batches import append_spooled
from flows.runs.documents import item_of_capture
from flows.runs.lock import running
from flows.runs.run import Run, record_state
from flows.settings import Settings
from transforms.records import Document
from warehouse.append import append_rows
from warehouse.archive_queries import acquired_documents, removed_so_far
from warehouse.connect import open_live
from warehouse.errors import WarehouseUnwritableError
from warehouse.folder import DataFolder

_TOLD = ("warc_file", "removed_at", "keep_days", "first_captured_at", "last_captured_at")

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was removed from the archive, or would be.

    Attributes:
        captures: Captures: pages, article files, feeds and other answers.
        documents: Those of them that were pages or article files.
        bytes: Bytes of their files; before a removal, with the records that stay.
        kept: Captures that stay in these files, because something needs them.
    """

    files: int = 0
    captures: int = 0
    documents: int = 0
    bytes: int = 0
    kept: int = 0


def removable(settings: Settings, *, keep_days: int, now: datetime) -> Removed:
    """Return what `remove_old` would remove; nothing is changed."""
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
    """Remove captures that are older than `keep_days` days and return what was removed.

    Args:
        settings: Settings of the run.
        keep_days: Days that captures are kept.
        now: The instant to count from.
        on_step: Told the name of each step before it is taken.

    Raises:
        RunActiveError: A run writes; nothing was removed.
        WarehouseError: The warehouse or the archive cannot be written, or somebody reads it.
    """
    folder = settings.folder.archive
    if not folder.is_dir():
        return Removed()
    with running("compact", settings, parameters={"keep_archive_days": keep_days}, now=now) as run:
        append_spooled(run)
        try:
            old = find_old(folder, now - timedelta(days=keep_days), _known_to(settings))
            with at_rest(folder, wait_s=settings.lock_wait_s):
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
    return Removed(
        files=len(thinned), captures=captures, documents=documents, bytes=count,
        kept=sum(len(thinning.kept) for thinning in thinned),
    )  # fmt: skip


def _known_to(settings: Settings) -> Callable[[Iterable[str]], set[str]]:
    def known(document_ids: Iterable[str]) -> set[str]:
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            return acquired_documents(con, document_ids)

    return known


def _thin(thinning: Thinning, keep_days: int, now: datetime, on_step: OnStep) -> bool:
    """Remove what goes from one file; return whether nobody writes or wrote to it."""
    path = thinning.file.path
    with _held(path) as is_free:
        # A load that began on that day goes on with its file, days later.
        if not is_free or path.stat().st_size != thinning.file.size:
            return False
        on_step(path.name)
        write_remnant(path, _remnant(thinning, keep_days, now), thinning.offsets, now)
        return True


@contextlib.contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Hold a file as its writer does; yield whether it was free."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _remnant(thinning: Thinning, keep_days: int, now: datetime) -> Remnant:
    """Return what is to be told of a file, after what was told of it before."""
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
    """Append to `archive_removals` what the remnants tell and it does not have yet.

    Returns:
        Captures, documents and bytes that were not recorded before.
    """
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
            row = {name: getattr(remnant, name) for name in _TOLD}
            row |= dict(zip(("captures", "documents", "bytes"), new, strict=True))
            rows.append(row | {"run_id": run.run_id})
        append_rows(con, "archive_removals", rows)
    return total


def remnants(folder: DataFolder) -> list[Remnant]:
    """Return what is told of every file that was removed, the oldest first."""
    paths = archive_files(folder.archive) if folder.archive.is_dir() else []
    return [read_remnant(path)[0] for path in paths if is_remnant(path)]


def lost_documents(folder: DataFolder, *, since: datetime | None = None) -> int:
    """Return how many documents the archive cannot give back because they were removed.

    Args:
        folder: The data folder.
        since: Count only files with captures from this instant on.
    """
    return sum(
        remnant.documents
        for remnant in remnants(folder)
        if since is None or remnant.last_captured_at >= since
    )


_OURS: Final = re.compile(r"onrecord-(\d{8})-\d+(\.kept)?\.warc\.gz")

Known = Callable[[Iterable[str]], set[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFile:
    """A file, or the remnant of one, all of whose captures are older than the limit.

    Attributes:
        size: Its size in bytes before it was looked into.
        captures: Offsets that its captures were stored at.
        documents: Offsets of those that are pages or article files.
        unknown: Offsets of documents that the warehouse does not have.
        references: What each record that refers to another refers to, by its offset.
        notes: Offset of the record of notes that belongs to a capture, where it has one.
        first_captured_at: When the oldest of them was made, UTC.
        last_captured_at: When the newest of them was made, UTC.
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
        """The name that its captures were stored under."""
        return whole_name(self.path)


@dataclass(frozen=True, slots=True)
class Thinning:
    """A file of which some captures go, and the offsets of those that stay."""

    file: OldFile
    kept: frozenset[int]

    @property
    def captures(self) -> int:
        """Captures that go."""
        return len(self.file.captures) - len(self.kept)

    @property
    def documents(self) -> int:
        """Pages and article files that go."""
        return len(self.file.documents) - len(self.kept.intersection(self.file.documents))

    @property
    def gone(self) -> Iterator[int]:
        """Offsets of the captures that go."""
        return (offset for offset in self.file.captures if offset not in self.kept)

    @property
    def offsets(self) -> frozenset[int]:
        """Offsets of the records that stay: captures, and the notes of some."""
        return self.kept | {self.file.notes[at] for at in self.kept if at in self.file.notes}


def day_of(path: Path) -> datetime | None:
    """Return the day that a file of ours was written on, its midnight UTC; else None.

    >>> day_of(Path("onrecord-20240506-00000.warc.gz"))
    datetime.datetime(2024, 5, 6, 0, 0, tzinfo=datetime.timezone.utc)
    """
    found = _OURS.fullmatch(path.name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_past(path: Path, limit: datetime) -> bool:
    """Whether the whole day of a file of ours lies before `limit`; false for other files."""
    day = day_of(path)
    return day is not None and day + timedelta(days=1) <= limit


def find_old(folder: Path, limit: datetime, known: Known) -> list[OldFile]:
    """Return the files of ours that hold nothing newer than `limit`.

    Args:
        folder: The archive.
        limit: Captures before this instant are old.
        known: Returns which of some documents the warehouse has.
    """
    paths = (path for path in archive_files(folder) if is_past(path, limit))
    files = (_look_into(path, known) for path in paths)
    return [file for file in files if file is not None and file.last_captured_at < limit]


def _look_into(path: Path, known: Known) -> OldFile | None:
    """Return what a file holds, None where it holds no captures."""
    size = path.stat().st_size
    captured: list[datetime] = []
    captures, documents, ids = array("q"), array("q"), list[str]()
    references: dict[int, Place] = {}
    notes: dict[int, int] = {}
    for found in read_captures(path):
        if isinstance(found, ArchiveError):
            continue  # nobody gets it back
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


def plan(folder: Path, old: Iterable[OldFile]) -> list[Thinning]:
    """Return what may go of the files that are old, the oldest first.

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


def lost_line(documents: int) -> str:
    """Return how many documents the archive cannot give back, and why, as one line."""
    return (
        f"{number(documents, 'document')}, whose raw captures were removed under "
        "ONRECORD_KEEP_ARCHIVE_DAYS"
    )
