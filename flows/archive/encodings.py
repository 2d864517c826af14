"""The transfer and content encodings of archived bodies, removed within bounds.

Some crawlers store a body as it was sent, others store it decoded, with the headers of the
body that was sent. So an encoding is removed only if the body really has it. Brotli has no
mark of its own: a body that cannot be decoded but is text is taken as decoded before.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any, Final

import brotli

from flows.archive.zstd import ZSTD_START, ZstdError, new_decompressor
from flows.fetching.bodies import GZIP_MAGIC, BodyError, inflate
from flows.fetching.fetch_records import Headers

_PIECE: Final = 1 << 20
_TEXT_SAMPLE: Final = 4096
_LZW_MAGIC: Final = b"\x1f\x9d"
_ZLIB_WBITS: Final = 15

_CHUNK_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[^\r\n]*\r?\n")
# Bytes that no text has in any encoding of the web, except UTF-16, which nobody compresses.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode_body(body: bytes, headers: Headers, limit_bytes: int) -> bytes:
    """Return a body without its transfer and content encodings, also if several are stacked.

    Raises:
        BodyError: The body is damaged, has an encoding that is not known, or has more than
            `limit_bytes` once decoded.
    """
    for name in ("transfer-encoding", "content-encoding"):
        for encoding in reversed(_encodings(headers, name)):
            body = _decoder(encoding)(body, limit_bytes)
    return body


def join_chunks(body: bytes) -> bytes:
    r"""Return a chunked body joined, or `body` unchanged if it is not chunked.

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


def _encodings(headers: Headers, name: str) -> list[str]:
    values = ",".join(value for key, value in headers if key.lower() == name)
    return [encoding for value in values.split(",") if (encoding := value.strip().lower())]


def _decoder(encoding: str) -> Callable[[bytes, int], bytes]:
    decoders: dict[str, Callable[[bytes, int], bytes]] = {
        "chunked": lambda body, _limit: join_chunks(body),
        "gzip": _ungzip,
        "x-gzip": _ungzip,
        "deflate": _undeflate,
        "br": _unbrotli,
        "zstd": _unzstd,
        "compress": _refuse_lzw,
        "x-compress": _refuse_lzw,
    }
    return decoders.get(encoding, lambda body, _limit: _unknown(body, encoding))


def _ungzip(body: bytes, limit_bytes: int) -> bytes:
    return inflate(body, limit_bytes) if body.startswith(GZIP_MAGIC) else body


def _unzstd(body: bytes, limit_bytes: int) -> bytes:
    held = bytearray()
    while body.startswith(ZSTD_START):  # frames may follow one another
        inflater = new_decompressor()
        try:
            while not inflater.eof:
                piece = inflater.decompress(body if inflater.needs_input else b"", _PIECE)
                _hold(held, piece, limit_bytes)
                if inflater.needs_input and not inflater.eof:
                    raise BodyError("truncated_body", f"zstd ended after {len(held)} bytes")
        except ZstdError as exc:
            raise BodyError("bad_encoding", f"zstd: {exc}") from exc
        body = inflater.unused_data
    return bytes(held) if held else body


def _undeflate(body: bytes, limit_bytes: int) -> bytes:
    """Return a deflated body inflated; servers send it with and without a zlib header."""
    problem = ""
    for wbits in (_ZLIB_WBITS, -_ZLIB_WBITS):
        inflater = zlib.decompressobj(wbits)
        held, data = bytearray(), body
        try:
            while not inflater.eof and data:
                _hold(held, inflater.decompress(data, _PIECE), limit_bytes)
                data = inflater.unconsumed_tail
        except zlib.error as exc:
            problem = problem or f"deflate: {exc}"
            continue
        if inflater.eof:
            return bytes(held)
        problem = f"deflate ended after {len(body)} bytes"
    return _as_stored(body, problem)


def _unbrotli(body: bytes, limit_bytes: int) -> bytes:
    inflater: Any = brotli.Decompressor()
    held, data = bytearray(), body
    try:
        while not inflater.is_finished():
            piece = inflater.process(data, output_buffer_limit=_PIECE)
            _hold(held, piece, limit_bytes)
            data = b""
            if not piece and inflater.can_accept_more_data():
                return _as_stored(body, f"brotli ended after {len(body)} bytes")
    except brotli.error as exc:
        return _as_stored(body, f"brotli: {exc}")
    return bytes(held)


def _refuse_lzw(body: bytes, _limit_bytes: int) -> bytes:
    if body.startswith(_LZW_MAGIC):
        raise BodyError("bad_encoding", "content encoding 'compress' cannot be decoded")
    return body


def _unknown(body: bytes, encoding: str) -> bytes:
    return _as_stored(body, f"content encoding {encoding[:40]!r} is not known")


def _as_stored(body: bytes, problem: str) -> bytes:
    """Return a body that was decoded before; raise BodyError if it seems to be encoded."""
    is_decoded = not _CONTROLS.search(body[:_TEXT_SAMPLE])
    if is_decoded or body.startswith((GZIP_MAGIC, ZSTD_START)):
        return body  # of several encodings, the last ones were removed before
    raise BodyError("bad_encoding", problem)


def _hold(held: bytearray, piece: bytes, limit_bytes: int) -> None:
    held += piece
    if len(held) > limit_bytes:
        raise BodyError("too_large", f"more than {limit_bytes} bytes")
