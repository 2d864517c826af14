"""Reads archive files record by record, including damaged ones.

Files are WARC or ARC, plain or compressed. Damage is reported as a value, not raised: each
damaged stretch is yielded as one `ArchiveError` with its offset, and reading continues at
the next record that can be found.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import IO, Final, Literal, Protocol

from flows.archive.compression import Compression, Zstd, compression_of
from flows.archive.heads import ARC, BLANK_LINE, WARC, Heads, heads_in
from flows.archive.streams import GZIP_START, SEEN_AFTER, ByteStream, GzipMember, Inflated
from flows.archive.warc import HEAD_LIMIT_BYTES, RecordError, WarcRecord, check_digest
from flows.archive.zstd import ZSTD_START
from flows.errors import ArchiveError

MAX_RECORD_BYTES: Final = 64 * 1024 * 1024
_SNIFFED: Final = 1 << 16


class Source(Protocol):
    """A file, or a part of one, that holds records; a `Path` is one."""

    @property
    def name(self) -> str:
        """The name that errors and records give, without the folder."""

    def open(self, mode: Literal["rb"], /) -> IO[bytes]:
        """Open it for reading, with the mode `rb`."""


class FramingError(RecordError):
    """It is unknown where a record ends; the next one is searched from `start` in the window.

    `detail` is empty if only the number of bytes before the next record can be told.
    """

    def __init__(self, code: str, detail: str, start: int = 0) -> None:
        super().__init__(code, detail)
        self.start = start


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong at a place of a file, `inner` bytes into what was inflated there."""

    offset: int
    inner: int
    code: str
    detail: str

    def error(self, name: str, consequence: str = "") -> ArchiveError:
        """Return it as the error of the file `name`."""
        where = f"{self.inner:,} bytes into the inflated data: " if self.inner else ""
        return ArchiveError(name, self.offset, self.code, where + self.detail + consequence)


