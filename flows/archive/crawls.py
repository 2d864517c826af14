"""Reads captures from the web archives of other tools: WARC, ARC and WACZ.

A revisit gets the body of the record it refers to, and the segments of a record are joined,
if these records are in the same archive or in one of the others that are given.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from flows.archive.captures import Capture
from flows.archive.parts import Part, parts_of
from flows.archive.reader import CAPTURES, build_capture, is_not_modified, load_capture, notes_of
from flows.archive.record_index import RecordIndex, origin_key, original_keys, segment_key
from flows.archive.remnants import is_remnant, read_records
from flows.archive.warc import WarcRecord
from flows.archive.warc_reader import MAX_RECORD_BYTES, read_archive
from flows.errors import ArchiveError

NO_ORIGINAL = "revisits whose original is in none of the files"
NO_SEGMENT = "records with a segment that is in none of the files"
NO_ORIGIN = "segments whose record is in none of the files"
_IN_A_ZIP = frozenset({"garbage", "truncated"})  # what is between the records of a zip file
_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,30}")  # tools may have types of their own


def read_crawl(
    path: Path,
    passed: Counter[str],
    *,
    index: RecordIndex | None = None,
    max_bytes: int = MAX_RECORD_BYTES,
) -> Iterator[Capture | ArchiveError]:
    """Yield the captures and the damage of a web archive, in file order.

    Args:
        path: The file.
        passed: Counts of records without a capture, by reason; updated here.
        index: The index of other archives, which may have what records of this one refer to.
        max_bytes: A larger record or body counts as damage.

    Raises:
        OSError: The file cannot be opened or read.
    """
    with contextlib.ExitStack() as stack:
        if index is None:
            index = stack.enter_context(RecordIndex([path], max_record_bytes=max_bytes))
        crawl = _Crawl(path, index, passed, max_bytes)
        for part in parts_of(path):
            if isinstance(part, ArchiveError):
                yield part
                continue
            last: WarcRecord | ArchiveError | None = None
            for last in _records(part, max_bytes):
                found = last if isinstance(last, ArchiveError) else crawl.read(last)
                if found is not None:
                    yield found
            if part.damage is not None and not isinstance(last, ArchiveError):
                yield part.damage


def _records(part: Part, max_bytes: int) -> Iterator[WarcRecord | ArchiveError]:
    if is_remnant(part.path):
        return read_records(part.path, max_record_bytes=max_bytes)
    found = read_archive(part, max_record_bytes=max_bytes)
    if not part.is_salvaged:
        return found
    return (one for one in found if not (isinstance(one, ArchiveError) and one.code in _IN_A_ZIP))


@dataclass(frozen=True, slots=True)
class _Crawl:
    """What is needed to read any record of a web archive.

    Attributes:
        path: The archive.
        passed: Counts of records without a capture, by reason.
    """

    path: Path
    index: RecordIndex
    passed: Counter[str]
    max_bytes: int

    def read(self, record: WarcRecord) -> Capture | ArchiveError | None:
        """Return the capture or the damage in a record; count a record without either."""
        try:
            if record.type in CAPTURES:
                return self._capture(record)
            if not _TYPE.fullmatch(record.type):
                detail = f"WARC-Type is {record.type[:40]!r}, expected a word"
                return ArchiveError(record.warc_file, record.offset, "bad_record", detail)
            if record.type != "continuation":
                self.passed[f"of type {record.type}"] += 1
            elif self._find([origin_key(record)]) is None:
                self.passed[NO_ORIGIN] += 1
        except ArchiveError as exc:
            return exc
        except FileNotFoundError as exc:
            return ArchiveError(record.warc_file, record.offset, "bad_record", str(exc))
        return None

    def _capture(self, record: WarcRecord) -> Capture | None:
        if "onrecord-refers-to-file" in record.fields or "onrecord-notes-length" in record.fields:
            return load_capture(self.path.parent, record, self.max_bytes)
        whole = self._joined(record)
        if whole is None:
            self.passed[NO_SEGMENT] += 1
            return None
        first: WarcRecord | None = whole
        if record.type == "revisit" and not is_not_modified(record):
            original = self._find(original_keys(record))
            first = original and self._joined(original)
        if first is None:
            self.passed[NO_ORIGINAL] += 1
            return None
        return build_capture(whole, first, notes_of(whole), self.max_bytes)

    def _find(self, keys: list[str]) -> WarcRecord | None:
        self.index.add(self.path)
        return self.index.find(keys)

    def _joined(self, record: WarcRecord) -> WarcRecord | None:
        """Return a record with its segments joined; None if one is missing."""
        if record.fields.get("warc-segment-number") is None:
            return record
        blocks, number, segment = [record.block], 1, record
        while "warc-segment-total-length" not in segment.fields:
            number += 1
            found = self._find([segment_key(record, number)])
            if found is None:
                return None
            segment = found
            blocks.append(segment.block)
            size = sum(map(len, blocks))
            if size > self.max_bytes:
                detail = f"{size} bytes in {number} segments, limit {self.max_bytes}"
                raise ArchiveError(record.warc_file, record.offset, "record_too_large", detail)
        is_whole = segment.fields["warc-segment-total-length"] == str(sum(map(len, blocks)))
        return replace(record, block=b"".join(blocks)) if is_whole else None
