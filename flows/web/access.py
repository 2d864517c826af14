"""Who may see the pages and change things, and what a browser may do with them.

The pages are made for one machine. A site that a reader visits could still send requests to
them: by a form, or by a host name that it lets point to this machine (DNS rebinding). So the
name of the host is checked, every change needs a token that only our own pages contain, and the
pages run no script but ours. What programs ask for is in `flows.web.programs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Connection

from flows.web import programs
from flows.web.limits import RequestRates, WrongGuesses
from flows.web.passwords import is_password
from flows.web.scopes import EVERY, OF_READERS, Scope
from flows.web.sessions import Sessions
from flows.web.tokens import Token, Tokens

COOKIE: Final = "onrecord_session"
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OPEN_PATHS: Final = frozenset({"/sign-in", "/health"})
_MOST_BODY: Final = 10_000_000  # bytes; the largest list of feeds is smaller
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "private, no-cache",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may see the pages.

    Attributes:
        hosts: Names under which the pages may be asked for, beside those of this machine's
            loopback address.
        password_hash: The hash of the password for everything, None if there is none.
        reader_password_hash: The hash of the password for readers, None if there is none.
        scopes: What those may do who have not signed in with the password for everything.
        is_behind_proxy: Whether a proxy passes requests on: it says which scheme the reader
            used, and decides who may see the pages.
        tokens: The tokens of programs, None if there are none.
        per_token: Requests a minute with one token, 0 for any number.
        per_address: Requests a minute of programs without a token from one address, 0 for any
            number.
        sessions: The sessions of the server.
        rates: How much programs have asked for.
        wrong_passwords: The wrong passwords of all readers.
        wrong_tokens: The wrong tokens of all programs. They keep nobody from signing in.
    """

    hosts: frozenset[str] = frozenset()
    password_hash: str | None = None
    reader_password_hash: str | None = None
    scopes: frozenset[Scope] = EVERY
    is_behind_proxy: bool = False
    tokens: Tokens | None = None
    per_token: int = 0
    per_address: int = 0
    sessions: Sessions = field(default_factory=Sessions)
    rates: RequestRates = field(default_factory=RequestRates)
    wrong_passwords: WrongGuesses = field(default_factory=WrongGuesses)
    wrong_tokens: WrongGuesses = field(default_factory=WrongGuesses)

    def is_host(self, header: str) -> bool:
        """Whether the pages may be asked for under the name in a Host header.

        >>> access = Access(hosts=frozenset({"news.example"}))
        >>> [
        ...     access.is_host(host)
        ...     for host in ("localhost:8000", "[::1]:80", "NEWS.example", "evil.example")
        ... ]
        [True, True, True, False]
        """
        try:
            name = urlsplit(f"//{header}").hostname
        except ValueError:
            return False
        return name in LOOPBACK or name in self.hosts

    def is_origin(self, origin: str, host: str) -> bool:
        """Whether an Origin is that of our own pages, asked for under the name in a Host header.

        >>> access = Access(hosts=frozenset({"news.example"}))
        >>> access.is_origin("https://news.example", "127.0.0.1:8765")  # a proxy changed the name
        True
        >>> access.is_origin("http://localhost:3000", "localhost:8765")
        False
        """
        if programs.is_same_origin(origin, host):
            return True
        try:
            return urlsplit(origin).hostname in self.hosts
        except ValueError:
            return False

    def limit_of(self, token: Token) -> int:
        """Return how many requests a minute a token allows, 0 for any number."""
        return self.per_token if token.limit is None else token.limit

    @property
    def needs_password(self) -> bool:
        """Whether readers must sign in."""
        return bool(self.password_hash or self.reader_password_hash)

    def scopes_by(self, password: str) -> frozenset[Scope]:
        """Return what a password allows, nothing if it is wrong."""
        for hashed, scopes in (
            (self.password_hash, EVERY),
            (self.reader_password_hash, OF_READERS),
        ):
            if hashed is not None and is_password(password, hashed):
                return scopes
        return frozenset()

    def scopes_of(self, session: str) -> frozenset[Scope]:
        """Return what a session may do, nothing if it must sign in first."""
        signed_in = self.sessions.scopes(session)
        if signed_in == EVERY:
            return EVERY
        if signed_in is None and self.needs_password:
            return frozenset()
        return self.scopes & (signed_in or EVERY)