def read_archive(
    source: Source, *, start: int = 0, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[WarcRecord | ArchiveError]:
    """Yield the records and the damage of an archive file, in file order.

    Args:
        source: The file.
        start: The offset to begin at: of a record, in a file with a member for each record.
        max_record_bytes: A larger record is skipped and reported.

    Raises:
        OSError: The file cannot be opened or read.
    """
    with source.open("rb") as file:
        compression = compression_of(file)
        if compression is None:
            stream = ByteStream(file)
            damage = yield from _read_records(source.name, stream, max_record_bytes)
            if damage:
                yield damage.error(source.name)
        else:
            yield from _read_parts(source.name, file, compression, start, max_record_bytes)


def read_record(
    source: Source, offset: int, inner: int = 0, *, max_record_bytes: int = MAX_RECORD_BYTES
) -> WarcRecord:
    """Return the record at `offset`, or that at `inner` bytes of the part that begins there.

    Raises:
        ArchiveError: The record is missing, incomplete or damaged.
        OSError: The file cannot be opened or read.
    """
    with source.open("rb") as file:
        stream = _open_at(file, offset)
        stream.advance(inner)
        for record in _read_records(source.name, stream, max_record_bytes):
            if isinstance(record, ArchiveError):
                raise record
            return record
    raise ArchiveError(source.name, offset, "garbage", "no record starts here")


def first_record(file: IO[bytes]) -> WarcRecord | None:
    """Return the first whole record of a file that is not compressed; None if it has none."""
    found = _read_records("", ByteStream(file), MAX_RECORD_BYTES)
    return next((record for record in found if isinstance(record, WarcRecord)), None)


def _open_at(file: IO[bytes], offset: int) -> ByteStream:
    file.seek(offset)
    begin = file.read(len(ZSTD_START))
    if begin.startswith(GZIP_START):
        return GzipMember(file, offset)
    if begin == ZSTD_START:
        frames = Zstd()
        frames.part_at(file, 0)  # reads the dictionary
        return frames.open(file, offset)
    return ByteStream(file, offset)


def _read_parts(
    name: str, file: IO[bytes], compression: Compression, first: int, limit: int
) -> Iterator[WarcRecord | ArchiveError]:
    size = file.seek(0, 2)
    offset: int | None = first
    while offset is not None and offset < size:
        start = compression.part_at(file, offset)
        if start is None:
            following = compression.find(file, offset)
            detail = _garbage((offset, 0), (following or size, 0)) + _because(compression)
            yield ArchiveError(name, offset, "garbage", detail)
            offset = following
            continue
        if start >= size:
            return
        stream = compression.open(file, start)
        damage = yield from _read_records(name, stream, limit)
        offset = stream.next_part_at
        if offset is None:
            offset = compression.find(file, stream.search_from)
        if damage:
            lost = _consequence(damage, stream, is_last=offset is None)
            yield damage.error(name, _because(compression) + lost)


def _garbage(start: tuple[int, int], end: tuple[int, int]) -> str:
    size = end[0] - start[0] or end[1] - start[1]
    return f"{size:,} bytes are not a record"


def _because(compression: Compression) -> str:
    return f": {compression.missing}" if compression.missing else ""


def _consequence(damage: Damage, stream: Inflated, *, is_last: bool) -> str:
    """Return what cannot be read because of the damage that ended a stream."""
    if stream.is_torn or stream.next_part_at is not None:
        return ""
    if is_last:
        return f"; no other {stream.unit} follows, so the rest of the file cannot be read"
    return f"; the rest of this {stream.unit} cannot be read" if damage.inner else ""


def _read_records(
    name: str, source: ByteStream, limit: int
) -> Generator[WarcRecord | ArchiveError, None, Damage | None]:
    """Yield the records of a stream; return the damage that ended it, if any did."""
    heads: Heads | None = None
    is_found = False  # by a search, so that what is wrong with it may belong to earlier damage
    while True:
        place = source.place
        try:
            if not source.skip_blank_lines():
                return _damage_at_end(source, place)
            place = source.place
            heads = heads or _heads_in(source)
            record = _take_record(name, source, heads, limit)
        except FramingError as exc:
            is_repeated = is_found and not source.is_after_blank
            is_found = source.skip_to_record(heads or WARC, start=exc.start)
            damage = _lost(source, place, exc)
            if not is_found:
                return None if is_repeated else damage
            if not is_repeated:
                yield damage.error(name)
            continue
        except RecordError as exc:
            yield Damage(*place, exc.code, exc.detail).error(name)
        else:
            yield record
        is_found = False


def _lost(source: ByteStream, place: tuple[int, int], error: FramingError) -> Damage:
    """Return the damage at `place`, from which the next record was searched."""
    if source.problem and not error.detail:
        return Damage(*place, "bad_record", source.problem)
    return Damage(*place, error.code, error.detail or _garbage(place, source.place))


def _heads_in(source: ByteStream) -> Heads:
    """Return the format of the records in a stream, also if it begins with garbage."""
    source.fill(len(b"WARC/"))
    if WARC.begins(source.held):
        return WARC
    source.fill(_SNIFFED)
    is_arc = ARC.holds_head(source.held, _SNIFFED) and not WARC.holds_head(source.held, _SNIFFED)
    return heads_in(source.held) or (ARC if is_arc else WARC)


def _damage_at_end(source: ByteStream, place: tuple[int, int]) -> Damage | None:
    if source.is_torn:
        detail = f"the {source.unit} is cut" + ("" if place[1] else " before any data")
        return Damage(*place, "truncated", detail)
    return Damage(*place, "bad_record", source.problem) if source.problem else None


def _take_record(name: str, source: ByteStream, heads: Heads, limit: int) -> WarcRecord:
    offset, inner = source.place
    fields = _take_fields(source, heads)
    length = int(fields["content-length"])
    if length > limit:
        if not source.skip_block(heads, length):
            raise FramingError("wrong_length", f"the block does not end after {length:,} bytes")
        raise RecordError("record_too_large", f"{length} bytes, limit {limit}")
    block = _take_block(source, heads, length)
    check_digest(fields, block)
    return WarcRecord(name, offset, fields, block, inner)


def _take_fields(source: ByteStream, heads: Heads) -> dict[str, str]:
    if not heads.begins(source.held):
        raise FramingError("garbage", "", start=1)
    while (end := heads.measure(source.held)) < 0:
        held = len(source.held)
        if held >= HEAD_LIMIT_BYTES or not _fill(source, held + 1):
            if source.problem:
                raise FramingError("bad_record", source.problem)
            code = "truncated" if source.is_at_end else "garbage"
            detail = f"the record's head has no end within {held} bytes"
            raise FramingError(code, detail, start=1)
    try:
        fields = heads.read(bytes(source.held[:end]))
    except RecordError as exc:
        raise FramingError(exc.code, exc.detail, start=1) from exc
    source.take(end)
    return fields


def _take_block(source: ByteStream, heads: Heads, length: int) -> bytes:
    """Return the block and drop it.

    On FramingError it stays in the window, so that it can be searched for the next record.
    """
    is_whole = _fill(source, length)
    # More than the record has, so that a gzip member is read to its end and checked.
    source.fill(length + SEEN_AFTER)
    held = len(source.held)
    is_last = held <= length + len(BLANK_LINE)  # else what ends the stream comes after this record
    if is_last and source.problem:
        raise FramingError("bad_record", source.problem)
    if is_last and source.is_torn:
        detail = f"the {source.unit} is cut after {held} bytes of a {length} byte block"
        raise FramingError("truncated", detail)
    if not is_whole:
        is_cut = not isinstance(source, Inflated) and heads.find(source.held, 0) < 0
        code = "truncated" if is_cut else "wrong_length"
        raise FramingError(code, f"got {held} bytes of a {length} byte block")
    after = bytes(source.held[length : length + SEEN_AFTER])
    if not heads.ends_block(after) or heads.has_swallowed(source.held, length, after):
        raise FramingError("wrong_length", f"the block does not end after {length:,} bytes")
    return source.take(length)


def _fill(source: ByteStream, count: int) -> bool:
    """Read until `count` bytes are held, also from the next parts of a record that is split."""
    while not source.fill(count):
        if not source.join_next():
            return False
    return True
