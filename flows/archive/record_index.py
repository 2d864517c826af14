"""Finds the records that other records refer to, among the web archives of one load.

A revisit refers to the record that has its body, a segment to the record it continues. An
archive is indexed when a record in it refers to another one, and the others only if that is
not found. Each is read for this at most once. The index lies in a temporary file, which
SQLite deletes, so it takes little memory for any number of records.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from flows.archive.parts import Part, parts_of
from flows.archive.warc import WarcRecord
from flows.archive.warc_reader import MAX_RECORD_BYTES, read_archive, read_record
from flows.errors import ArchiveError

_WITH_BODY = frozenset({"response", "resource"})


class RecordIndex:
    """Finds records by what other records say about them; use it as a context manager."""

    def __init__(self, paths: Sequence[Path], *, max_record_bytes: int = MAX_RECORD_BYTES) -> None:
        """Set up the index of the archives at `paths`, which are searched in this order."""
        self._waiting = dict.fromkeys(paths)
        self._max_record_bytes = max_record_bytes
        self._added: set[Path] = set()
        self._parts: list[Part] = []
        self._rows: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Delete the index."""
        if self._rows is not None:
            self._rows.close()

    def find(self, keys: Iterable[str]) -> WarcRecord | None:
        """Return the record with the first of `keys` that any record has; None for none."""
        wanted = [_digest(key) for key in keys]
        while True:
            for key in wanted:
                place = self._look_up(key)
                if place is not None:
                    return self._read(*place)
            if not self._waiting:
                return None
            self.add(next(iter(self._waiting)))

    def add(self, path: Path) -> None:
        """Index the archive at `path` now, if it is not yet."""
        if path in self._added:
            return
        self._added.add(path)
        self._waiting.pop(path, None)
        if self._rows is None:
            # A database without a name is a temporary file. Threads take turns, never at once.
            self._rows = sqlite3.connect("", check_same_thread=False)
            self._rows.execute(
                "CREATE TABLE records (key BLOB PRIMARY KEY, part INT, place INT, inner INT)"
                " WITHOUT ROWID"
            )
        with contextlib.suppress(OSError):  # the file is reported when it is read itself
            for part in parts_of(path):
                if isinstance(part, Part):
                    self._parts.append(part)
                    rows = self._rows_of(part, len(self._parts) - 1)
                    self._rows.executemany(
                        "INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?)", rows
                    )

    def _look_up(self, key: bytes) -> tuple[int, int, int] | None:
        if self._rows is None:
            return None
        query = "SELECT part, place, inner FROM records WHERE key = ?"
        found: tuple[int, int, int] | None = self._rows.execute(query, (key,)).fetchone()
        return found

    def _read(self, part: int, offset: int, inner: int) -> WarcRecord | None:
        with contextlib.suppress(ArchiveError, OSError):
            limit = self._max_record_bytes
            return read_record(self._parts[part], offset, inner, max_record_bytes=limit)
        return None

    def _rows_of(self, part: Part, number: int) -> Iterator[tuple[bytes, int, int, int]]:
        for record in read_archive(part, max_record_bytes=self._max_record_bytes):
            if isinstance(record, WarcRecord):
                for key in _keys_of(record):
                    yield _digest(key), number, record.offset, record.inner


def original_keys(revisit: WarcRecord) -> list[str]:
    """Return the keys of the record that has the body of a revisit, the surest first."""
    fields = revisit.fields
    url = fields.get("warc-refers-to-target-uri", "").strip("<>")
    date, record_id = fields.get("warc-refers-to-date"), fields.get("warc-refers-to")
    digest = fields.get("warc-payload-digest")
    keys = [f"id {record_id}"] if record_id else []
    keys += [f"capture {url} {date}"] if url and date else []
    return [*keys, f"digest {digest}"] if digest else keys


def origin_key(segment: WarcRecord) -> str:
    """Return the key of the record that a segment continues."""
    return f"id {segment.fields.get('warc-segment-origin-id')}"


def segment_key(record: WarcRecord, number: int) -> str:
    """Return the key of a segment of a record."""
    return f"segment {record.fields.get('warc-record-id')} {number}"


def _keys_of(record: WarcRecord) -> Iterator[str]:
    fields = record.fields
    if record.type == "continuation":
        origin, number = fields.get("warc-segment-origin-id"), fields.get("warc-segment-number")
        yield f"segment {origin} {number}"
    if "warc-record-id" in fields and (
        record.type in _WITH_BODY or "warc-segment-number" in fields
    ):
        yield f"id {fields['warc-record-id']}"
    if record.type in _WITH_BODY:
        yield f"capture {record.target_url} {fields.get('warc-date')}"
        if "warc-payload-digest" in fields:
            yield f"digest {fields['warc-payload-digest']}"


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=16).digest()
