"""Remnants: what is kept of archive files that are past their retention period.

A remnant is a WARC file, `NAME.kept.warc.gz`, that replaces `NAME.warc.gz`. It starts with
a record that states what was removed, when and why. Records that newer ones still refer
to follow, copied byte for byte. Captures keep the file name and offset under which they
were stored, so rows and records that point to them need no change.

To find those records, each file's references to other files are read once and cached in
`references.json`, keyed by the file's size and modification time. The cache can be deleted
at any time; it is then rebuilt.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final

import orjson

from flows.archive.captures import pack_warcinfo
from flows.archive.warc import WarcRecord, pack_record, stamp
from flows.archive.warc_reader import MAX_RECORD_BYTES, read_archive, read_record
from flows.errors import ArchiveError
from warehouse.files import replace_file, sync_folder

ENDING: Final = ".kept.warc.gz"
REMOVED: Final = "removed"  # the error code
Place = tuple[str, int]  # file name and offset

_WHOLE: Final = ".warc.gz"
_PARTIAL: Final = ".kept.partial"  # must not look like an archive file
_CHUNK: Final = 1 << 16
_LIST_NAME: Final = "references.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remnant:
    """What was removed from the file `warc_file`, and where its remaining records are.

    Attributes:
        removed_at: Time of the latest removal, UTC.
        keep_days: The retention limit at that time, in days.
        captures: Number of removed captures.
        documents: Number of removed captures that were pages or article files.
        bytes: Number of removed bytes.
        first_captured_at: When the oldest removed capture was made, UTC.
        last_captured_at: When the newest removed capture was made, UTC.
        first_removed_at: Time of the first removal, UTC.
        later: Removal times of captures that the first removal had kept, by offset.
        places: Positions of the remaining records, by their offset in the original file.
            Positions count from the end of the record that holds these facts.
    """

    warc_file: str
    removed_at: datetime
    keep_days: int
    captures: int
    documents: int
    bytes: int
    first_captured_at: datetime
    last_captured_at: datetime
    first_removed_at: datetime
    later: Mapping[int, datetime] = field(default_factory=dict)
    places: Mapping[int, int] = field(default_factory=dict)

    def removed(self, offset: int) -> ArchiveError:
        """Return the error that reports the removal of the capture at `offset`."""
        day = self.later.get(offset, self.first_removed_at).date()
        detail = f"its raw capture was removed on {day} under ONRECORD_KEEP_ARCHIVE_DAYS={self.keep_days}"
        return ArchiveError(self.warc_file, offset, REMOVED, detail)


def whole_name(path: Path) -> str:
    """Return the file name under which a file's records were stored.

    >>> whole_name(Path("onrecord-20240506-00000.kept.warc.gz"))
    'onrecord-20240506-00000.warc.gz'
    """
    return path.name.removesuffix(ENDING) + _WHOLE if is_remnant(path) else path.name


def is_remnant(path: Path) -> bool:
    """Return whether a file's name is that of a remnant."""
    return path.name.endswith(ENDING)


def remnant_path(folder: Path, warc_file: str) -> Path:
    """Return the path of a file's remnant, whether or not it exists."""
    return folder / (warc_file.removesuffix(_WHOLE) + ENDING)


def read_remnant(path: Path) -> tuple[Remnant, int]:
    """Return a remnant's facts and the offset of its first remaining record.

    Raises:
        ArchiveError: The file is damaged.
        OSError: The file cannot be opened or read.
    """
    state = path.stat()
    return _read_remnant_cached(path, state.st_mtime_ns, state.st_size, state.st_ino)


def read_stored(
    folder: Path, warc_file: str, offset: int, *, max_record_bytes: int = MAX_RECORD_BYTES
) -> WarcRecord:
    """Return the record that was stored at `offset` in `warc_file`.

    The record may meanwhile have moved to the file's remnant.

    Raises:
        ArchiveError: The record is incomplete; the code is `REMOVED` if it was removed
            because of its age.
        OSError: The file cannot be opened or read.
    """
    with suppress(FileNotFoundError):
        return read_record(folder / warc_file, offset, max_record_bytes=max_record_bytes)
    path = remnant_path(folder, warc_file)
    while True:
        try:
            remnant, start = read_remnant(path)
        except FileNotFoundError:
            # Read again: either the file is back, or this raises the right error.
            return read_record(folder / warc_file, offset, max_record_bytes=max_record_bytes)
        if offset not in remnant.places:
            raise remnant.removed(offset)
        at = start + remnant.places[offset]
        found = read_record(path, at, max_record_bytes=max_record_bytes)
        if read_remnant(path)[0] == remnant:  # the remnant was not replaced meanwhile
            return replace(found, warc_file=warc_file, offset=offset)


