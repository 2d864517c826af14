"""Responses kept as evidence: redirects, errors, 304s, robots.txt, cut bodies.

They show what a server said and when, so they are archived too. Their bodies are kept up
to a limit: the informative part of an error page is at its start, and thousands of bodies
must fit in memory.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flows.fetching.bodies import Body
from flows.fetching.fetch_records import Headers, header
from flows.fetching.request_secrets import masked
from flows.secrets import MASK

KEPT_BYTES: Final = 65_536

# The keywords of WARC 1.1 (`WARC-Truncated`) for why a body is incomplete.
_TRUNCATIONS: Final = {
    "bad_encoding": "unspecified",
    "connection_reset": "disconnect",
    "deadline": "time",
    "protocol_error": "disconnect",
    "tls_error": "disconnect",
    "too_large": "length",
    "truncated_body": "disconnect",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response that is neither page nor feed.

    Secrets are masked in URLs and headers, and in the body those that were sent.

    Attributes:
        url: The URL that responded, without credentials.
        asked_url: The URL that was requested first; redirects led from it to `url`.
        body: The received bytes, inflated if possible. At most `KEPT_BYTES`, except for
            robots.txt.
        fetched_at: When the response began, UTC.
        unused: Why readers skip it: `redirect`, `not_modified`, `robots`, or a failure
            code (see `flows.fetching.failures`).
        truncated: Why `body` is incomplete, as a WARC keyword; None if it is complete.
    """

    url: str
    asked_url: str
    http_status: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    fetched_at: datetime
    unused: str
    truncated: str | None = None


@dataclass(slots=True, kw_only=True)
class Arrival:
    """A response whose head has arrived and whose body is still being read.

    Attributes:
        purpose: The value of `Answer.unused` regardless of the outcome; None if the outcome
            decides.
        body: Collects the body; None before reading starts.
        sent: The secret values that were sent; they are masked in a body kept as evidence.
    """

    url: str
    asked_url: str
    http_status: int
    headers: Headers
    fetched_at: datetime
    purpose: str | None = None
    body: Body | None = None
    sent: set[str] = field(default_factory=set, repr=False)

    def unused(self, body: bytes, why: str) -> Answer:
        """Return the complete response with `body`, kept as evidence because of `why`."""
        is_cut = self.body is not None and self.body.is_full
        return self._answer(
            _inflate_error_body(body, self.headers), why, "length" if is_cut else None
        )

    def torn(self, code: str) -> Answer:
        """Return the received part of a response that failed with `code`."""
        received = self.body.received(KEPT_BYTES) if self.body else b""
        return self._answer(received, code, _TRUNCATIONS.get(code, "unspecified"))

    def _answer(self, body: bytes, why: str, truncated: str | None) -> Answer:
        return Answer(
            url=self.url,
            asked_url=self.asked_url,
            http_status=self.http_status,
            headers=self.headers,
            body=self._masked(body),
            fetched_at=self.fetched_at,
            unused=self.purpose or why,
            truncated=truncated,
        )

    def _masked(self, body: bytes) -> bytes:
        """Return the body without secrets: error pages often repeat what was asked."""
        if self.sent or MASK in self.url or MASK in self.asked_url:
            return masked(body.decode("latin-1"), self.sent).encode("latin-1")
        return body


def _inflate_error_body(body: bytes, headers: Headers) -> bytes:
    """Return the body of an error or redirect, inflated if possible."""
    encoding = (header(headers, "content-encoding") or "").lower()
    if encoding not in {"gzip", "x-gzip"}:
        return body
    try:
        return zlib.decompressobj(31).decompress(body, KEPT_BYTES)
    except zlib.error:  # already inflated, or damaged
        return body
