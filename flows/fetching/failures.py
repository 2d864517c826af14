"""Failure codes: why a fetch failed, as one of a small fixed set.

The set is small so that failures can be counted and the polling policy can act on them.
Exceptions of the HTTP libraries are mapped to codes only here.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Callable
from typing import Final

import httpcore
import httpx

from flows.errors import FetchError, PermanentFetchError, TransientFetchError
from flows.fetching.bodies import BodyError
from flows.fetching.connect_guard import NameLookupError, PrivateAddressError
from flows.machine_faults import causes, check_open_files, raise_machine_fault
from flows.secrets import mask_text

TRANSIENT_CODES: Final = {
    "connect_failed": "could not connect to the server",
    "connect_refused": "the server refused the connection",
    "connect_timeout": "the server did not accept the connection in time",
    "connection_reset": "the connection was lost",
    "deadline": "the response took too long",
    "dns_temporary": "the name server did not answer",
    "host_busy": "the wait for this host would be too long",
    "protocol_error": "the response is not valid HTTP",
    "robots_unreachable": "robots.txt could not be fetched, so no page may be fetched yet",
    "server_error": "the server reported an error (5xx, 408, 425)",
    "too_many_requests": "the server asked us to slow down (429)",
    "truncated_body": "the response is incomplete or damaged",
}
PERMANENT_CODES: Final = {
    "bad_certificate": "the TLS certificate is not valid for this host",
    "bad_encoding": "the response uses an unsupported encoding",
    "bad_redirect": "the redirect has no valid target",
    "bad_scheme": "the URL is not http or https",
    "bad_url": "the URL is not valid",
    "client_error": "the server rejected the request (4xx)",
    "forbidden": "the server requires a login or denies access (401, 402, 403, 451)",
    "gone": "the page was permanently removed (410)",
    "not_found": "the page does not exist (404)",
    "private_address": "the host is not on the public internet",
    "robots_disallowed": "robots.txt disallows this page",
    "secret_missing": "a masked part of the address is not in masked_values.jsonl: restore the file",
    "tls_error": "the secure connection failed",
    "too_large": "the response is larger than the limit",
    "too_many_redirects": "too many redirects",
    "unexpected_status": "the server returned an unexpected status",
    "unknown_host": "the host name has no address",
}
# Failures before the server responded. If all feeds fail with these in the same round, our
# own network is down and no feed is backed off.
NETWORK_CODES: Final = frozenset(
    {"connect_failed", "connect_timeout", "deadline", "dns_temporary", "unknown_host"}
)
# Failures that affect every URL of the host.
HOST_CODES: Final = NETWORK_CODES - {"deadline"} | {
    "bad_certificate", "bad_url", "connect_refused", "host_busy", "private_address", "tls_error",
}  # fmt: skip
# Exceptions that the network can cause; any other exception is a bug.
TRANSPORT_ERRORS: Final = (
    BodyError,
    NameLookupError,
    PrivateAddressError,
    OSError,  # includes the TimeoutError of the deadline
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpx.TransportError,
)
_CODE_OF_STATUS: Final = {
    401: "forbidden", 402: "forbidden", 403: "forbidden", 404: "not_found",
    408: "server_error", 410: "gone", 425: "server_error", 429: "too_many_requests",
    451: "forbidden",
}  # fmt: skip


def failure(url: str, code: str, detail: str = "", **known: float | None) -> FetchError:
    """Return the error for `code`; raises KeyError if the code is unknown.

    >>> failure("https://wire.example/feed", "not_found").detail
    'the page does not exist (404)'
    """
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
    """Return the error for a response whose status means that it has no page.

    >>> status_failure("https://wire.example/feed", 410, None).code
    'gone'
    """
    code = _CODE_OF_STATUS.get(status)
    if code is None:
        code = {4: "client_error", 5: "server_error"}.get(status // 100, "unexpected_status")
    return failure(url, code, f"status {status}", http_status=status, retry_after_s=retry_after_s)


def network_failure(
    url: str, error: Exception, *, shown: Callable[[str], str] = mask_text
) -> FetchError:
    """Return the error for an exception of the transport; re-raises unknown ones.

    Args:
        url: The URL that failed.
        error: The exception.
        shown: Masks the secrets that its message may repeat.

    Raises:
        MachineError: This machine is at fault, not the server.
    """
    raise_machine_fault(error)
    if isinstance(error, NameLookupError):
        check_open_files()
    code, detail = _classify(error)
    return failure(url, code, shown(detail))


def _classify(error: Exception) -> tuple[str, str]:
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
        return _classify_connect(error)
    if isinstance(error, httpcore.ProtocolError | httpx.ProtocolError):
        return "protocol_error", str(error)[:200]
    if isinstance(error, httpcore.NetworkError | httpx.NetworkError | OSError):
        return _classify_read(error)
    raise error


def _classify_connect(error: Exception) -> tuple[str, str]:
    for cause in causes(error):
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


def _classify_read(error: Exception) -> tuple[str, str]:
    for cause in causes(error):
        if isinstance(cause, ssl.SSLError):
            return "tls_error", cause.reason or str(cause)
    return "connection_reset", ""
