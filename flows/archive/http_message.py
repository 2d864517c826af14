"""The HTTP answer inside a WARC record, with its transfer and content encodings undone.

Crawlers differ: some store the bytes of the wire, others the page itself with the old
headers. What the headers claim is undone only where the body bears it out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.archive.warc import WarcRecord
from flows.errors import ArchiveError
from flows.fetching.bodies import BodyError, inflate
from flows.fetching.fetch_records import Headers, header

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
