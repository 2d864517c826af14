"""Writes captures to the archive's WARC files.

Each record is one gzip member, so that it can be read by file and offset. A new file is
started every day and above a size limit. `write` returns after the bytes are synced to
disk, so the warehouse never refers to records that a power cut could lose. A file that
ends inside a member (after a kill) is left unchanged and a new one is started; written
bytes are never removed.
"""

from __future__ import annotations

import contextlib
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
from flows.archive.streams import GZIP_START
from warehouse.files import sync_folder
from warehouse.lock import try_lock

MAX_FILE_BYTES = 1_000_000_000  # recommended for WARC tools (ISO 28500, annex C)
_TAIL = 1 << 20
_INDEX_SIZE = 50_000  # digests remembered while the archive is open


class ArchiveWriter:
    """Appends captures to the files of a folder; use it as a context manager.

    No file is opened before the first write. Each process that writes to the same folder
    gets its own files.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime],
        find_original: Callable[[str], Original | None] = lambda _: None,
        max_file_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        """Set up the writer.

        Args:
            folder: The archive's folder; it is created with the first file.
            now: The wall clock, UTC; it gives a file's day.
            find_original: Returns where an earlier run stored the body with a SHA-256, or
                None if it was not stored.
            max_file_bytes: Above this size a new file is started.
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

    @property
    def end(self) -> tuple[str, int]:
        """The name and size of the file that was last written to; "" and 0 before the first."""
        return self._name, self._size

    def write(self, captures: Iterable[Capture], *, is_synced: bool = True) -> list[Stored]:
        """Append captures and return where each one was stored, in the order given.

        If a body is already stored, the capture becomes a `revisit` record that holds the
        new headers and refers to the stored body.

        Args:
            captures: What to append.
            is_synced: Whether to sync the file, so that a power cut loses nothing. A later
                call with a sync, and `close`, sync what was written before.

        Raises:
            OSError: The disk is full or broken. Records of this call may be missing;
                records of earlier calls are complete.
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
        if is_synced and self._file is not None:
            os.fsync(self._file)
        return stored

    def close(self) -> None:
        """Sync the open file to disk and close it."""
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
            # Only the first error is reported; whoever opens the file next checks its end.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        number = self._last_number()
        # The name of a file that was removed because of its age is not reused.
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
        """Open `path` for writing; return False if another file has to be used."""
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        is_ours = try_lock(file)  # otherwise another process writes to it
        size = os.fstat(file).st_size
        if not is_ours or size >= self._max_file_bytes or (size and not ends_whole(file, size)):
            os.close(file)
            return False
        self._file, self._name, self._size = file, path.name, size
        if not size:
            self._write_all(pack_warcinfo(path.name, self._now()))
            sync_folder(self.folder)
        return True


def ends_whole(file: int, size: int) -> bool:
    """Return whether an open file ends with a complete gzip member.

    Only the last megabyte is inspected; a larger last member counts as incomplete.
    """
    tail = os.pread(file, _TAIL, max(0, size - _TAIL))
    at = len(tail)
    while (at := tail.rfind(GZIP_START, 0, at)) >= 0:
        inflater = zlib.decompressobj(31)
        try:
            inflater.decompress(tail[at:])
        except zlib.error:
            continue
        if inflater.eof and not inflater.unused_data:
            return True
    return False
