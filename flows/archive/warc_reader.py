"""Reads WARC files record by record, including damaged ones.

Damage is reported as a value, not raised: a record that is cut, garbage, too large or has
a wrong length is yielded as an `ArchiveError` with its offset, and reading continues at
the next record that can be found.

Records are read from the bytes of a plain file or of one gzip member. Only a window of
them is held, so files and decompression bombs of any size are read in bounded memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from flows.archive.warc import HEAD_LIMIT_BYTES, RecordError, WarcRecord, check_digest, read_head
from flows.errors import ArchiveError

MAX_RECORD_BYTES = 64 * 1024 * 1024
MEMBER_START: Final = b"\x1f\x8b\x08"  # of gzip with deflate
RECORD_START: Final = b"WARC/1."
HEAD_END: Final = b"\r\n\r\n"
_NEXT_RECORD: Final = HEAD_END + RECORD_START
_CHUNK: Final = 1 << 16
_INFLATED: Final = 1 << 20
_BLANK_LIMIT: Final = 1 << 22  # line ends between records; more would be an attack
_SKIP_LIMIT: Final = 1 << 30  # inflating and dropping this much takes about two seconds


def read_archive(
    path: Path, *, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[WarcRecord | ArchiveError]:
    """Yield the records and the damage of a file, gzipped or plain, in file order.

    Args:
        path: The file.
        max_record_bytes: A larger record is skipped and reported.

    Raises:
        OSError: The file cannot be opened or read.
    """
    with path.open("rb") as file:
        if not _is_gzip(file, 0) and find_member(file, 0) is None:
            yield from _read_records(path.name, ByteStream(file), max_record_bytes)
            return
        offset: int | None = 0
        while offset is not None:
            if not _is_gzip(file, offset):
                following = find_member(file, offset)
                end = file.seek(0, 2) if following is None else following
                if end > offset:
                    detail = f"{end - offset} bytes are not a WARC record"
                    yield ArchiveError(path.name, offset, "garbage", detail)
                offset = following
                continue
            member = Member(file, offset)
            yield from _read_records(path.name, member, max_record_bytes)
            offset = member.next_member_at
            if offset is None:
                offset = find_member(file, member.search_from)


def read_record(path: Path, offset: int, *, max_record_bytes: int = MAX_RECORD_BYTES) -> WarcRecord:
    """Return the record at `offset`.

    Raises:
        ArchiveError: The record is missing, incomplete or damaged.
        OSError: The file cannot be opened or read.
    """
    with path.open("rb") as file:
        source = Member(file, offset) if _is_gzip(file, offset) else ByteStream(file, offset)
        for record in _read_records(path.name, source, max_record_bytes):
            if isinstance(record, ArchiveError):
                raise record
            return record
    raise ArchiveError(path.name, offset, "garbage", "no record starts here")


class ByteStream:
    """The bytes of a plain file, read through a window.

    Attributes:
        held: The window: bytes that were read and not yet dropped.
        is_at_end: Whether no bytes follow the window.
    """

    is_gzip = False

    def __init__(self, file: IO[bytes], offset: int = 0) -> None:
        self.held = bytearray()
        self.is_at_end = False
        self._file = file
        self._read_to = offset
        file.seek(offset)

    @property
    def offset(self) -> int:
        """The file offset at which the window begins."""
        return self._read_to - len(self.held)

    @property
    def problem(self) -> str:
        """What is wrong with the bytes; empty if they are sound."""
        return ""

    @property
    def is_torn(self) -> bool:
        """Whether the bytes are cut off; never true for a plain file."""
        return False

    def fill(self, count: int) -> bool:
        """Read until at least `count` bytes are held; return whether that many exist."""
        while len(self.held) < count and not self.is_at_end:
            self._read_more()
        return len(self.held) >= count

    def find(self, mark: bytes, limit: int) -> int:
        """Return the position of `mark` in the next `limit` bytes, or -1 if it is absent."""
        start = 0
        while True:
            at = self.held.find(mark, start, limit)
            if at >= 0 or self.is_at_end or len(self.held) >= limit:
                return at
            start = max(0, len(self.held) - len(mark))
            self._read_more()

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes and drop them."""
        taken = bytes(self.held[:count])
        del self.held[:count]
        return taken

    def skip_blank_lines(self) -> bool:
        """Drop line ends before a record; return whether anything follows."""
        dropped = 0
        while dropped < _BLANK_LIMIT and self.fill(1):
            blank = len(self.held) - len(self.held.lstrip(b"\r\n"))
            del self.held[:blank]
            dropped += blank
            if self.held:
                return True
        return False

    def skip_to_record(self) -> bool:
        """Drop everything before the next record after a blank line.

        Return False if there is no such record.
        """
        while True:
            at = self.held.find(_NEXT_RECORD)
            if at >= 0:
                del self.held[: at + len(HEAD_END)]
                return True
            if self.is_at_end:
                return False
            del self.held[: max(0, len(self.held) - len(_NEXT_RECORD))]
            self._read_more()

    def skip(self, count: int) -> bool:
        """Drop the next `count` bytes; return False if that would take too long."""
        if count > len(self.held):
            self._read_to = self._file.seek(count - len(self.held), 1)
            self.held.clear()
        else:
            del self.held[:count]
        return True

    def _read_more(self) -> None:
        chunk = self._file.read(_CHUNK)
        self._read_to += len(chunk)
        self.held += chunk
        self.is_at_end = not chunk


