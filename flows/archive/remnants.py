"""What is left of an archive file whose captures grew older than they are to be kept.

A remnant is a WARC file of its own, `NAME.kept.warc.gz` in the place of `NAME.warc.gz`:
a record that tells what was removed, when and why, and byte for byte the records that
something newer still refers to. A capture keeps the file and offset that it was stored
at, so no row and no record that points at it has to change.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final

import orjson

from flows.archive.archive_reader import MAX_RECORD_BYTES, read_archive, read_record
from flows.archive.captures import pack_warcinfo
from flows.archive.warc import WarcRecord, pack_record, stamp
from flows.errors import ArchiveError
from warehouse.files import sync_folder

ENDING: Final = ".kept.warc.gz"
REMOVED: Final = "removed"  # the code of the error
_WHOLE: Final = ".warc.gz"
_PARTIAL: Final = ".kept.partial"  # not taken for a file of the archive
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Remnant:
    """What is left of the file `warc_file`, and what was removed from it so far.

    Attributes:
        removed_at: When something was removed from it last, UTC.
        keep_days: The limit that it was removed under.
        captures: Captures that were removed.
        documents: Those of them that were pages or article files.
        bytes: Bytes of the file that were removed.
        first_captured_at: When the oldest of the captures was made, UTC.
        last_captured_at: When the newest of them was made, UTC.
        first_removed_at: When something was removed from it first, UTC.
        later: When captures were removed that the first removal had left, by offset.
        places: Where the records that are left lie, counted from the end of the record
            that tells all this, by the offset in the file that was removed.
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
        """Return the error that says what became of the capture at `offset`."""
        day = self.later.get(offset, self.first_removed_at).date()
        detail = f"its raw capture was removed on {day} under ONRECORD_KEEP_ARCHIVE_DAYS={self.keep_days}"
        return ArchiveError(self.warc_file, offset, REMOVED, detail)


def whole_name(path: Path) -> str:
    """Return the name under which the records of a file were stored.

    >>> whole_name(Path("onrecord-20240506-00000.kept.warc.gz"))
    'onrecord-20240506-00000.warc.gz'
    """
    return path.name.removesuffix(ENDING) + _WHOLE if is_remnant(path) else path.name


def is_remnant(path: Path) -> bool:
    """Whether a file is what is left of another, by its name."""
    return path.name.endswith(ENDING)


def remnant_path(folder: Path, warc_file: str) -> Path:
    """Return where the remnant of a file lies, or would lie."""
    return folder / (warc_file.removesuffix(_WHOLE) + ENDING)


def read_remnant(path: Path) -> tuple[Remnant, int]:
    """Return what a remnant tells, and the byte at which the records that are left begin.

    Raises:
        ArchiveError: It is damaged.
        OSError: It cannot be opened or read.
    """
    state = path.stat()
    return _read_remnant(path, state.st_mtime_ns, state.st_size, state.st_ino)


@lru_cache(maxsize=32)
def _read_remnant(path: Path, *_state: int) -> tuple[Remnant, int]:
    with path.open("rb") as file:
        start = len(_member(file, 0))
        end = start + len(_member(file, start))
    return _of_json(orjson.loads(read_record(path, start).block)), end


def read_stored(
    folder: Path, warc_file: str, offset: int, *, max_record_bytes: int = MAX_RECORD_BYTES
) -> WarcRecord:
    """Return the record that was stored at `offset` of `warc_file`, wherever it lies now.

    Raises:
        ArchiveError: There is no whole record; its code is `REMOVED` where the record was
            removed because of its age.
        OSError: The file cannot be opened or read.
    """
    with suppress(FileNotFoundError):
        return read_record(folder / warc_file, offset, max_record_bytes=max_record_bytes)
    path = remnant_path(folder, warc_file)
    while True:
        try:
            remnant, start = read_remnant(path)
        except FileNotFoundError:
            # Read again for its error, or because it was put there meanwhile.
            return read_record(folder / warc_file, offset, max_record_bytes=max_record_bytes)
        if offset not in remnant.places:
            raise remnant.removed(offset)
        at = start + remnant.places[offset]
        found = read_record(path, at, max_record_bytes=max_record_bytes)
        if read_remnant(path)[0] == remnant:  # it was not replaced meanwhile
            return replace(found, warc_file=warc_file, offset=offset)


