"""The archive: every page as it came, in WARC files that outlive this program.

One record a gzip member, so that file and offset lead to it; files are rotated by day
and size. `write` returns when the bytes are on disk, so the warehouse never points at
what a power cut can take. A file that does not end with a whole member, as after a kill,
is left as it is and a new one begun: nothing that was written is ever cut off.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import uuid
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from flows.archive.captures import Capture, Original, Stored, pack_capture, pack_warcinfo
from flows.archive.remnants import remnant_path
from flows.archive.warc_reader import GZIP_MAGIC

MAX_FILE_BYTES = 1_000_000_000  # what WARC tools agree on (ISO 28500, annex C)
_TAIL = 1 << 20
_INDEX_SIZE = 50_000  # digests remembered while the archive is open


class ArchiveWriter:
    """Appends captures to the files of a folder; use it as a context manager.

    Nothing is opened before the first write. Another process that writes to the same
    folder gets files of its own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime],
        find_original: Callable[[str], Original | None] = lambda _: None,
        max_file_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        """Set it up.

        Args:
            folder: Where the files lie; made with the first one.
            now: The wall clock, UTC: the day of a file.
            find_original: Returns where a body with this SHA-256 was stored by an
                earlier run, None where none was.
            max_file_bytes: A new file is begun above this.
        """
        self.folder = folder
        self._now, self._find_original = now, find_original
        self._max_file_bytes = max_file_bytes
        self._originals: dict[str, Original] = {}
        self._file: int | None = None
        self._name, self._day, self._size = "", "", 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, captures: Iterable[Capture]) -> list[Stored]:
        """Append captures and return where each one lies, in the order given.

        A body that is stored already becomes a `revisit` record, which holds the new
        headers and points at the first one.

        Raises:
            OSError: The disk is full or broken; the records of this call may be missing,
                those of earlier calls are whole.
        """
        stored = []
        for capture in captures:
            original = self._originals.get(capture.body_sha256)
            if original is None and capture.body:
                original = self._find_original(capture.body_sha256)
            record_id = f"urn:uuid:{uuid.uuid4()}"
            notes, record = pack_capture(capture, record_id, original)
            offset = self._append(notes + record) + len(notes)
            stored.append(
                Stored(
                    warc_file=self._name,
                    warc_offset=offset,
                    record_id=record_id,
                    is_revisit=original is not None,
                )
            )
            if original is None and capture.body:
                self._remember(capture, stored[-1])
        if self._file is not None:
            os.fsync(self._file)
        return stored

    def close(self) -> None:
        """Put everything on disk and let the file go."""
        if self._file is not None:
            os.fsync(self._file)
            os.close(self._file)
            self._file = None

    def _remember(self, capture: Capture, stored: Stored) -> None:
        if len(self._originals) >= _INDEX_SIZE:
            del self._originals[next(iter(self._originals))]
        self._originals[capture.body_sha256] = Original(
            warc_file=stored.warc_file,
            warc_offset=stored.warc_offset,
            url=capture.url,
            captured_at=capture.captured_at,
            record_id=stored.record_id,
        )

    def _append(self, record: bytes) -> int:
        day = f"{self._now():%Y%m%d}"
        if self._file is None or day != self._day or self._size >= self._max_file_bytes:
            self.close()
            self._day = day
            self._open()
        offset = self._size
        self._write_all(record)
        return offset

    def _write_all(self, data: bytes) -> None:
        if self._file is None:
            raise AssertionError("unreachable")
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError:
            with contextlib.suppress(OSError):  # the first error tells; the tail is checked
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        number = self._last_number()
        # The name of a file that was removed for its age is not given again.
        while self._was_removed(number) or not self._open_file(self._path(number)):
            number += 1

    def _path(self, number: int) -> Path:
        return self.folder / f"onrecord-{self._day}-{number:05}.warc.gz"

    def _was_removed(self, number: int) -> bool:
        path = self._path(number)
        return not path.exists() and remnant_path(self.folder, path.name).exists()

    def _last_number(self) -> int:
        names = [path.name for path in self.folder.glob(f"onrecord-{self._day}-*.warc.gz")]
        numbers = [name.removesuffix(".warc.gz").rpartition("-")[2] for name in names]
        return max((int(number) for number in numbers if number.isdigit()), default=0)

    def _open_file(self, path: Path) -> bool:
        """Make `path` the open file; return False where another one has to be."""
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = os.fstat(file).st_size
        except BlockingIOError:
            size = self._max_file_bytes  # another process writes to it
        if size >= self._max_file_bytes or (size and not ends_whole(file, size)):
            os.close(file)
            return False
        self._file, self._name, self._size = file, path.name, size
        if not size:
            self._write_all(pack_warcinfo(path.name, self._now()))
            self._sync_folder()
        return True

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def ends_whole(file: int, size: int) -> bool:
    """Return whether an open file ends with the end of a gzip member.

    Only the last megabyte is looked at; a larger last member counts as not whole.
    """
    tail = os.pread(file, _TAIL, max(0, size - _TAIL))
    at = len(tail)
    while (at := tail.rfind(GZIP_MAGIC, 0, at)) >= 0:
        inflater = zlib.decompressobj(31)
        try:
            inflater.decompress(tail[at:])
        except zlib.error:
            continue
        if inflater.eof and not inflater.unused_data:
            return True
    return False
