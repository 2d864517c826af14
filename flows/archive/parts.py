"""The WARC and ARC files in a file: itself, or the entries of a WACZ.

A WACZ is a zip file with archives under `archive/`. Its index and its list of pages are not
used, because they may be wrong. Entries that are stored are read in place; compressed ones
are inflated to a temporary file first.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Literal

from flows.archive.compression import compression_of, has_dictionary, read_begin
from flows.archive.heads import ARC, heads_in
from flows.archive.warc_reader import first_record
from flows.errors import ArchiveError

ZIP_START: Final = b"PK\x03\x04"
MAX_ENTRY_BYTES: Final = 5_000_000_000  # of a compressed entry, once inflated
_COPIED: Final = 1 << 14  # an error loses what came before it in the same piece
_SNIFFED_BYTES: Final = 1 << 21  # show what a file is, also after some garbage
_HEAD_BYTES: Final = 1 << 16  # hold the head of any record
_FOLDER: Final = "archive/"
_LOCAL_HEAD: Final = struct.Struct("<26xHH")  # of a zip entry: lengths of its name and extra
# What zipfile raises for damaged files; it checks little.
_ZIP_ERRORS: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, IndexError, NotImplementedError, OSError, RuntimeError, ValueError),
)


class Part:
    """One WARC or ARC file: a whole file, or an entry of a zip file.

    Attributes:
        name: The name of the file without its folder; for an entry, with its name after it.
        is_salvaged: Whether it is a zip file whose list of entries is lost. What is between
            its records is not damage.
        damage: What was wrong with the entry; None if nothing was found.
    """

    def __init__(
        self, path: Path, entry: zipfile.ZipInfo | None = None, *, is_salvaged: bool = False
    ) -> None:
        self.path = path
        self.is_salvaged = is_salvaged
        self.name = path.name if entry is None else f"{path.name}/{entry.filename}"
        self.damage: ArchiveError | None = None
        self._entry = entry
        self._inflated: int | None = None  # descriptor of a temporary file

    def open(self, _mode: Literal["rb"] = "rb", /) -> IO[bytes]:
        """Open the part for reading; it can be opened several times.

        Raises:
            OSError: The file cannot be opened or read.
        """
        if self._entry is None:
            return self.path.open("rb")
        if self._entry.compress_type == zipfile.ZIP_STORED and not _is_encrypted(self._entry):
            file = self.path.open("rb")
            start = _start_of(file, self._entry)
            return _slice(file.detach(), start, self._entry.file_size)
        if self._inflated is None:
            with tempfile.TemporaryFile() as target:
                self._inflate(self._entry, target)
                self._inflated = os.dup(target.fileno())
            weakref.finalize(self, os.close, self._inflated)
        copy = io.FileIO(os.dup(self._inflated))
        return _slice(copy, 0, os.fstat(self._inflated).st_size)

    def _inflate(self, entry: zipfile.ZipInfo, target: IO[bytes]) -> None:
        """Write an entry's content to a file, as far as it can be read."""
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(entry) as content:
                while piece := content.read(_COPIED):
                    if target.tell() + len(piece) > MAX_ENTRY_BYTES:
                        self.damage = ArchiveError(
                            self.name, 0, "record_too_large",
                            f"more than {MAX_ENTRY_BYTES:,} bytes: unpack it and load what is in it",
                        )  # fmt: skip
                        return
                    target.write(piece)
        except _ZIP_ERRORS as exc:
            detail = f"zip: {exc}: pages after {target.tell()} bytes of it are lost"
            self.damage = ArchiveError(self.name, target.tell(), "bad_record", detail)
        finally:
            target.flush()


def parts_of(path: Path) -> Iterator[Part | ArchiveError]:
    """Yield the WARC and ARC files in the file at `path`, in their order there.

    If the list of entries at the end of a zip file is lost, the zip file itself is yielded,
    after an error: most WACZ files store their entries as they are, so records are found.

    Raises:
        OSError: The file cannot be opened or read.
    """
    if not _is_zip(path):
        yield Part(path)
        return
    try:
        entries = _entries(path)
    except _ZIP_ERRORS as exc:
        detail = (
            f"the zip file is cut or damaged, so only what it stores uncompressed is read: {exc}"
        )
        yield ArchiveError(path.name, path.stat().st_size, "truncated", detail)
        yield Part(path, is_salvaged=True)
        return
    if not entries:
        detail = f"this zip file has no folder {_FOLDER} with WARC files: give WARC or WACZ files"
        yield ArchiveError(path.name, 0, "garbage", detail)
    yield from (Part(path, entry) for entry in entries)


