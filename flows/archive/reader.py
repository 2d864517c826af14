"""Reads captures from the archive.

The HTTP response in a record is returned with its transfer and content encodings removed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flows.archive.captures import NOT_MODIFIED, Capture, Original
from flows.archive.encodings import decode_body
from flows.archive.remnants import read_records, read_stored
from flows.archive.warc import WarcRecord, label_digest
from flows.archive.warc_reader import MAX_RECORD_BYTES
from flows.errors import ArchiveError
from flows.fetching.bodies import BodyError
from flows.fetching.fetch_records import Headers, header

CAPTURES: Final = frozenset({"resource", "response", "revisit"})
_LONGEST_CHAIN: Final = 8  # revisits of revisits
_NOT_MODIFIED_NAME: Final = NOT_MODIFIED.rpartition("/")[2]  # the same in WARC 1.0

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")


def read_capture(
    folder: Path, warc_file: str, offset: int, *, max_bytes: int = MAX_RECORD_BYTES
) -> Capture:
    """Return the capture stored at `offset` in `warc_file`, with its whole body.

    Raises:
        ArchiveError: The record is incomplete, is not a capture, refers to a missing
            record, or was removed because of its age.
        OSError: The file cannot be opened.
    """
    return load_capture(folder, _read_record(folder, warc_file, offset, max_bytes), max_bytes)


def finder_of(
    folder: Path, places: Mapping[str, tuple[str, int]]
) -> Callable[[str], Original | None]:
    """Return the function that finds stored bodies for an `ArchiveWriter`.

    Args:
        folder: The archive.
        places: For each SHA-256, the file and offset of a record with that body, or of a
            revisit of it.

    Returns:
        A function that returns the record a `revisit` can refer to for a SHA-256. It
        checks the archive, and returns None if the body is not (or no longer) there.
    """

    def find(sha256: str) -> Original | None:
        place = places.get(sha256)
        return None if place is None else _find_original(folder, *place, sha256)

    return find


def read_captures(
    path: Path, *, max_bytes: int = MAX_RECORD_BYTES, with_unused: bool = False
) -> Iterator[tuple[WarcRecord, Capture] | ArchiveError]:
    """Yield the captures and the damage of a WARC file, in file order.

    The file may come from another crawler. A `revisit` whose original is not in our
    archive counts as damage, unless it only says that the page was not modified.

    Args:
        path: The file.
        max_bytes: A larger body counts as damage.
        with_unused: Also yield captures that are only evidence (`Capture.unused`).

    Raises:
        OSError: The file cannot be opened or read.
    """
    for record in read_records(path, max_record_bytes=max_bytes):
        if isinstance(record, ArchiveError):
            yield record
        elif record.type in CAPTURES:
            try:
                capture = load_capture(path.parent, record, max_bytes)
                if with_unused or capture.unused is None:
                    yield record, capture
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
    """Return the record that holds the body of the capture at `offset`.

    For a `revisit`, that is the record it refers to.

    Raises:
        ArchiveError: As in `read_capture`.
        OSError: The file cannot be opened.
    """
    return _follow_revisits(folder, _read_record(folder, warc_file, offset, max_bytes), max_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An HTTP response, or a file (without status and headers)."""

    http_status: int | None
    headers: Headers = field(repr=False)
    media_type: str | None
    body: bytes = field(repr=False)


def read_message(record: WarcRecord, *, max_bytes: int) -> Message:
    """Return the response or file in a record's block.

    Raises:
        ArchiveError: It is not an HTTP response, or inflates to more than `max_bytes`.
    """
    kind = record.fields.get("content-type", "")
    is_stated = kind.replace(" ", "").lower().startswith("application/http")
    status = _STATUS.match(record.block)
    # ARC files give the page's type instead, and hold some answers without a head.
    if not is_stated and not (record.type == "response" and status):
        media_type = kind.partition(";")[0].strip().lower() or None
        return Message(http_status=None, headers=(), media_type=media_type, body=record.block)
    if status is None:
        detail = f"got {record.block[:20]!r}, expected an HTTP response"
        raise ArchiveError(record.warc_file, record.offset, "bad_record", detail)
    end = _HEAD_END.search(record.block)
    head = record.block[: end.start()] if end else record.block
    headers = _parse_headers(head)
    body = record.block[end.end() :] if end else b""
    try:
        body = decode_body(body, headers, max_bytes)
    except BodyError as exc:
        code = "record_too_large" if exc.code == "too_large" else "bad_record"
        raise ArchiveError(record.warc_file, record.offset, code, exc.detail) from exc
    content_type = header(headers, "content-type") or ""
    return Message(
        http_status=int(status[1]),
        headers=headers,
        media_type=content_type.partition(";")[0].strip().lower() or None,
        body=body,
    )


