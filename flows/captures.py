"""What goes into the archive and comes out of it again.

Pages are stored as they are used: inflated, with the headers that described the
transfer renamed (`X-Crawler-Content-Encoding`, as news-crawl does it), so that every
WARC tool can read them. Secrets in addresses and headers are masked.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from flows.archive_reader import MAX_RECORD_BYTES, read_record
from flows.errors import ArchiveError
from flows.fetch_records import VERSION, FetchResult, Headers
from flows.http_message import read_message
from flows.secrets import mask_text, mask_url
from flows.warc import WarcRecord, label_digest, pack_record, stamp

_IDENTICAL: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_OF_TRANSFER: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_LONGEST_CHAIN: Final = 8  # revisits of revisits


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One thing to keep: an answer of the web (`response`) or a file (`resource`).

    Attributes:
        url: The address that it is about.
        asked_url: The address that was asked for, where redirects led to `url`.
        media_type: None where it is not known.
        http_status: None for a file.
        notes: What the warehouse must know to be made again and the page does not say.
    """

    url: str
    captured_at: datetime
    body: bytes = field(repr=False)
    body_sha256: str
    asked_url: str | None = None
    media_type: str | None = None
    http_status: int | None = None
    headers: Headers = field(default=(), repr=False)
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """Where a body was stored first; `record_id` is None where it is not known."""

    warc_file: str
    warc_offset: int
    url: str
    captured_at: datetime
    record_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Where a capture lies: `warc_offset` is a byte of `warc_file`, a name without folder."""

    warc_file: str
    warc_offset: int
    record_id: str
    is_revisit: bool


def capture_of(result: FetchResult, notes: Mapping[str, str] | None = None) -> Capture:
    """Return what to keep of an answer."""
    return Capture(
        url=result.final_url,
        asked_url=result.url if result.url != result.final_url else None,
        captured_at=result.fetched_at,
        body=result.body,
        body_sha256=result.body_sha256,
        media_type=result.media_type,
        http_status=result.http_status,
        headers=result.headers,
        notes=notes or {},
    )


def capture_of_file(
    url: str,
    body: bytes,
    *,
    media_type: str | None,
    captured_at: datetime,
    notes: Mapping[str, str] | None = None,
) -> Capture:
    """Return what to keep of a file that was read; `url` may be a `file:` address."""
    return Capture(
        url=url,
        captured_at=captured_at,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        media_type=media_type,
        notes=notes or {},
    )


def pack_capture(capture: Capture, record_id: str, original: Original | None) -> bytes:
    """Return the record of a capture: a `revisit` where the body has an original."""
    is_response = capture.http_status is not None
    fields = {
        "WARC-Type": "revisit" if original else "response" if is_response else "resource",
        "WARC-Record-ID": f"<{record_id}>",
        "WARC-Date": stamp(capture.captured_at),
        "WARC-Target-URI": mask_url(capture.url),
        "WARC-Payload-Digest": label_digest(capture.body_sha256),
        "Content-Type": (
            "application/http;msgtype=response"
            if is_response
            else capture.media_type or "application/octet-stream"
        ),
    }
    if original:
        fields |= _reference(original)
    if capture.asked_url:
        fields["Onrecord-Asked-URI"] = mask_url(capture.asked_url)
    if capture.notes:
        fields["Onrecord-Notes"] = json.dumps(dict(capture.notes), sort_keys=True)
    body = b"" if original else capture.body
    return pack_record(fields, (_head(capture) if is_response else b"") + body)


def pack_warcinfo(name: str, now: datetime) -> bytes:
    """Return the record that every file begins with."""
    fields = {
        "WARC-Type": "warcinfo",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        "WARC-Date": stamp(now),
        "WARC-Filename": name,
        "Content-Type": "application/warc-fields",
    }
    block = f"software: onrecord/{VERSION}\r\nformat: WARC File Format 1.1\r\n"
    return pack_record(fields, block.encode())


def _reference(original: Original) -> dict[str, str]:
    reference = {
        "WARC-Profile": _IDENTICAL,
        "WARC-Refers-To-Target-URI": mask_url(original.url),
        "WARC-Refers-To-Date": stamp(original.captured_at),
        "Onrecord-Refers-To-File": original.warc_file,
        "Onrecord-Refers-To-Offset": str(original.warc_offset),
    }
    if original.record_id:
        reference["WARC-Refers-To"] = f"<{original.record_id}>"
    return reference


def _head(capture: Capture) -> bytes:
    status = capture.http_status or 0
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}"]
    for name, value in capture.headers:
        renamed = f"X-Crawler-{name}" if name.lower() in _OF_TRANSFER else name
        lines.append(f"{renamed}: {mask_text(value)}")
    lines.append(f"Content-Length: {len(capture.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def read_capture(
    folder: Path, warc_file: str, offset: int, *, max_bytes: int = MAX_RECORD_BYTES
) -> Capture:
    """Return the capture that is stored at `offset` of `warc_file`, with its whole body.

    Raises:
        ArchiveError: There is no whole record, it is of another kind, or what it refers
            to is missing.
        OSError: The file cannot be opened.
    """
    record = _read(folder, warc_file, offset, max_bytes)
    first = record
    for _ in range(_LONGEST_CHAIN):
        if first.type != "revisit":
            return capture_of_record(record, first, max_bytes=max_bytes)
        first = _read(
            folder,
            first.fields.get("onrecord-refers-to-file", ""),
            _offset(first.fields.get("onrecord-refers-to-offset", "")),
            max_bytes,
        )
    raise ArchiveError(warc_file, offset, "bad_record", "it refers to a revisit without an end")


def _read(folder: Path, warc_file: str, offset: int, max_bytes: int) -> WarcRecord:
    if not warc_file or Path(warc_file).name != warc_file or offset < 0:
        raise ArchiveError(warc_file, offset, "bad_record", "no file and offset of the archive")
    return read_record(folder / warc_file, offset, max_record_bytes=max_bytes)


def capture_of_record(
    record: WarcRecord, original: WarcRecord | None = None, *, max_bytes: int = MAX_RECORD_BYTES
) -> Capture:
    """Return the capture that a record of any crawler holds.

    Args:
        record: A `response`, `resource` or `revisit` record.
        original: Where the body lies, for a `revisit`.
        max_bytes: Most bytes of the body, after its encodings were undone.

    Raises:
        ArchiveError: It is of another kind, or its message cannot be read.
    """
    original = original or record
    at = (record.warc_file, record.offset)
    url, captured_at = record.target_url, record.captured_at
    if url is None or captured_at is None or original.type not in {"response", "resource"}:
        raise ArchiveError(*at, "bad_record", f"no capture: {original.type or 'no type'}")
    message = read_message(original, max_bytes=max_bytes)
    head = read_message(record, max_bytes=max_bytes) if record is not original else message
    return Capture(
        url=url,
        asked_url=record.fields.get("onrecord-asked-uri"),
        captured_at=captured_at,
        body=message.body,
        body_sha256=hashlib.sha256(message.body).hexdigest(),
        media_type=message.media_type,
        http_status=head.http_status,
        headers=head.headers,
        notes=_notes(record),
    )


def _offset(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else -1


def _notes(record: WarcRecord) -> dict[str, str]:
    try:
        notes = json.loads(record.fields.get("onrecord-notes", "{}"))
    except json.JSONDecodeError:
        return {}
    return {str(key): str(value) for key, value in notes.items()} if isinstance(notes, dict) else {}
