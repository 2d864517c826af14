"""Answers that nothing is read out of: redirects, errors, 304s, robots.txt, torn bodies.

They are evidence of what a server said and when, so the archive keeps them too. Their
bodies are kept up to a limit: what a page of an error or the head of a bomb can tell
stands at its beginning, and thousands of them must fit in memory.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flows.fetching.bodies import Body
from flows.fetching.fetch_records import Headers, header

KEPT_BYTES: Final = 65_536

# Why a body is not whole, in the words of WARC 1.1 (`WARC-Truncated`).
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
    """An answer that became no page and no feed.

    Addresses are as they were used: mask them (`flows.secrets`) before they are stored.

    Attributes:
        url: The address that answered, without credentials.
        asked_url: The address that was asked for at first; redirects led to `url`.
        body: What came of it, inflated where it could be; at most `KEPT_BYTES` of all
            but a robots.txt.
        fetched_at: When it began, UTC.
        unused: Why nothing is read out of it: `redirect`, `not_modified`, `robots`, or
            the code of the failure (see `flows.fetching.failures`).
        truncated: Why `body` is not whole, as a WARC file says it; None where it is.
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
    """An answer whose head is here, and whose body is on its way.

    Attributes:
        body: Collects it; None before the first byte.
        purpose: What the answer counts as, whatever comes; None where that depends.
    """

    url: str
    asked_url: str
    http_status: int
    headers: Headers
    fetched_at: datetime
    purpose: str | None = None
    body: Body | None = None

    def unused(self, body: bytes, why: str) -> Answer:
        """Return the answer that came to its end with `body`, of no use but as evidence."""
        is_cut = self.body is not None and self.body.is_full
        return self._answer(_inflated(body, self.headers), why, "length" if is_cut else None)

    def torn(self, code: str) -> Answer:
        """Return what has come of an answer that failed with `code` before its end."""
        received = self.body.received(KEPT_BYTES) if self.body else b""
        return self._answer(received, code, _TRUNCATIONS.get(code, "unspecified"))

    def _answer(self, body: bytes, why: str, truncated: str | None) -> Answer:
        return Answer(
            url=self.url,
            asked_url=self.asked_url,
            http_status=self.http_status,
            headers=self.headers,
            body=body,
            fetched_at=self.fetched_at,
            unused=self.purpose or why,
            truncated=truncated,
        )


def _inflated(body: bytes, headers: Headers) -> bytes:
    """Return the body of an error or redirect as far as it can be read, else as it came."""
    encoding = (header(headers, "content-encoding") or "").lower()
    if encoding not in {"gzip", "x-gzip"}:
        return body
    try:
        return zlib.decompressobj(31).decompress(body, KEPT_BYTES)
    except zlib.error:  # already inflated, or damaged
        return body
