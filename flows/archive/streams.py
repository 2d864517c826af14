"""The bytes of an archive file, plain or inflated, read through a window.

Only the window is held, so files and decompression bombs of any size are read in bounded
memory. Bytes are dropped from its front as they are used.
"""

from __future__ import annotations

import contextlib
import sys
import zlib
from abc import ABC, abstractmethod
from typing import IO, Final, Protocol

from flows.archive.heads import BLANK_LINE, Heads, heads_in
from flows.archive.warc import HEAD_LIMIT_BYTES
from flows.archive.zstd import ZSTD_START, ZstdDict, ZstdError, new_decompressor

GZIP_START: Final = b"\x1f\x8b\x08"  # gzip with deflate
_BEGIN: Final = 4096  # inflated bytes that show what a part holds
_BEGIN_READ: Final = 4096
_FRAME_READ: Final = 1 << 18  # a zstd block yields nothing before it is whole
_CHUNK: Final = 1 << 16
_PACKED_CHUNK: Final = 1 << 14  # most records are smaller, and the next one is read anew
_ZSTD_PIECE: Final = 1 << 10
_STEP: Final = 64  # bytes inflated at a time up to an error
_INFLATED: Final = 1 << 20
SEEN_AFTER: Final = len(BLANK_LINE) + len(b"WARC/")  # bytes that show whether a record ends
_BLANK_LIMIT: Final = 1 << 22  # line ends between records; more would be an attack
_SKIP_LIMIT: Final = 1 << 30  # inflating and dropping this much takes about two seconds


