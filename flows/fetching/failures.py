"""Why a fetch failed, as one of a fixed set of codes.

The codes are few, so that failures can be counted and a polling policy can weigh them.
What a library raises is mapped here and nowhere else.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from typing import Final

import httpcore
import httpx

from flows.errors import FetchError, PermanentFetchError, TransientFetchError
from flows.fetching.bodies import BodyError
from flows.fetching.connect_guard import NameLookupError, PrivateAddressError
from flows.secrets import mask_text

TRANSIENT_CODES: Final = {
    "connect_failed": "no connection could be made",
    "connect_refused": "the server refused the connection",
    "connect_timeout": "the server did not accept the connection in time",
    "connection_reset": "the connection broke off",
    "deadline": "the whole answer did not come in time",
    "dns_temporary": "the name server did not answer",
    "host_busy": "the turn at this host would come too late",
    "protocol_error": "the answer is not valid HTTP",
    "robots_unreachable": "robots.txt could not be had, so nothing may be fetched yet",
    "server_error": "the server failed (5xx, 408, 425)",
    "too_many_requests": "the server asked to slow down (429)",
    "truncated_body": "the body ended too early or is damaged",
}
PERMANENT_CODES: Final = {
    "bad_certificate": "the TLS certificate is not valid for this host",
    "bad_encoding": "the body is encoded in a way that was not asked for",
    "bad_redirect": "the redirect leads nowhere",
    "bad_scheme": "the address is neither http nor https",
    "bad_url": "the address cannot be read",
    "client_error": "the server refused the request (4xx)",
    "forbidden": "the server wants a login or refuses us (401, 402, 403, 451)",
    "gone": "the page is gone for good (410)",
    "not_found": "there is no such page (404)",
    "private_address": "the host is not on the public internet",
    "robots_disallowed": "robots.txt disallows the page",
    "tls_error": "no secure connection could be agreed on",
    "too_large": "the body is larger than the limit",
    "too_many_redirects": "the redirects have no end",
    "unexpected_status": "the status is none that carries a page",
    "unknown_host": "the host has no address",
}
# Failures before the server said anything: where every feed fails with one of these at
# once, our own network is down and nobody is to blame.
NETWORK_CODES: Final = frozenset(
    {"connect_failed", "connect_timeout", "deadline", "dns_temporary", "unknown_host"}
)
# Failures of the host as a whole, whatever was asked of it.
HOST_CODES: Final = NETWORK_CODES - {"deadline"} | {
    "bad_certificate", "bad_url", "connect_refused", "host_busy", "private_address", "tls_error",
}  # fmt: skip
# What a transport raises for the network's sake; the rest is a bug.
TRANSPORT_ERRORS: Final = (
    BodyError,
    NameLookupError,
    PrivateAddressError,
    OSError,  # TimeoutError of the deadline is one
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpx.TransportError,
)


def failure(url: str, code: str, detail: str = "", **known: float | None) -> FetchError:
    """Return the error for `code`; raises KeyError where there is no such code."""
    kind = TransientFetchError if code in TRANSIENT_CODES else PermanentFetchError
    meaning = TRANSIENT_CODES[code] if code in TRANSIENT_CODES else PERMANENT_CODES[code]
    status = known.get("http_status")
    return kind(
        url,
        code,
        mask_text(detail) or meaning,
        None if status is None else int(status),
        known.get("retry_after_s"),
    )


def status_failure(url: str, status: int, retry_after_s: float | None) -> FetchError:
    """Return the error for an answer that carries no page.

    >>> status_failure("https://wire.example/feed", 410, None).code
    'gone'
    """
    code = _CODE_OF_STATUS.get(status)
    if code is None:
        code = {4: "client_error", 5: "server_error"}.get(status // 100, "unexpected_status")
    return failure(url, code, f"status {status}", http_status=status, retry_after_s=retry_after_s)


_CODE_OF_STATUS: Final = {
    401: "forbidden", 402: "forbidden", 403: "forbidden", 404: "not_found",
    408: "server_error", 410: "gone", 425: "server_error", 429: "too_many_requests",
    451: "forbidden",
}  # fmt: skip


def network_failure(url: str, error: Exception) -> FetchError:
    """Return the error for what the transport raised; raises `error` itself if unknown."""
    code, detail = _code_of(error)
    return failure(url, code, detail)


def _code_of(error: Exception) -> tuple[str, str]:
    if isinstance(error, BodyError):
        return error.code, error.detail
    if isinstance(error, PrivateAddressError):
        return "private_address", str(error)
    if isinstance(error, NameLookupError):
        return ("dns_temporary" if error.is_temporary else "unknown_host"), error.detail
    if isinstance(error, TimeoutError):
        return "deadline", ""
    if isinstance(error, httpcore.ConnectTimeout | httpx.ConnectTimeout):
        return "connect_timeout", ""
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException):
        return "deadline", ""
    if isinstance(error, httpcore.ConnectError | httpx.ConnectError):
        return _connect_code(error)
    if isinstance(error, httpcore.ProtocolError | httpx.ProtocolError):
        return "protocol_error", str(error)[:200]
    if isinstance(error, httpcore.NetworkError | httpx.NetworkError | OSError):
        return _read_code(error)
    raise error


def _connect_code(error: Exception) -> tuple[str, str]:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "bad_certificate", cause.verify_message
        if isinstance(cause, ssl.SSLError):
            return "tls_error", cause.reason or str(cause)
        if isinstance(cause, ConnectionRefusedError):
            return "connect_refused", ""
        if isinstance(cause, ConnectionResetError):
            return "connection_reset", ""
        if isinstance(cause, OSError) and cause.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH}:
            return "connect_failed", cause.strerror or ""
    return "connect_failed", str(error)[:200]


def _read_code(error: Exception) -> tuple[str, str]:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return "tls_error", cause.reason or str(cause)
    return "connection_reset", ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and what led to it; httpcore keeps the first cause in its arguments."""
    seen: set[int] = set()
    todo: list[BaseException] = [error]
    while todo:
        cause = todo.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        linked = (cause.__cause__, cause.__context__, *cause.args)
        todo += [link for link in linked if isinstance(link, BaseException)]