def read_records(
    path: Path, *, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[WarcRecord | ArchiveError]:
    """Yield the records of a file as `read_archive` does, under the places they were stored at."""
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


def _stored_places(path: Path) -> dict[int, int]:
    """Return the offset at which each record of a file was stored, by where it lies."""
    if not is_remnant(path):
        return {}
    remnant, start = read_remnant(path)
    return {start + place: offset for offset, place in remnant.places.items()}


def write_remnant(source: Path, remnant: Remnant, offsets: Iterable[int], now: datetime) -> None:
    """Put the records of `source` at `offsets` and what `remnant` tells in its place.

    Written beside it, synced and renamed: killed at any point, every record that is to
    stay can be read. `source`, a whole file or an older remnant, is there until the end.

    Args:
        source: The file to take the records from.
        remnant: What to tell; `places` is set here, and `bytes` raised by what goes.
        offsets: Where the records that stay were stored, none for nothing.
        now: The instant of the file.

    Raises:
        ArchiveError: A record that is to stay is damaged; nothing was removed.
        OSError: The disk is full or read-only; nothing was removed.
    """
    target = remnant_path(source.parent, remnant.warc_file)
    lies_at = {offset: place for place, offset in _stored_places(source).items()}
    places, records, size = dict[int, int](), list[bytes](), 0
    with source.open("rb") as file:
        for offset in sorted(offsets):
            record = _member(file, lies_at.get(offset, offset))
            places[offset], size = size, size + len(record)
            records.append(record)
    told = read_remnant(source)[1] if is_remnant(source) else 0
    gone = source.stat().st_size - told - size
    remnant = replace(remnant, places=places, bytes=remnant.bytes + gone)
    head = (pack_warcinfo(target.name, now), _packed(remnant, now))
    _put(target, (*head, *records))
    if source != target:
        source.unlink()
        sync_folder(source.parent)


def _put(target: Path, records: Iterable[bytes]) -> None:
    partial = target.with_name(target.name.removesuffix(ENDING) + _PARTIAL)
    try:
        with partial.open("wb") as file:
            file.writelines(records)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _member(file: IO[bytes], offset: int) -> bytes:
    """Return a gzip member as it stands."""
    file.seek(offset)
    inflater, taken = zlib.decompressobj(31), bytearray()
    try:
        while not inflater.eof:
            chunk = file.read(_CHUNK)
            if not chunk:
                raise ArchiveError(Path(file.name).name, offset, "truncated", "no end of a member")
            taken += chunk
            inflater.decompress(chunk)
    except zlib.error as exc:
        raise ArchiveError(Path(file.name).name, offset, "bad_record", f"gzip: {exc}") from exc
    return bytes(taken[: len(taken) - len(inflater.unused_data)])


def _packed(remnant: Remnant, now: datetime) -> bytes:
    fields = {
        "WARC-Type": "metadata",
        "WARC-Record-ID": f"<urn:onrecord:removed:{remnant.warc_file}>",
        "WARC-Date": stamp(now),
        "Content-Type": "application/json",
    }
    told = orjson.dumps(asdict(remnant), option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)
    return pack_record(fields, told)


def _of_json(told: dict[str, Any]) -> Remnant:
    for name in ("removed_at", "first_removed_at", "first_captured_at", "last_captured_at"):
        told[name] = datetime.fromisoformat(told[name])
    told["later"] = {int(at): datetime.fromisoformat(day) for at, day in told["later"].items()}
    told["places"] = {int(at): place for at, place in told["places"].items()}
    return Remnant(**told)