class ByteStream:
    """The bytes of a plain file.

    Attributes:
        held: The window: bytes that were read and not yet dropped.
        is_at_end: Whether no bytes follow the window.
        is_after_blank: Whether a blank line is before the head that `skip_to_record` found.
    """

    unit = "file"  # what the bytes are the content of, for messages

    def __init__(self, file: IO[bytes], offset: int = 0) -> None:
        self.held = bytearray()
        self.is_at_end = False
        self.is_after_blank = False
        self._file = file
        self._read_to = offset
        file.seek(offset)

    @property
    def place(self) -> tuple[int, int]:
        """Where the window begins: an offset in the file, and bytes after it once inflated."""
        return self._read_to - len(self.held), 0

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

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes and drop them."""
        taken = bytes(self.held[:count])
        self._drop(count)
        return taken

    def advance(self, count: int) -> None:
        """Drop the next `count` bytes."""
        while count and self.fill(1):
            dropped = min(count, len(self.held))
            self._drop(dropped)
            count -= dropped

    def join_next(self) -> bool:
        """Go on in the next compressed part if no record begins there; False if not."""
        return False

    def skip_blank_lines(self) -> bool:
        """Drop line ends before a record; return whether anything follows."""
        dropped = 0
        while dropped < _BLANK_LIMIT and self.fill(1):
            blank = len(self.held) - len(self.held.lstrip(b"\r\n"))
            self._drop(blank)
            dropped += blank
            if self.held:
                return True
        return False

    def skip_to_record(self, heads: Heads, *, start: int = 0, most: int | None = None) -> bool:
        """Drop everything before the next valid head.

        Args:
            heads: The format.
            start: Where to begin in the window.
            most: Drop no more bytes than this.

        Returns:
            Whether there is one. If not, the bytes up to the end or `most` were dropped.
        """
        left = self._search_limit if most is None else most
        while True:
            at = heads.find(self.held, start)
            if 0 <= at < left:
                self.fill(at + HEAD_LIMIT_BYTES)
                if heads.is_head(self.held, at):
                    self.is_after_blank = self.held[max(0, at - 4) : at] == BLANK_LINE
                    self._drop(at)
                    return True
                start = at + 1
                continue
            if at >= left or self.is_at_end or len(self.held) >= left + heads.mark_bytes:
                self._drop(left)
                return False
            done = max(0, min(left, len(self.held) - heads.mark_bytes))
            self._drop(done)
            left, start = left - done, max(0, start - done)
            self._read_more()

    def skip_block(self, heads: Heads, count: int) -> bool:
        """Drop a block that is too large to be held; return whether a record ends after it.

        If not, its length is wrong, and the window stays where it was.
        """
        end = self._read_to - len(self.held) + count
        size = self._file.seek(0, 2)
        self._file.seek(min(end, size))
        is_end = end <= size and heads.ends_block(self._file.read(SEEN_AFTER))
        if is_end:
            self.held.clear()
            self._read_to = end
        self._file.seek(self._read_to)
        return is_end

    @property
    def _search_limit(self) -> int:
        return sys.maxsize

    def _drop(self, count: int) -> None:
        del self.held[:count]

    def _read_more(self) -> None:
        chunk = self._file.read(_CHUNK)
        self._read_to += len(chunk)
        self.held += chunk
        self.is_at_end = not chunk


class _Inflater(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Inflated(ByteStream, ABC):
    """The inflated bytes of the compressed part at an offset, such as a gzip member."""

    def __init__(self, file: IO[bytes], offset: int) -> None:
        super().__init__(file, offset)
        self._starts = [(0, offset)]  # of each part, in the inflated bytes and in the file
        self._dropped = 0
        self._problem = ""
        self._open()

    @property
    def place(self) -> tuple[int, int]:
        """Where the window begins: the offset of its part, and bytes after it once inflated."""
        while len(self._starts) > 1 and self._starts[1][0] <= self._dropped:
            del self._starts[0]
        before, offset = self._starts[0]
        return offset, self._dropped - before

    @property
    def problem(self) -> str:
        """The error that the decompressor reported; empty if the bytes are sound."""
        return self._problem

    @property
    def is_torn(self) -> bool:
        """Whether the file ends inside the part."""
        return self.is_at_end and not self._is_whole and not self._problem

    @property
    def next_part_at(self) -> int | None:
        """The offset after this part; None if it was not read to its end."""
        return self._read_to - len(self._unused) if self._is_whole else None

    @property
    def search_from(self) -> int:
        """The offset to search from for the next part if `next_part_at` is None.

        A damaged part is searched from its start.
        """
        if self._problem or self.is_torn:
            return self._starts[-1][1] + 1
        return self._read_to

    def join_next(self) -> bool:
        """Go on in the next part if it is the rest of a record; return False if it is not."""
        offset = self.next_part_at
        if offset is None or not self._continues_at(offset):
            return False
        self._starts.append((self._dropped + len(self.held), offset))
        self._file.seek(offset)
        self._read_to = offset
        self.is_at_end = False
        self._open()
        return True

    def skip_block(self, heads: Heads, count: int) -> bool:
        """Inflate and drop a large block; return whether a record ends after it.

        If another record begins earlier, the window stops there. A block that would take too
        long, as in a decompression bomb, is not read to its end.
        """
        end = self._dropped + count
        is_found = self.skip_to_record(heads, most=min(count, _SKIP_LIMIT))
        if is_found or self._dropped < end:
            return False
        self.fill(SEEN_AFTER)
        return heads.ends_block(bytes(self.held[:SEEN_AFTER]))

    @property
    def _search_limit(self) -> int:
        return _SKIP_LIMIT

    def _drop(self, count: int) -> None:
        self._dropped += min(count, len(self.held))
        del self.held[:count]

    def _fail(self, error: Exception, data: bytes, inflater: _Inflater) -> None:
        """Note an error, and hold what came before it in `data`, from `inflater`."""
        self._problem = f"{self.unit.partition(' ')[0]}: {error}"
        self.is_at_end = True
        end = len(self.held) + _INFLATED
        with contextlib.suppress(zlib.error, ZstdError):
            for at in range(0, len(data), _STEP):
                self.held += inflater.decompress(data[at : at + _STEP], _INFLATED)
                if len(self.held) >= end:
                    break

    @property
    @abstractmethod
    def _is_whole(self) -> bool:
        """Whether the part was inflated to its end."""

    @property
    @abstractmethod
    def _unused(self) -> bytes:
        """Bytes read after the end of the part."""

    @abstractmethod
    def _open(self) -> None:
        """Begin to inflate the part at the place where the file is."""

    @abstractmethod
    def _continues_at(self, offset: int) -> bool:
        """Whether a part without the begin of a record is at `offset`."""


class GzipMember(Inflated):
    """The inflated bytes of the gzip member at an offset."""

    unit = "gzip member"

    @property
    def _is_whole(self) -> bool:
        return self._inflater.eof

    @property
    def _unused(self) -> bytes:
        return self._inflater.unused_data

    def _open(self) -> None:
        self._inflater = zlib.decompressobj(31)
        self._is_begun = False
        self._unconsumed = b""

    def _continues_at(self, offset: int) -> bool:
        begin = begin_of_member(self._file, offset)
        self._file.seek(self._read_to)
        return begin is not None and heads_in(begin) is None

    def _read_more(self) -> None:
        data = self._unconsumed
        if not data:
            data = self._file.read(_PACKED_CHUNK)
            self._read_to += len(data)
        before = self._inflater.copy() if self._is_begun else None
        try:
            self.held += self._inflater.decompress(data, _INFLATED)
        except zlib.error as exc:
            self._fail(exc, data, before or zlib.decompressobj(31))
            return
        self._is_begun = True
        self._unconsumed = self._inflater.unconsumed_tail
        self.is_at_end = self._inflater.eof or not data


class ZstdFrame(Inflated):
    """The inflated bytes of the Zstandard frame at an offset."""

    unit = "zstd frame"

    def __init__(self, file: IO[bytes], offset: int, dictionary: ZstdDict | None) -> None:
        self._dictionary = dictionary
        super().__init__(file, offset)

    @property
    def _is_whole(self) -> bool:
        return self._inflater.eof

    @property
    def _unused(self) -> bytes:
        return self._inflater.unused_data

    def _open(self) -> None:
        self._inflater = new_decompressor(self._dictionary)
        self._is_begun = False

    def _continues_at(self, offset: int) -> bool:
        begin = begin_of_frame(self._file, offset, self._dictionary)
        self._file.seek(self._read_to)
        return begin is not None and heads_in(begin) is None

    def _read_more(self) -> None:
        data = b""
        if self._inflater.needs_input:
            # An error loses what came before it in the same piece. The state cannot be copied.
            data = self._file.read(_ZSTD_PIECE if self._is_begun else _PACKED_CHUNK)
            self._read_to += len(data)
            if not data:
                self.is_at_end = True
                return
        try:
            self.held += self._inflater.decompress(data, _INFLATED)
        except ZstdError as exc:
            is_first = not self._is_begun
            self._fail(exc, data if is_first else b"", new_decompressor(self._dictionary))
            return
        self._is_begun = True
        self.is_at_end = self._inflater.eof


def begin_of_member(file: IO[bytes], offset: int) -> bytes | None:
    """Return the first inflated bytes of the gzip member at `offset`; None if there is none."""
    file.seek(offset)
    data = file.read(_BEGIN_READ)
    if not data.startswith(GZIP_START):
        return None
    try:
        return zlib.decompressobj(31).decompress(data, _BEGIN)
    except zlib.error:
        return None


def begin_of_frame(file: IO[bytes], offset: int, dictionary: ZstdDict | None) -> bytes | None:
    """Return the first inflated bytes of the zstd frame at `offset`; None if there is none."""
    file.seek(offset)
    inflater = new_decompressor(dictionary)
    begin, data = b"", file.read(len(ZSTD_START))
    if data != ZSTD_START:
        return None
    try:
        while data and not begin and not inflater.eof and file.tell() < offset + _FRAME_READ:
            begin = inflater.decompress(data, _BEGIN)
            data = file.read(_BEGIN_READ)
    except ZstdError:
        return None
    return begin
