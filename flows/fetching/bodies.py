"""Response bodies, inflated within bounds.

A gzip body of 300 KB can hold 300 MB, and a body that stops in the middle inflates
without an error. So bodies are inflated in bounded pieces, refused above a limit, and
must reach the end of the last gzip member.
"""

from __future__ import annotations

import zlib

from transforms.errors import OnrecordError

_PIECE = 1 << 20  # maximum bytes that one inflation step may yield
_GZIP_WBITS = 31
GZIP_MAGIC = b"\x1f\x8b"


class BodyError(OnrecordError):
    """A body is unusable; `code` is `too_large`, `truncated_body` or `bad_encoding`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Body:
    """Collects a body piece by piece, holding at most its limit and one piece.

    Attributes:
        limit_bytes: Maximum bytes after inflation.
        is_cut: Whether a larger body is cut off instead of refused, as for robots.txt.
        wire_bytes: Bytes received so far, before inflation.
    """

    def __init__(self, encoding: str, limit_bytes: int, *, is_cut: bool = False) -> None:
        self.limit_bytes = limit_bytes
        self.is_cut = is_cut
        self.wire_bytes = 0
        self._held = bytearray()
        self._inflater = zlib.decompressobj(_GZIP_WBITS) if _is_gzip(encoding) else None
        self._is_past_gzip = False
        self._head = b""

    @property
    def is_full(self) -> bool:
        """Whether the limit is reached and the rest is cut, so it need not be read."""
        return self.is_cut and len(self._held) >= self.limit_bytes

    def feed(self, chunk: bytes) -> None:
        """Add the next received bytes; raises BodyError."""
        self.wire_bytes += len(chunk)
        self._head = (self._head + chunk[:2])[:2]
        if self._inflater is None:
            self._hold(chunk)
        else:
            # An endless stream of empty gzip members has no output, so received bytes are
            # limited too.
            if self.wire_bytes > self.limit_bytes + _PIECE and not self.is_cut:
                raise BodyError("too_large", f"more than {self.limit_bytes} bytes")
            self._inflate(chunk)

    def received(self, most: int) -> bytes:
        """Return the first bytes received so far, inflated, at most `most`."""
        return bytes(self._held[:most])

    def finish(self) -> bytes:
        """Return the whole body; raises BodyError if it ended too early."""
        inflater = self._inflater
        is_open = inflater is not None and not (inflater.eof or self._is_past_gzip)
        if is_open and self.wire_bytes and not self.is_full:
            raise BodyError("truncated_body", f"gzip ended after {self.wire_bytes} bytes")
        return bytes(self._held[: self.limit_bytes])

    def _hold(self, piece: bytes) -> None:
        self._held += piece[: self.limit_bytes + 1 - len(self._held)]
        if len(self._held) > self.limit_bytes and not self.is_cut:
            raise BodyError("too_large", f"more than {self.limit_bytes} bytes")

    def _inflate(self, data: bytes) -> None:
        while data and self._inflater is not None and not self.is_full and not self._is_past_gzip:
            if self._inflater.eof:
                # Another member may follow (RFC 1952, 2.2); padding is ignored.
                if not GZIP_MAGIC.startswith(data[:2]):
                    self._is_past_gzip = True
                    return
                self._inflater = zlib.decompressobj(_GZIP_WBITS)
            try:
                piece = self._inflater.decompress(data, _PIECE)
            except zlib.error as exc:
                code = "truncated_body" if self._head == GZIP_MAGIC else "bad_encoding"
                raise BodyError(code, f"gzip: {exc}") from exc
            self._hold(piece)
            data = self._inflater.unconsumed_tail or self._inflater.unused_data


def inflate(data: bytes, limit_bytes: int) -> bytes:
    """Return gzip `data` inflated; raises BodyError if it is cut or above the limit.

    >>> import gzip
    >>> inflate(gzip.compress(b"Two ferries collided."), 100)
    b'Two ferries collided.'
    """
    body = Body("gzip", limit_bytes)
    body.feed(data)
    return body.finish()


def _is_gzip(encoding: str) -> bool:
    """Return whether `encoding` is gzip; raises BodyError if it is not supported."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return False
    if encoding in {"gzip", "x-gzip"}:
        return True
    raise BodyError("bad_encoding", f"content encoding {encoding[:40]!r} was not requested")