def read_records(
    path: Path, *, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[WarcRecord | ArchiveError]:
    """Yield a file's records with the file name and offset they were stored under.

    Damage is yielded as by `read_archive`.
    """
    found = read_archive(path, max_record_bytes=max_record_bytes)
    if not is_remnant(path):
        yield from found
        return
    try:
        places = _stored_places(path)
    except ArchiveError as exc:
        yield exc
        return
    for record in found:
        if isinstance(record, ArchiveError):
            yield record
        elif record.offset in places:
            yield replace(record, warc_file=whole_name(path), offset=places[record.offset])


def write_remnant(source: Path, remnant: Remnant, offsets: Iterable[int], now: datetime) -> None:
    """Replace a file with a remnant that keeps only the records at `offsets`.

    The remnant is written next to the file, synced and renamed before the file is deleted,
    so a kill at any point loses no record that must be kept.

    Args:
        source: The file to replace, either whole or an older remnant.
        remnant: The facts to store; `places` is set here and `bytes` is increased by the
            number of bytes removed.
        offsets: The offsets under which the kept records were stored; empty to keep none.
        now: The date of the remnant's own records.

    Raises:
        ArchiveError: A record that must be kept is damaged; nothing was removed.
        OSError: The disk is full or read-only; nothing was removed.
    """
    target = remnant_path(source.parent, remnant.warc_file)
    lies_at = {offset: place for place, offset in _stored_places(source).items()}
    places, records, size = dict[int, int](), list[bytes](), 0
    with source.open("rb") as file:
        for offset in sorted(offsets):
            record = _read_member(file, lies_at.get(offset, offset))
            places[offset], size = size, size + len(record)
            records.append(record)
    told = read_remnant(source)[1] if is_remnant(source) else 0
    gone = source.stat().st_size - told - size
    remnant = replace(remnant, places=places, bytes=remnant.bytes + gone)
    head = (pack_warcinfo(target.name, now), _pack_remnant(remnant, now))
    _replace_remnant(target, (*head, *records))
    if source != target:
        source.unlink()
        sync_folder(source.parent)


def archive_files(folder: Path) -> list[Path]:
    """Return the WARC files of a folder, sorted by name.

    A remnant is left out if its original file still exists: the removal was killed before
    it was complete.
    """
    return [
        path
        for path in sorted(folder.glob("*.warc*"))
        if not (is_remnant(path) and path.with_name(whole_name(path)).exists())
    ]


def reference_of(record: WarcRecord) -> Place | None:
    """Return the place that a record refers to, or None if it refers to none."""
    file = record.fields.get("onrecord-refers-to-file", "")
    offset = record.fields.get("onrecord-refers-to-offset", "")
    return (file, int(offset)) if file and offset.isdigit() else None


def find_references(folder: Path, paths: Iterable[Path]) -> set[Place]:
    """Return the places in other files that records in `paths` refer to.

    Raises:
        OSError: A file cannot be read, or the folder cannot be written.
    """
    known = _read_list(folder)
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        state = path.stat()
        stamp = [state.st_size, state.st_mtime_ns]
        kept = known.get(path.name)
        if kept is None or kept.get("stamp") != stamp:
            kept = {"stamp": stamp, "refers_to": sorted(map(list, _references_in(path)))}
        found[path.name] = kept
    if found != known:
        _write_list(folder, found)
    return {(file, offset) for kept in found.values() for file, offset in kept["refers_to"]}


@lru_cache(maxsize=32)
def _read_remnant_cached(path: Path, *_state: int) -> tuple[Remnant, int]:
    with path.open("rb") as file:
        start = len(_read_member(file, 0))
        end = start + len(_read_member(file, start))
    return _remnant_from_json(orjson.loads(read_record(path, start).block)), end


def _stored_places(path: Path) -> dict[int, int]:
    """Return each record's stored offset by its place in a remnant; {} for others."""
    if not is_remnant(path):
        return {}
    remnant, start = read_remnant(path)
    return {start + place: offset for offset, place in remnant.places.items()}


def _replace_remnant(target: Path, records: Iterable[bytes]) -> None:
    partial = target.with_name(target.name.removesuffix(ENDING) + _PARTIAL)
    with replace_file(target, partial=partial) as path, path.open("wb") as file:
        file.writelines(records)


def _read_member(file: IO[bytes], offset: int) -> bytes:
    """Return a gzip member's bytes, still compressed."""
    file.seek(offset)
    inflater, taken = zlib.decompressobj(31), bytearray()
    try:
        while not inflater.eof:
            chunk = file.read(_CHUNK)
            if not chunk:
                raise ArchiveError(Path(file.name).name, offset, "truncated", "gzip member is cut")
            taken += chunk
            inflater.decompress(chunk)
    except zlib.error as exc:
        raise ArchiveError(Path(file.name).name, offset, "bad_record", f"gzip: {exc}") from exc
    return bytes(taken[: len(taken) - len(inflater.unused_data)])


def _pack_remnant(remnant: Remnant, now: datetime) -> bytes:
    fields = {
        "WARC-Type": "metadata",
        "WARC-Record-ID": f"<urn:onrecord:removed:{remnant.warc_file}>",
        "WARC-Date": stamp(now),
        "Content-Type": "application/json",
    }
    told = orjson.dumps(asdict(remnant), option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)
    return pack_record(fields, told)


def _remnant_from_json(told: dict[str, Any]) -> Remnant:
    for name in ("removed_at", "first_removed_at", "first_captured_at", "last_captured_at"):
        told[name] = datetime.fromisoformat(told[name])
    told["later"] = {int(at): datetime.fromisoformat(day) for at, day in told["later"].items()}
    told["places"] = {int(at): place for at, place in told["places"].items()}
    return Remnant(**told)


def _references_in(path: Path) -> set[Place]:
    own = whole_name(path)
    records = (record for record in read_records(path) if isinstance(record, WarcRecord))
    references = (reference_of(record) for record in records)
    return {place for place in references if place is not None and place[0] != own}


def _read_list(folder: Path) -> dict[str, dict[str, Any]]:
    with suppress(OSError, orjson.JSONDecodeError):
        found = orjson.loads((folder / _LIST_NAME).read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _write_list(folder: Path, found: dict[str, dict[str, Any]]) -> None:
    with replace_file(folder / _LIST_NAME, is_synced=False) as partial:
        partial.write_bytes(orjson.dumps(found))
