"""Requests of programs: their addresses, their tokens, and who may do what with them.

A program is asked for no form token and gets no cookie. Its token stands in a header that the
pages of other sites cannot send. A request without a token could come from such a page, so its
Origin must be ours.
"""

from __future__ import annotations

import ipaddress
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope as Connection

from flows.web.limits import WRONG_WITHIN_S
from flows.web.problems import problem
from flows.web.scopes import Scope

if TYPE_CHECKING:
    from flows.web.access import Access
    from flows.web.tokens import Token

_PREFIXES: Final = ("/api/", "/mediacloud/", "/mcp/")
_FEED: Final = re.compile(r"/(?:watches|stories)/[^/]+\.(?:rss|json)|/speakers\.(?:rss|json)")
_SCHEMES: Final = frozenset({"bearer", "token"})  # Media Cloud's client says Token
_CHALLENGE: Final = 'Bearer realm="onrecord"'


def is_for_programs(path: str) -> bool:
    """Whether an address is for programs, so that nobody is sent to a page to sign in.

    The page `/api` describes the API for people.

    >>> [is_for_programs(path) for path in ("/api/v1/articles", "/mcp", "/api", "/today")]
    [True, True, False, False]
    """
    return path == "/mcp" or path.startswith(_PREFIXES) or is_feed(path)


def is_feed(path: str) -> bool:
    """Whether an address is that of a feed, which may carry a token as `?token=`.

    >>> [is_feed(path) for path in ("/watches/ferry.rss", "/speakers.json", "/speakers/a.rss")]
    [True, True, False]
    """
    return _FEED.fullmatch(path) is not None


async def enter(
    scope: Connection, headers: Headers, access: Access, *, session: str
) -> Response | None:
    """Note who asks and what they may do; return the answer if the request is refused.

    Args:
        scope: The request. A token in its query is taken out, so that no later line shows it.
        headers: Its headers.
        access: Who may do what.
        session: The session of a reader, empty if there is none.
    """
    given = _taken_token(scope) or _header_token(headers)
    if not _is_ours(scope, headers, access):
        return problem(403, "Pages of other sites may not ask for this address.")
    token = await _known(given, access)
    if token is not None:
        scope["token"] = token
        own = token.scopes
        scope["scopes"] = own & {Scope.READ} if is_feed(scope["path"]) else own
        return _too_many(access, token.digest, access.limit_of(token))
    if given and access.needs_password:
        if access.wrong_tokens.must_wait():
            return _wait(WRONG_WITHIN_S, "There were too many wrong tokens.")
        access.wrong_tokens.count()
        return _unknown("This token is wrong, revoked or too old.", error="invalid_token")
    if access.needs_password:
        is_reading = scope["method"] in ("GET", "HEAD")
        is_reader = access.sessions.scopes(session) is not None
        if not (is_reading and is_reader):
            return _unknown(_how_to_ask(scope["path"]))
        scope["scopes"] = access.scopes_of(session)
    else:
        scope["scopes"] = access.scopes
    address = _address(scope, headers, access)
    return _too_many(access, address, access.per_address) if address else None


def missing_scope(needed: Scope) -> Response:
    """Return the answer to a program that may not do what it asks for."""
    challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{needed}"'
    detail = f"This needs a token with the scope {needed}: `onrecord token add NAME --scope {_with_read(needed)}`."
    return problem(403, detail, headers={"www-authenticate": challenge})


def _with_read(needed: Scope) -> str:
    return ",".join(dict.fromkeys((Scope.READ, needed)))


async def _known(given: str, access: Access) -> Token | None:
    """Return the token of a request, and write down that it is used."""
    if not given or access.tokens is None:
        return None
    today = datetime.now(UTC).date()
    token = access.tokens.find(given, today=today)
    if token is not None and not access.tokens.has_noted(token, today=today):
        await run_in_threadpool(access.tokens.note_use, token, today=today)
    return token


def _header_token(headers: Headers) -> str:
    """Return the token in the header; a proxy may send other credentials in it, which are none."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() in _SCHEMES else ""


def _taken_token(scope: Connection) -> str:
    """Return the token in the query of the address of a feed, and take it out of the request."""
    if not is_feed(scope["path"]):
        return ""
    fields = parse_qsl(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
    given = [value for name, value in fields if name == "token"]
    if given:
        others = [(name, value) for name, value in fields if name != "token"]
        scope["query_string"] = urlencode(others).encode()
    return given[0] if given else ""


def _is_ours(scope: Connection, headers: Headers, access: Access) -> bool:
    """Whether a request comes from a program or from our own pages.

    Only browsers send these headers. They send an Origin with every request that a page of
    another site could read or that changes something.
    """
    origin = headers.get("origin")
    if origin is not None and not access.is_origin(origin, headers.get("host", "")):
        return False
    sites = headers.get("sec-fetch-site", "none")
    return scope["method"] in ("GET", "HEAD") or sites in ("none", "same-origin")


def _address(scope: Connection, headers: Headers, access: Access) -> str:
    """Return whose requests without a token are counted together, empty if they are not.

    A reader on IPv6 has a whole network. On this machine, without a password, nobody is limited.
    """
    host = scope["client"][0] if scope.get("client") else "unknown"
    if access.is_behind_proxy:  # what the proxy added stands last
        host = headers.get("x-forwarded-for", host).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or "unknown"
    if address.is_loopback and not (access.needs_password or access.is_behind_proxy):
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


def _too_many(access: Access, key: str, per_minute: int) -> Response | None:
    wait_s = access.rates.wait_s(key, per_minute=per_minute)
    return _wait(wait_s, f"More than {per_minute} requests in a minute.") if wait_s else None


def _wait(wait_s: float, detail: str) -> Response:
    seconds = math.ceil(wait_s)
    text = f"{detail} Try again in {seconds} s."
    return problem(429, text, headers={"retry-after": str(seconds)})


def _unknown(detail: str, *, error: str = "") -> Response:
    challenge = f'{_CHALLENGE}, error="{error}"' if error else _CHALLENGE
    return problem(401, detail, headers={"www-authenticate": challenge})


def _how_to_ask(path: str) -> str:
    header = "send a token as `Authorization: Bearer TOKEN`"
    where = f"{header}, or add `token=TOKEN` to the address" if is_feed(path) else header
    return f"This needs a token: {where}. `onrecord token add NAME --scope read` makes one."


def is_same_origin(origin: str, host: str) -> bool:
    """Whether an Origin is the site that a Host header names.

    >>> (
    ...     is_same_origin("http://localhost:8765", "localhost:8765"),
    ...     is_same_origin("null", "a.example"),
    ... )
    (True, False)
    """
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()
