"""Captures: archived responses and files, packed as WARC records.

Pages are stored inflated, so that every WARC tool can read them. Headers that described
the transfer are renamed (`X-Crawler-Content-Encoding`, as news-crawl does). Secrets in
URLs and headers are masked.

Every response is stored, including those that are neither page nor feed: redirects,
errors, robots.txt, the received part of a refused body (`WARC-Truncated` gives the
reason), and each 304, as a `revisit` of about 450 bytes (WARC 1.1, 6.7.3). This allows
the poll history to be rebuilt from the archive, and 304s remain a small part of it. A
thousand feeds that never change would add 65 MB per day if polled every ten minutes, but
after a dozen polls such a feed is polled once a day, and a feed that is polled more often
mostly has something new. Readers skip these captures (`Capture.unused`).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flows import __version__
from flows.archive.warc import label_digest, pack_record, stamp
from flows.fetching.answers import Answer
from flows.fetching.fetch_records import FetchResult, Headers
from flows.secrets import mask_text, mask_url

_IDENTICAL: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_TRANSFER_HEADERS: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_MAX_NOTES_FIELD_CHARS: Final = 16_384
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One archived HTTP response (`response`) or file (`resource`).

    Attributes:
        url: The URL that the body came from.
        asked_url: The requested URL if redirects led to `url`, otherwise None.
        media_type: None if unknown.
        http_status: None for a file.
        notes: Facts needed to rebuild the warehouse that the body does not contain.
        truncated: Why the body is incomplete, as a WARC keyword; None if it is complete.
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
    truncated: str | None = None

    @property
    def unused(self) -> str | None:
        """Why readers skip it (see `Answer`); None for pages, feeds and files."""
        return self.notes.get("unused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """Where a body was stored first; `record_id` is None if unknown."""

    warc_file: str
    warc_offset: int
    url: str
    captured_at: datetime
    record_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Where a capture is stored.

    Attributes:
        warc_file: File name without the folder.
        warc_offset: Byte offset of the record in that file.
        record_id: The record's `WARC-Record-ID`, without angle brackets.
        is_revisit: Whether the record refers to a body that was stored before.
    """

    warc_file: str
    warc_offset: int
    record_id: str
    is_revisit: bool


def capture_of(result: FetchResult, notes: Mapping[str, str] | None = None) -> Capture:
    """Return the capture of a page or feed."""
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


def capture_of_answer(answer: Answer) -> Capture:
    """Return the capture of a response that is kept only as evidence."""
    return Capture(
        url=answer.url,
        asked_url=answer.asked_url if answer.asked_url != answer.url else None,
        captured_at=answer.fetched_at,
        body=answer.body,
        body_sha256=hashlib.sha256(answer.body).hexdigest(),
        http_status=answer.http_status,
        headers=answer.headers,
        notes={"unused": answer.unused},
        truncated=answer.truncated,
    )


def capture_of_file(
    url: str,
    body: bytes,
    *,
    media_type: str | None,
    captured_at: datetime,
    notes: Mapping[str, str] | None = None,
) -> Capture:
    """Return the capture of a file; `url` may be a `file:` URL."""
    return Capture(
        url=url,
        captured_at=captured_at,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        media_type=media_type,
        notes=notes or {},
    )


def pack_capture(
    capture: Capture, record_id: str, original: Original | None
) -> tuple[bytes, bytes]:
    """Return a capture as its notes record, usually empty, and its main record.

    The main record is a `revisit` if the body has an original or did not change. Short
    notes become a field of the main record; long ones get their own record, because other
    tools refuse heads of several megabytes.
    """
    is_response = capture.http_status is not None
    fields = {
        "WARC-Type": _record_type(capture, original),
        "WARC-Record-ID": f"<{record_id}>",
        "WARC-Date": stamp(capture.captured_at),
        "WARC-Target-URI": mask_url(capture.url),
        "Content-Type": (
            "application/http;msgtype=response"
            if is_response
            else capture.media_type or "application/octet-stream"
        ),
    }
    if capture.unused == "not_modified":
        fields["WARC-Profile"] = NOT_MODIFIED
    else:
        fields["WARC-Payload-Digest"] = label_digest(capture.body_sha256)
    if original:
        fields |= _reference_fields(original)
    if capture.truncated:
        fields["WARC-Truncated"] = capture.truncated
    if capture.asked_url:
        fields["Onrecord-Asked-URI"] = mask_url(capture.asked_url)
    notes = json.dumps(dict(capture.notes), sort_keys=True) if capture.notes else ""
    notes_record = b""
    if len(notes) > _MAX_NOTES_FIELD_CHARS:
        notes_record = _pack_notes_record(capture, record_id, notes)
        fields["Onrecord-Notes-Length"] = str(len(notes_record))
    elif notes:
        fields["Onrecord-Notes"] = notes
    body = b"" if original else capture.body
    if is_response:
        return notes_record, pack_record(fields, _http_head(capture) + body)
    body_sha256 = None if original else capture.body_sha256
    return notes_record, pack_record(fields, body, block_sha256=body_sha256)


def pack_warcinfo(name: str, now: datetime) -> bytes:
    """Return the `warcinfo` record that starts every file."""
    fields = {
        "WARC-Type": "warcinfo",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        "WARC-Date": stamp(now),
        "WARC-Filename": name,
        "Content-Type": "application/warc-fields",
    }
    block = f"software: onrecord/{__version__}\r\nformat: WARC File Format 1.1\r\n"
    return pack_record(fields, block.encode())


def _record_type(capture: Capture, original: Original | None) -> str:
    if original or capture.unused == "not_modified":
        return "revisit"
    return "resource" if capture.http_status is None else "response"


def _pack_notes_record(capture: Capture, record_id: str, notes: str) -> bytes:
    fields = {
        "WARC-Type": "metadata",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        "WARC-Date": stamp(capture.captured_at),
        "WARC-Target-URI": mask_url(capture.url),
        "WARC-Concurrent-To": f"<{record_id}>",
        "Content-Type": "application/json",
    }
    return pack_record(fields, notes.encode())


def _reference_fields(original: Original) -> dict[str, str]:
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


def _http_head(capture: Capture) -> bytes:
    status = capture.http_status or 0
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Unknown')}"]
    for name, value in capture.headers:
        renamed = f"X-Crawler-{name}" if name.lower() in _TRANSFER_HEADERS else name
        lines.append(f"{renamed}: {mask_text(value)}")
    lines.append(f"Content-Length: {len(capture.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