def _find_original(folder: Path, warc_file: str, offset: int, sha256: str) -> Original | None:
    try:  # follow revisits to the body itself, so that chains do not grow from run to run
        record = read_whole(folder, warc_file, offset)
    except (ArchiveError, OSError):
        return None
    is_body = record.fields.get("warc-payload-digest") == label_digest(sha256)
    captured_at, url = record.captured_at, record.target_url
    if not is_body or record.type == "revisit" or captured_at is None or url is None:
        return None
    return Original(
        warc_file=record.warc_file,
        warc_offset=record.offset,
        url=url,
        captured_at=captured_at,
        record_id=record.fields.get("warc-record-id", "").strip("<>") or None,
    )


def _follow_revisits(folder: Path, record: WarcRecord, max_bytes: int) -> WarcRecord:
    for _ in range(_LONGEST_CHAIN):
        if record.type != "revisit" or is_not_modified(record):
            break
        record = _read_record(
            folder,
            record.fields.get("onrecord-refers-to-file", ""),
            _parse_number(record.fields.get("onrecord-refers-to-offset", "")),
            max_bytes,
        )
    return record


def load_capture(folder: Path, record: WarcRecord, max_bytes: int) -> Capture:
    """Return the capture in a record of ours; raises as `read_capture`."""
    first = _follow_revisits(folder, record, max_bytes)
    length = _parse_number(record.fields.get("onrecord-notes-length", ""))
    if length < 0:
        return build_capture(record, first, notes_of(record), max_bytes)
    before = _read_record(folder, record.warc_file, record.offset - length, max_bytes)
    notes = _parse_notes(before.block.decode("utf-8", "replace"))
    return build_capture(record, first, notes, max_bytes)


def notes_of(record: WarcRecord) -> dict[str, str]:
    """Return the notes in the head of a record; none for records of other tools."""
    return _parse_notes(record.fields.get("onrecord-notes", "{}"))


def _read_record(folder: Path, warc_file: str, offset: int, max_bytes: int) -> WarcRecord:
    if not warc_file or Path(warc_file).name != warc_file or offset < 0:
        raise ArchiveError(warc_file, offset, "bad_record", "not a file and offset in the archive")
    return read_stored(folder, warc_file, offset, max_record_bytes=max_bytes)


def build_capture(
    record: WarcRecord, first: WarcRecord, notes: dict[str, str], max_bytes: int
) -> Capture:
    """Return the capture in `record`; `first` is the record that holds its body.

    Raises:
        ArchiveError: One of the records is no capture, or its body cannot be decoded.
    """
    at = (record.warc_file, record.offset)
    url, captured_at = record.target_url, record.captured_at
    is_whole = first.type in {"response", "resource"} or is_not_modified(first)
    if url is None or captured_at is None or not is_whole:
        raise ArchiveError(*at, "bad_record", f"not a capture: {first.type or 'no type'}")
    if not record.block and is_not_modified(record):  # WARC 1.1 allows a 304 without a head
        message = Message(http_status=304, headers=(), media_type=None, body=b"")
    else:
        message = read_message(first, max_bytes=max_bytes)
    is_described = record is not first and bool(record.block)  # a revisit may have no head
    head = read_message(record, max_bytes=max_bytes) if is_described else message
    if is_not_modified(record):
        notes = {"unused": "not_modified", **notes}
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
        truncated=record.fields.get("warc-truncated"),
    )


def is_not_modified(record: WarcRecord) -> bool:
    """Whether a record only says that a page had not changed."""
    profile = record.fields.get("warc-profile", "")
    return record.type == "revisit" and profile.rpartition("/")[2] == _NOT_MODIFIED_NAME


def _parse_number(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else -1


def _parse_notes(text: str) -> dict[str, str]:
    try:
        notes = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return {str(key): str(value) for key, value in notes.items()} if isinstance(notes, dict) else {}


def _parse_headers(head: bytes) -> Headers:
    lines = head.decode("latin-1").split("\n")[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)