def web_archive_kind(path: Path) -> str | None:
    """Return what kind of web archive the file at `path` is, from its content.

    Returns:
        `WARC`, `WARC (gzip)`, `WARC (zstd)`, `ARC`, `ARC (gzip)`, `ARC (zstd)` or `WACZ`; None
        if it is none of them.

    Raises:
        OSError: The file cannot be opened or read.
    """
    if not _is_zip(path):
        with path.open("rb") as file:
            return _kind_of(io.BytesIO(file.read(_SNIFFED_BYTES)))
    try:
        parts = [Part(path, entry) for entry in _entries(path)]
    except _ZIP_ERRORS:
        with path.open("rb") as file:
            return is_web_archive(file.read(_HEAD_BYTES))
    for part in parts:
        with part.open() as file:
            if _kind_of(file):
                return "WACZ"
    return None


def is_web_archive(head: bytes) -> str | None:
    """Return what kind of web archive a file is, from its first 64 KB.

    A zip file counts as a WACZ if an entry in these bytes is in the folder `archive/`.
    `web_archive_kind` also looks at what the entries hold.
    """
    if not head.startswith(ZIP_START):
        return _kind_of(io.BytesIO(head))
    at = 0
    while at >= 0:
        name = head[at + 30 : at + 30 + len(_FOLDER) + 1]
        if name.startswith(_FOLDER.encode()) and len(name) > len(_FOLDER):
            return "WACZ"
        at = head.find(ZIP_START, at + 1)
    return None


def _kind_of(file: IO[bytes]) -> str | None:
    compression = compression_of(file)
    if has_dictionary(file):
        return "WARC (zstd)"  # only WARC files have one; it may be longer than the bytes here
    begin = read_begin(file, compression)
    heads = heads_in(begin)
    if heads is None and compression is None:
        # After garbage, a whole record is needed: a text about WARC files shows heads too.
        found = first_record(file)
        file.seek(found.offset if found else 0)
        heads = heads_in(file.read(_HEAD_BYTES))
    if heads is None:
        return None
    name = "ARC" if heads is ARC else "WARC"
    return f"{name} ({compression.name})" if compression else name


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(ZIP_START)) == ZIP_START


def _entries(path: Path) -> list[zipfile.ZipInfo]:
    """Return the entries with archives; raises BadZipFile if one is not where it should be."""
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if entry.filename]
    entries = [
        entry for entry in entries if f"/{_FOLDER}" in f"/{entry.filename}" and not entry.is_dir()
    ]
    with path.open("rb") as file:
        for entry in entries:
            file.seek(max(0, entry.header_offset))
            if entry.header_offset < 0 or file.read(len(ZIP_START)) != ZIP_START:
                raise zipfile.BadZipFile(f"{entry.filename} is not where the list says")
    return entries


def _is_encrypted(entry: zipfile.ZipInfo) -> bool:
    return bool(entry.flag_bits & 1)


def _start_of(file: IO[bytes], entry: zipfile.ZipInfo) -> int:
    """Return where the content of a stored entry begins."""
    file.seek(entry.header_offset)
    head = file.read(_LOCAL_HEAD.size).ljust(_LOCAL_HEAD.size, b"\0")
    lengths: tuple[int, int] = _LOCAL_HEAD.unpack(head)
    return entry.header_offset + _LOCAL_HEAD.size + sum(lengths)


def _slice(file: io.RawIOBase, start: int, size: int) -> IO[bytes]:
    return io.BufferedReader(_Slice(file, start, size))  # type: ignore[type-var]  # raw files may be not ready; this one is


class _Slice(io.RawIOBase):
    """A range of a file as a file of its own."""

    def __init__(self, file: io.RawIOBase, start: int, size: int) -> None:
        super().__init__()
        self._file, self._start, self._size = file, start, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        base: int = (0, self._at, self._size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]
        wanted = max(0, min(len(buffer), self._size - self._at))
        piece = os.pread(self._file.fileno(), wanted, self._start + self._at)
        read = len(piece)
        buffer[:read] = piece
        self._at += read
        return read

    def close(self) -> None:
        self._file.close()
        super().close()
