"""Captures had back from the archive, or from the WARC files of another crawler."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flows.archive.archive_reader import MAX_RECORD_BYTES
from flows.archive.captures import Capture
from flows.archive.http_message import read_message
from flows.archive.remnants import read_records, read_stored
from flows.archive.warc import WarcRecord
from flows.errors import ArchiveError

_CAPTURES: Final = frozenset({"resource", "response", "revisit"})
_LONGEST_CHAIN: Final = 8  # revisits of revisits


def read_capture(
    folder: Path, warc_file: str, offset: int, *, max_bytes: int = MAX_RECORD_BYTES
) -> Capture:
    """Return the capture that is stored at `offset` of `warc_file`, with its whole body.

    Raises:
        ArchiveError: There is no whole record, it is of another kind, what it refers to
            is missing, or it was removed because of its age.
        OSError: The file cannot be opened.
    """
    return _capture(folder, _read(folder, warc_file, offset, max_bytes), max_bytes)


def read_captures(
    path: Path, *, max_bytes: int = MAX_RECORD_BYTES
) -> Iterator[tuple[WarcRecord, Capture] | ArchiveError]:
    """Yield every capture of a WARC file, ours or not, and every damage, in file order.

    A `revisit` of another crawler whose first capture lies elsewhere is a damage too.

    Raises:
        OSError: The file cannot be opened or read.
    """
    for record in read_records(path, max_record_bytes=max_bytes):
        if isinstance(record, ArchiveError):
            yield record
        elif record.type in _CAPTURES:
            try:
                yield record, _capture(path.parent, record, max_bytes)
            except (ArchiveError, FileNotFoundError) as exc:
                at = (record.warc_file, record.offset)
                yield (
                    exc
                    if isinstance(exc, ArchiveError)
                    else ArchiveError(*at, "bad_record", str(exc))
                )


def read_whole(
    folder: Path, warc_file: str, offset: int, *, max_bytes: int = MAX_RECORD_BYTES
) -> WarcRecord:
    """Return the record that holds the body of the capture at `offset`: its own or another.

    Raises:
        ArchiveError: As `read_capture` does.
        OSError: The file cannot be opened.
    """
    return _whole(folder, _read(folder, warc_file, offset, max_bytes), max_bytes)


def _whole(folder: Path, record: WarcRecord, max_bytes: int) -> WarcRecord:
    for _ in range(_LONGEST_CHAIN):
        if record.type != "revisit":
            break
        record = _read(
            folder,
            record.fields.get("onrecord-refers-to-file", ""),
            _number(record.fields.get("onrecord-refers-to-offset", "")),
            max_bytes,
        )
    return record


def _capture(folder: Path, record: WarcRecord, max_bytes: int) -> Capture:
    first = _whole(folder, record, max_bytes)
    notes = record.fields.get("onrecord-notes", "{}")
    length = _number(record.fields.get("onrecord-notes-length", ""))
    if length >= 0:
        before = _read(folder, record.warc_file, record.offset - length, max_bytes)
        notes = before.block.decode("utf-8", "replace")
    return _capture_of(record, first, _read_notes(notes), max_bytes)


def _read(folder: Path, warc_file: str, offset: int, max_bytes: int) -> WarcRecord:
    if not warc_file or Path(warc_file).name != warc_file or offset < 0:
        raise ArchiveError(warc_file, offset, "bad_record", "no file and offset of the archive")
    return read_stored(folder, warc_file, offset, max_record_bytes=max_bytes)


def _capture_of(
    record: WarcRecord, first: WarcRecord, notes: dict[str, str], max_bytes: int
) -> Capture:
    """Return what `record` holds; the body is that of `first`, its original or itself."""
    at = (record.warc_file, record.offset)
    url, captured_at = record.target_url, record.captured_at
    if url is None or captured_at is None or first.type not in {"response", "resource"}:
        raise ArchiveError(*at, "bad_record", f"no capture: {first.type or 'no type'}")
    message = read_message(first, max_bytes=max_bytes)
    head = read_message(record, max_bytes=max_bytes) if record is not first else message
    return Capture(
        url=url,
        asked_url=record.fields.get("onrecord-asked-uri"),
        captured_at=captured_at,
        body=message.body,
        body_sha256=hashlib.sha256(message.body).hexdigest(),
        media_type=head.media_type or message.media_type,
        http_status=head.http_status,
        headers=head.headers,
        notes=notes,
    )


def _number(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else -1


def _read_notes(text: str) -> dict[str, str]:
    try:
        notes = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return {str(key): str(value) for key, value in notes.items()} if isinstance(notes, dict) else {}
