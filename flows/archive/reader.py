"""Captures had back from the archive, or from the WARC files of another crawler.

The HTTP answer inside a WARC record, with its transfer and content encodings undone.

Crawlers differ: some store the bytes of the wire, others the page itself with the old
headers. What the headers claim is undone only where the body bears it out.
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
from flows.archive.remnants import read_records, read_stored
from flows.archive.warc import WarcRecord, label_digest
from flows.archive.warc_reader import MAX_RECORD_BYTES
from flows.errors import ArchiveError
from flows.fetching.bodies import BodyError, inflate
from flows.fetching.fetch_records import Headers, header

_CAPTURES: Final = frozenset({"resource", "response", "revisit"})
_LONGEST_CHAIN: Final = 8  # revisits of revisits
_NOT_MODIFIED_NAME: Final = NOT_MODIFIED.rpartition("/")[2]  # the same in WARC 1.0


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


def finder_of(
    folder: Path, places: Mapping[str, tuple[str, int]]
) -> Callable[[str], Original | None]:
    """Return what tells an `ArchiveWriter` where earlier runs stored a body.

    Args:
        folder: The archive.
        places: File and offset of a record of a body, or of a revisit of it, by SHA-256.

    Returns:
        A function from a SHA-256 to what a `revisit` may refer to. The archive itself is
        asked: None where it does not have the body there (any more).
    """

    def find(sha256: str) -> Original | None:
        place = places.get(sha256)
        return None if place is None else _read_original(folder, *place, sha256)

    return find


def _read_original(folder: Path, warc_file: str, offset: int, sha256: str) -> Original | None:
    try:  # a revisit is followed to the body itself: no chain grows from run to run
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


def read_captures(
    path: Path, *, max_bytes: int = MAX_RECORD_BYTES, with_unused: bool = False
) -> Iterator[tuple[WarcRecord, Capture] | ArchiveError]:
    """Yield the captures of a WARC file, ours or not, and every damage, in file order.

    A `revisit` of another crawler whose first capture lies elsewhere is a damage too; one
    that says no more than that nothing was changed is not.

    Args:
        path: The file.
        max_bytes: A larger body is a damage.
        with_unused: Yield also what was kept as evidence alone (`Capture.unused`).

    Raises:
        OSError: The file cannot be opened or read.
    """
    for record in read_records(path, max_record_bytes=max_bytes):
        if isinstance(record, ArchiveError):
            yield record
        elif record.type in _CAPTURES:
            try:
                capture = _capture(path.parent, record, max_bytes)
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
    """Return the record that holds the body of the capture at `offset`: its own or another.

    Raises:
        ArchiveError: As `read_capture` does.
        OSError: The file cannot be opened.
    """
    return _whole(folder, _read(folder, warc_file, offset, max_bytes), max_bytes)


def _whole(folder: Path, record: WarcRecord, max_bytes: int) -> WarcRecord:
    for _ in range(_LONGEST_CHAIN):
        if record.type != "revisit" or _is_not_modified(record):
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
    is_whole = first.type in {"response", "resource"} or _is_not_modified(first)
    if url is None or captured_at is None or not is_whole:
        raise ArchiveError(*at, "bad_record", f"no capture: {first.type or 'no type'}")
    if not record.block and _is_not_modified(record):  # WARC 1.1 lets it go without a head
        message = Message(http_status=304, headers=(), media_type=None, body=b"")
    else:
        message = read_message(first, max_bytes=max_bytes)
    head = read_message(record, max_bytes=max_bytes) if record is not first else message
    if _is_not_modified(record):
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


def _is_not_modified(record: WarcRecord) -> bool:
    profile = record.fields.get("warc-profile", "")
    return record.type == "revisit" and profile.rpartition("/")[2] == _NOT_MODIFIED_NAME


def _number(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else -1


def _read_notes(text: str) -> dict[str, str]:
    try:
        notes = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return {str(key): str(value) for key, value in notes.items()} if isinstance(notes, dict) else {}


_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[^\r\n]*\r?\n")
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An answer, or a file: then without status and headers."""

    http_status: int | None
    headers: Headers = field(repr=False)
    media_type: str | None
    body: bytes = field(repr=False)


def read_message(record: WarcRecord, *, max_bytes: int) -> Message:
    """Return what a record's block holds.

    Raises:
        ArchiveError: It is no HTTP answer, or inflates to more than `max_bytes`.
    """
    kind = record.fields.get("content-type", "")
    if not kind.replace(" ", "").lower().startswith("application/http"):
        media_type = kind.partition(";")[0].strip().lower() or None
        return Message(http_status=None, headers=(), media_type=media_type, body=record.block)
    status = _STATUS.match(record.block)
    if status is None:
        detail = f"got {record.block[:20]!r}, expected an HTTP answer"
        raise ArchiveError(record.warc_file, record.offset, "bad_record", detail)
    end = _HEAD_END.search(record.block)
    head = record.block[: end.start()] if end else record.block
    headers = _read_headers(head)
    body = record.block[end.end() :] if end else b""
    try:
        body = _undo(body, headers, max_bytes)
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


def _read_headers(head: bytes) -> Headers:
    lines = head.decode("latin-1").split("\n")[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _undo(body: bytes, headers: Headers, max_bytes: int) -> bytes:
    if (header(headers, "transfer-encoding") or "").lower() == "chunked":
        body = join_chunks(body)
    encoding = (header(headers, "content-encoding") or "").lower()
    if encoding in {"gzip", "x-gzip"} and body.startswith(_GZIP_MAGIC):
        return inflate(body, max_bytes)
    if encoding in {"br", "zstd", "compress"}:
        raise BodyError("bad_encoding", f"content encoding {encoding!r} is not read")
    return body


def join_chunks(body: bytes) -> bytes:
    r"""Return a chunked body joined, or `body` itself where it is not chunked.

    >>> join_chunks(b"3\r\none\r\n0\r\n\r\n"), join_chunks(b"<html>")
    (b'one', b'<html>')
    """
    pieces: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if not length:
            return b"".join(pieces)
        pieces.append(body[size.end() : size.end() + length])
        at = size.end() + length
    return b"".join(pieces) if pieces and at >= len(body) else body
