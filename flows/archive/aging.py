"""Which captures of the archive are older than they are to be kept, and which must stay.

A file is looked at as a whole: it may go when its day and every capture in it lie before
the limit. What a newer record refers to stays, and so does a document that the warehouse
does not have: nothing else could give it back.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from flows.archive.captures import Capture
from flows.archive.references import Place, archive_files, find_references, reference_of
from flows.archive.remnants import whole_name
from flows.archive.stored_captures import read_captures
from flows.archive.stored_documents import item_of_capture
from flows.errors import ArchiveError
from transforms.records import Document

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
