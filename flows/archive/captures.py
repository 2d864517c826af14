"""What goes into the archive, as records of a WARC file.

Pages are stored as they are used: inflated, with the headers that described the
transfer renamed (`X-Crawler-Content-Encoding`, as news-crawl does it), so that every
WARC tool can read them. Secrets in addresses and headers are masked.

Every answer is stored, also those that became neither page nor feed: redirects, errors,
robots.txt, what came of a body that was refused (`WARC-Truncated` says why it ends
there), and each 304, as a `revisit` of about 450 bytes (WARC 1.1, 6.7.3). That is worth
it: the history of polls can be read out of the archive, and 304s stay a small part of it.
A thousand feeds that never change and are asked every ten minutes would give 65 MB a day,
but such a feed is asked once a day after a dozen polls; one that is asked more often
mostly has something new. Readers pass all these over (`Capture.unused`).
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

from flows.archive.warc import label_digest, pack_record, stamp
from flows.fetching.answers import Answer
from flows.fetching.fetch_records import VERSION, FetchResult, Headers
from flows.secrets import mask_text, mask_url

_IDENTICAL: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_OF_TRANSFER: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_LONGEST_NOTES_FIELD: Final = 16_384
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One thing to keep: an answer of the web (`response`) or a file (`resource`).

    Attributes:
        url: The address that it is about.
        asked_url: The address that was asked for, where redirects led to `url`.
        media_type: None where it is not known.
        http_status: None for a file.
        notes: What the warehouse must know to be made again and the page does not say.
        truncated: Why the body is not whole, in a word of WARC's; None where it is.
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
        """Why nothing is read out of it (see `Answer`); None for pages, feeds and files."""
        return self.notes.get("unused")


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


def capture_of_answer(answer: Answer) -> Capture:
    """Return what to keep of an answer that nothing is read out of.

    Error pages and redirects repeat the address that was asked for, so where that holds a
    secret their bodies are masked as well.
    """
    body = answer.body
    if any(mask_url(url) != url for url in (answer.url, answer.asked_url)):
        body = mask_text(body.decode("latin-1")).encode("latin-1")
    return Capture(
        url=answer.url,
        asked_url=answer.asked_url if answer.asked_url != answer.url else None,
        captured_at=answer.fetched_at,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
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
    """Return what to keep of a file that was read; `url` may be a `file:` address."""
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
    """Return a capture as a record of notes, mostly empty, and the record that follows it.

    The second is a `revisit` where the body has an original or did not change. Notes are fields of it as
    long as they are short: other tools refuse a head of megabytes.
    """
    is_response = capture.http_status is not None
    fields = {
        "WARC-Type": _type_of(capture, original),
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
        fields |= _reference(original)
    if capture.truncated:
        fields["WARC-Truncated"] = capture.truncated
    if capture.asked_url:
        fields["Onrecord-Asked-URI"] = mask_url(capture.asked_url)
    notes = json.dumps(dict(capture.notes), sort_keys=True) if capture.notes else ""
    notes_record = b""
    if len(notes) > _LONGEST_NOTES_FIELD:
        notes_record = _pack_notes(capture, record_id, notes)
        fields["Onrecord-Notes-Length"] = str(len(notes_record))
    elif notes:
        fields["Onrecord-Notes"] = notes
    body = b"" if original else capture.body
    return notes_record, pack_record(fields, (_head(capture) if is_response else b"") + body)


def _type_of(capture: Capture, original: Original | None) -> str:
    if original or capture.unused == "not_modified":
        return "revisit"
    return "resource" if capture.http_status is None else "response"


def _pack_notes(capture: Capture, record_id: str, notes: str) -> bytes:
    fields = {
        "WARC-Type": "metadata",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        "WARC-Date": stamp(capture.captured_at),
        "WARC-Target-URI": mask_url(capture.url),
        "WARC-Concurrent-To": f"<{record_id}>",
        "Content-Type": "application/json",
    }
    return pack_record(fields, notes.encode())


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
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Unknown')}"]
    for name, value in capture.headers:
        renamed = f"X-Crawler-{name}" if name.lower() in _OF_TRANSFER else name
        lines.append(f"{renamed}: {mask_text(value)}")
    lines.append(f"Content-Length: {len(capture.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
