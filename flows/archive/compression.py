"""Compressed archive files: where their parts are, and how to inflate one.

A gzip file consists of members, a Zstandard file of frames. In most archives each holds one
record, so that a record can be read alone and damage ends with its part.

A `.warc.zst` file may begin with a dictionary for all its frames, in a skippable frame of
its own (IIPC, Zstandard Compression for WARC Files 1.0). The dictionary may be compressed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import IO, Final

from flows.archive.heads import WARC, heads_in
from flows.archive.streams import (
    GZIP_START,
    ByteStream,
    GzipMember,
    Inflated,
    ZstdFrame,
    begin_of_frame,
    begin_of_member,
)
from flows.archive.zstd import ZSTD_START, ZstdDict, ZstdError, new_decompressor

_CHUNK: Final = 1 << 16
_DICTIONARY: Final = b"\x5d\x2a\x4d\x18"
_DICTIONARY_START: Final = b"\x37\xa4\x30\xec"
_DICTIONARY_LIMIT: Final = 1 << 26  # 64 MB, as for a record; zstd makes them of 100 KB
_SKIPPABLE_END: Final = b"\x2a\x4d\x18"  # the first byte is 0x50 to 0x5f


class Compression(ABC):
    """How the parts of a file are compressed."""

    name: str
    missing = ""  # what the parts need and the file lacks

    @abstractmethod
    def part_at(self, file: IO[bytes], offset: int) -> int | None:
        """Return where the part at `offset` begins, after what is to be skipped.

        None if no part begins there; the end of the file if there is nothing to inflate.
        """

    @abstractmethod
    def open(self, file: IO[bytes], offset: int) -> Inflated:
        """Return the inflated bytes of the part at `offset`."""

    @abstractmethod
    def find(self, file: IO[bytes], offset: int) -> int | None:
        """Return where the next part with a record is, at `offset` or later; None for nowhere."""


class Gzip(Compression):
    """Members of gzip."""

    name = "gzip"

    def part_at(self, file: IO[bytes], offset: int) -> int | None:
        """Return `offset` if a member begins there."""
        file.seek(offset)
        return offset if file.read(len(GZIP_START)) == GZIP_START else None

    def open(self, file: IO[bytes], offset: int) -> GzipMember:
        """Return the inflated bytes of the member at `offset`."""
        return GzipMember(file, offset)

    def find(self, file: IO[bytes], offset: int) -> int | None:
        """Return where the next member with a record is."""
        return _find(file, offset, (GZIP_START,), lambda at: _is_record(begin_of_member(file, at)))


class Zstd(Compression):
    """Frames of Zstandard, and the dictionary that came before them."""

    name = "zstd"

    def __init__(self) -> None:
        self._dictionary: ZstdDict | None = None

    def part_at(self, file: IO[bytes], offset: int) -> int | None:
        """Return where the next frame begins; skippable frames are read or skipped."""
        while True:
            file.seek(offset)
            head = file.read(8)
            if head[:4] == ZSTD_START or not head:
                return offset
            end = offset + 8 + int.from_bytes(head[4:], "little")
            if not _is_skippable(head) or end > file.seek(0, 2):
                return None
            if head.startswith(_DICTIONARY):
                self._dictionary = _read_dictionary(file, offset + 8, end)
                self.missing = "" if self._dictionary else "the file's dictionary is damaged"
            offset = end

    def open(self, file: IO[bytes], offset: int) -> ZstdFrame:
        """Return the inflated bytes of the frame at `offset`."""
        return ZstdFrame(file, offset, self._dictionary)

    def find(self, file: IO[bytes], offset: int) -> int | None:
        """Return where the next frame with a record or the next dictionary is."""

        def is_part(at: int) -> bool:
            if has_dictionary(file, at):
                return True
            return _is_record(begin_of_frame(file, at, self._dictionary))

        return _find(file, offset, (ZSTD_START, _DICTIONARY), is_part)


def has_dictionary(file: IO[bytes], offset: int = 0) -> bool:
    """Whether a frame with a dictionary begins at `offset`."""
    file.seek(offset)
    head = file.read(12)
    return head.startswith(_DICTIONARY) and head[8:] in {ZSTD_START, _DICTIONARY_START}


def compression_of(file: IO[bytes]) -> Compression | None:
    """Return how an archive file is compressed; None if it is not.

    A file that begins with garbage is searched for its first record.
    """
    file.seek(0)
    begin = file.read(_CHUNK)
    for compression, is_kind in ((Gzip(), begin.startswith(GZIP_START)), (Zstd(), _is_zstd(begin))):
        if is_kind:
            return compression
    if heads_in(begin) is not None:
        return None
    found = [(at, kind) for kind in (Gzip(), Zstd()) if (at := kind.find(file, 0)) is not None]
    if not found:
        return None
    at, compression = min(found, key=lambda pair: pair[0])
    plain = ByteStream(file)
    is_plain = plain.skip_to_record(WARC, most=at)  # the compressed record is inside of another
    return None if is_plain else compression


def read_begin(file: IO[bytes], compression: Compression | None) -> bytes:
    """Return the first inflated bytes of a file, to recognise what it holds."""
    if compression is None:
        file.seek(0)
        return file.read(_CHUNK)
    at = compression.part_at(file, 0)
    if at is None:
        at = compression.find(file, 0)
    if at is None:
        return b""
    stream = compression.open(file, at)
    stream.fill(_CHUNK)
    return bytes(stream.held[:_CHUNK])


def _is_zstd(begin: bytes) -> bool:
    return begin.startswith(ZSTD_START) or _is_skippable(begin)


def _is_skippable(head: bytes) -> bool:
    return len(head) >= 8 and 0x50 <= head[0] <= 0x5F and head[1:4] == _SKIPPABLE_END


def _is_record(begin: bytes | None) -> bool:
    return begin is not None and heads_in(begin) is not None


def _read_dictionary(file: IO[bytes], start: int, end: int) -> ZstdDict | None:
    file.seek(start)
    data = file.read(min(end - start, _DICTIONARY_LIMIT))
    try:
        if data.startswith(ZSTD_START):
            data = new_decompressor().decompress(data, _DICTIONARY_LIMIT)
        return ZstdDict(data, is_raw=not data.startswith(_DICTIONARY_START))
    except (ValueError, ZstdError):
        return None


def _find(
    file: IO[bytes], offset: int, marks: tuple[bytes, ...], is_part: Callable[[int], bool]
) -> int | None:
    """Return where one of `marks` (of equal length) begins a part, from `offset` on."""
    file.seek(offset)
    held, base = b"", offset
    while chunk := file.read(_CHUNK):
        held += chunk
        read_to = file.tell()
        places = sorted(at for mark in marks for at in _places(held, mark))
        for at in places:
            if is_part(base + at):
                return base + at
        file.seek(read_to)
        kept = held[-len(marks[0]) + 1 :]
        base += len(held) - len(kept)
        held = kept
    return None


def _places(held: bytes, mark: bytes) -> list[int]:
    places = []
    at = held.find(mark)
    while at >= 0:
        places.append(at)
        at = held.find(mark, at + 1)
    return places