class NotAllowedError(Exception):
    """A reader may not do what was asked for.

    Attributes:
        scope: What the reader needs.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.scope = scope


def guarded(app: ASGIApp, access: Access) -> ASGIApp:
    """Return an application that answers only those who may ask, with safe headers."""

    async def guard(scope: Connection, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers, cookie = Headers(scope=scope), None
        scope["access"] = access
        scope["is_for_programs"] = programs.is_for_programs(scope["path"])
        refusal = _refused_host(headers, access)
        if refusal is None and scope["is_for_programs"]:
            refusal = await programs.enter(scope, headers, access, session=_session(headers))
        elif refusal is None:
            cookie = _enter(scope, headers, access)
            refusal = _refusal(scope)
        answer: ASGIApp = refusal or app
        await answer(scope, _limited(receive), _with_headers(send, cookie))

    return guard


def check_scope(request: Request, scope: Scope) -> None:
    """Raise NotAllowedError unless the reader has a scope."""
    if scope not in request.scope["scopes"]:
        raise NotAllowedError(scope)


def check_form(request: Request, token: object) -> None:
    """Raise HTTPException unless a change was asked for by one of our own pages.

    Programs have no form; where they ask, `flows.web.programs` has kept other sites out.
    """
    if request.scope["is_for_programs"]:
        return
    access: Access = request.scope["access"]
    sites = request.headers.get("sec-fetch-site", "same-origin")
    is_ours = access.sessions.is_token(request.scope["session_key"], str(token or ""))
    if not is_ours or sites != "same-origin":
        raise HTTPException(
            403, "This form is too old or came from another site. Load the page again."
        )


def set_session(response: Response, request: Request, session: str) -> None:
    """Let the browser keep a session."""
    response.headers.append("set-cookie", _cookie(session, request.scope, request.scope["access"]))


def _refused_host(headers: Headers, access: Access) -> Response | None:
    """Return the answer to a request for another host, None for ours."""
    if access.is_host(headers.get("host", "")):
        return None
    text = (
        "These pages are not served under this name. Use the address that onrecord printed, "
        "or add the name to ONRECORD_WEB_HOSTS.\n"
    )
    return PlainTextResponse(text, 421)


def _enter(scope: Connection, headers: Headers, access: Access) -> str | None:
    """Note the session of a reader and what it may do; return the cookie of a new one."""
    known = _session(headers)
    session = known or access.sessions.new()
    scope["session_key"] = session
    scope["csrf"] = access.sessions.token(session)
    scope["is_signed_in"] = access.sessions.scopes(session) is not None
    scope["scopes"] = access.scopes_of(session)
    return None if known else _cookie(session, scope, access)


def _refusal(scope: Connection) -> Response | None:
    """Return the answer to a reader who must sign in first, None to others."""
    is_open = scope["path"] in _OPEN_PATHS or scope["path"].startswith("/static/")
    if scope["scopes"] or is_open:
        return None
    if scope["method"] in ("GET", "HEAD"):
        return RedirectResponse("/sign-in", 303)
    return PlainTextResponse("Sign in first.\n", 401)


def _session(headers: Headers) -> str:
    cookies = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    found = cookies.get(COOKIE)
    return found.value if found else ""


def _cookie(session: str, scope: Connection, access: Access) -> str:
    is_safe = scope["scheme"] == "https" or (
        access.is_behind_proxy and Headers(scope=scope).get("x-forwarded-proto") == "https"
    )
    return f"{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict" + (
        "; Secure" if is_safe else ""
    )


def _limited(receive: Receive) -> Receive:
    """Return a function that refuses bodies that are too large."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > _MOST_BODY:
            raise HTTPException(413, f"The request is larger than {_MOST_BODY // 1_000_000} MB.")
        return message

    return limited


def _with_headers(send: Send, cookie: str | None) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if cookie is not None and "set-cookie" not in headers:
                headers.append("set-cookie", cookie)
        await send(message)

    return sending