class Member(ByteStream):
    """The inflated bytes of the gzip member at an offset."""

    is_gzip = True

    def __init__(self, file: IO[bytes], offset: int) -> None:
        super().__init__(file, offset)
        self._start = offset
        self._inflater = zlib.decompressobj(31)
        self._unconsumed = b""
        self._problem = ""

    @property
    def offset(self) -> int:
        """The offset of the member, which is the only place it can be read from."""
        return self._start

    @property
    def problem(self) -> str:
        """The error that zlib reported; empty if the bytes are sound."""
        return self._problem

    @property
    def is_torn(self) -> bool:
        """Whether the file ends inside the member."""
        return self.is_at_end and not self._inflater.eof and not self._problem

    @property
    def next_member_at(self) -> int | None:
        """The offset after this member; None if it was not read to its end."""
        return self._read_to - len(self._inflater.unused_data) if self._inflater.eof else None

    @property
    def search_from(self) -> int:
        """The offset to search from for the next member if `next_member_at` is None.

        A damaged member is searched from its start.
        """
        if self._problem or self.is_torn:
            return self._start + 1
        return self._read_to - len(self._unconsumed)

    def skip_to_record(self) -> bool:
        """Skip to the next record in this member; return False if the member is damaged."""
        return not self._problem and super().skip_to_record()

    def skip(self, count: int) -> bool:
        """Inflate and drop `count` bytes; return False for a decompression bomb."""
        while count and count <= _SKIP_LIMIT and self.fill(1):
            dropped = min(count, len(self.held))
            del self.held[:dropped]
            count -= dropped
        return not count

    def _read_more(self) -> None:
        data = self._unconsumed or self._file.read(_CHUNK)
        if not self._unconsumed:
            self._read_to += len(data)
        try:
            self.held += self._inflater.decompress(data, _INFLATED)
        except zlib.error as exc:
            self._problem = str(exc)
            self.is_at_end = True
            return
        self._unconsumed = self._inflater.unconsumed_tail
        self.is_at_end = self._inflater.eof or not data


def find_member(file: IO[bytes], offset: int) -> int | None:
    """Return the offset of the next gzip member with a record, starting at `offset`."""
    file.seek(offset)
    held, base = b"", offset
    while chunk := file.read(_CHUNK):
        held += chunk
        at = held.find(MEMBER_START)
        while at >= 0:
            read_to = file.tell()
            if _begins_record(file, base + at):
                return base + at
            file.seek(read_to)
            at = held.find(MEMBER_START, at + 1)
        kept = held[-len(MEMBER_START) + 1 :]
        base += len(held) - len(kept)
        held = kept
    return None


def _is_gzip(file: IO[bytes], offset: int) -> bool:
    file.seek(offset)
    return file.read(len(MEMBER_START)) == MEMBER_START


def _read_records(name: str, source: ByteStream, limit: int) -> Iterator[WarcRecord | ArchiveError]:
    is_first = True
    while True:
        at = source.offset
        try:
            if not source.skip_blank_lines():
                if source.problem or source.is_torn:
                    detail = source.problem or "the gzip member is cut before any data"
                    yield ArchiveError(
                        name, at, "truncated" if source.is_torn else "garbage", detail
                    )
                return
            at = source.offset
            fields = _take_fields(source)
            length = int(fields["content-length"])
            if length > limit:
                detail = f"{length} bytes, limit {limit}"
                yield ArchiveError(name, at, "record_too_large", detail)
                if not source.skip(length):
                    return
                continue
            block = _take_block(source, length)
        except RecordError as exc:
            yield ArchiveError(name, at, exc.code, exc.detail)
            if not source.skip_to_record():
                return
            continue
        try:
            check_digest(fields, block)
        except RecordError as exc:
            yield ArchiveError(name, at, exc.code, exc.detail)
        else:
            yield WarcRecord(name, at, fields, block, is_first or not source.is_gzip)
        is_first = False


def _take_fields(source: ByteStream) -> dict[str, str]:
    end = source.find(HEAD_END, HEAD_LIMIT_BYTES)
    if end < 0:
        if source.problem:
            raise RecordError("bad_record", f"gzip: {source.problem}")
        is_record = source.held.startswith(RECORD_START)
        code = "truncated" if is_record and source.is_at_end else "garbage"
        raise RecordError(code, f"the record's head has no end within {len(source.held)} bytes")
    fields = read_head(bytes(source.held[:end]))
    source.take(end + len(HEAD_END))
    return fields


def _take_block(source: ByteStream, length: int) -> bytes:
    """Return the block and drop it.

    On RecordError it stays in the window, so that it can be searched for the next record.
    """
    is_whole = source.fill(length)
    # One byte more than the record has, so that a gzip member is read to its end and checked.
    source.fill(length + len(HEAD_END) + 1)
    if source.problem:
        raise RecordError("bad_record", f"gzip: {source.problem}")
    if source.is_torn:
        detail = f"the gzip member is cut after {len(source.held)} bytes of a {length} byte block"
        raise RecordError("truncated", detail)
    after = bytes(source.held[length : length + len(HEAD_END)])
    if not is_whole:
        is_swallowed = source.is_gzip or HEAD_END + RECORD_START in source.held
        code = "wrong_length" if is_swallowed else "truncated"
        raise RecordError(code, f"got {len(source.held)} bytes of a {length} byte block")
    if after not in {HEAD_END, b""} and not after.startswith(b"WARC"):
        raise RecordError("wrong_length", f"the record does not end after {length} bytes")
    return source.take(length)


def _begins_record(file: IO[bytes], offset: int) -> bool:
    file.seek(offset)
    try:
        return zlib.decompressobj(31).decompress(file.read(4096), len(b"WARC/")) == b"WARC/"
    except zlib.error:
        return False
