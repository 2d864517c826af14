"""The bytes that records are read from: those of a plain file, or of one gzip member.

Only a window of them is held, so a file or a bomb of any size is read in bounded memory.
"""

from __future__ import annotations

import zlib
from typing import IO, Final

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
RECORD_START: Final = b"WARC/1."
HEAD_END: Final = b"\r\n\r\n"
_NEXT_RECORD: Final = HEAD_END + RECORD_START
_CHUNK: Final = 1 << 16
_INFLATED: Final = 1 << 20
_BLANK_LIMIT: Final = 1 << 22  # line ends between records; more of them is an attack
_SKIP_LIMIT: Final = 1 << 30  # inflating so much to drop it takes about two seconds


class Source:
    """The bytes of a plain file from its beginning.

    Attributes:
        held: Bytes that were read and not yet dropped.
        is_at_end: Nothing follows what is held.
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
        """Where what is held begins in the file."""
        return self._read_to - len(self.held)

    @property
    def problem(self) -> str:
        """What is wrong with the bytes themselves, empty where they are sound."""
        return ""

    @property
    def is_torn(self) -> bool:
        """Whether the bytes end where no writer would have ended them."""
        return False

    def fill(self, count: int) -> bool:
        """Hold at least `count` bytes; return whether there are so many."""
        while len(self.held) < count and not self.is_at_end:
            self._read_more()
        return len(self.held) >= count

    def find(self, mark: bytes, limit: int) -> int:
        """Return where `mark` begins within the next `limit` bytes, -1 where it does not."""
        start = 0
        while True:
            at = self.held.find(mark, start, limit)
            if at >= 0 or self.is_at_end or len(self.held) >= limit:
                return at
            start = max(0, len(self.held) - len(mark))
            self._read_more()

    def take(self, count: int) -> bytes:
        """Return the next bytes and drop them."""
        taken = bytes(self.held[:count])
        del self.held[:count]
        return taken

    def skip_blank_lines(self) -> bool:
        """Drop line ends before a record; return whether anything follows them."""
        dropped = 0
        while dropped < _BLANK_LIMIT and self.fill(1):
            blank = len(self.held) - len(self.held.lstrip(b"\r\n"))
            del self.held[:blank]
            dropped += blank
            if self.held:
                return True
        return False

    def skip_to_record(self) -> bool:
        """Drop all before the next record that follows a blank line; False without one."""
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
        """Drop the next `count` bytes, held or not; False where that would take too long."""
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


class Member(Source):
    """The inflated bytes of the gzip member that begins at an offset."""

    is_gzip = True

    def __init__(self, file: IO[bytes], offset: int) -> None:
        super().__init__(file, offset)
        self._start = offset
        self._inflater = zlib.decompressobj(31)
        self._unconsumed = b""
        self._problem = ""

    @property
    def offset(self) -> int:
        """Where the member begins: the only place that it can be read from."""
        return self._start

    @property
    def problem(self) -> str:
        """What zlib said of the bytes, empty where they are sound."""
        return self._problem

    @property
    def is_torn(self) -> bool:
        """Whether the member has no end."""
        return self.is_at_end and not self._inflater.eof and not self._problem

    @property
    def next_member_at(self) -> int | None:
        """Where the next member begins; None where this one was not read to its end."""
        return self._read_to - len(self._inflater.unused_data) if self._inflater.eof else None

    @property
    def search_from(self) -> int:
        """Where to search for the next member else: in a damaged one from its start."""
        if self._problem or self.is_torn:
            return self._start + 1
        return self._read_to - len(self._unconsumed)

    def skip_to_record(self) -> bool:
        """Search on only in a member that is sound: the next member begins anew."""
        return not self._problem and super().skip_to_record()

    def skip(self, count: int) -> bool:
        """Inflate and drop; a bomb is left where it is."""
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
    """Return where the next gzip member that holds a record begins at or after `offset`."""
    file.seek(offset)
    held, base = b"", offset
    while chunk := file.read(_CHUNK):
        held += chunk
        at = held.find(GZIP_MAGIC)
        while at >= 0:
            read_to = file.tell()
            if _begins_record(file, base + at):
                return base + at
            file.seek(read_to)
            at = held.find(GZIP_MAGIC, at + 1)
        kept = held[-len(GZIP_MAGIC) + 1 :]
        base += len(held) - len(kept)
        held = kept
    return None


def _begins_record(file: IO[bytes], offset: int) -> bool:
    file.seek(offset)
    try:
        return zlib.decompressobj(31).decompress(file.read(4096), len(b"WARC/")) == b"WARC/"
    except zlib.error:
        return False
