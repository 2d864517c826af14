"""Serves the pages over HTTP."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final

import uvicorn

from flows.errors import SettingsError
from flows.secrets import MASK
from flows.settings import Settings
from flows.web.access import LOOPBACK, Access
from flows.web.connections import ReaderConnection
from flows.web.passwords import is_password
from flows.web.scopes import Scope, scopes_from
from flows.web.site import Addition, create_site
from flows.web.tokens import Tokens

_CONNECTIONS: Final = 200
_MOST_HEAD: Final = 400_000  # bytes: a query of 100,000 characters, as an address has it
_IDLE_S: Final = 10
_LEAVE_S: Final = 5  # for requests that are being answered when the pages are told to stop


def serve_site(
    settings: Settings,
    *,
    host: str,
    port: int,
    is_behind_proxy: bool = False,
    lifeline: BinaryIO | None = None,
    on_start: Callable[[str], object] = lambda _: None,
    additions: Sequence[Addition] = (),
) -> None:
    """Serve the pages until the process is told to stop.

    Args:
        settings: The settings.
        host: Address to listen on.
        port: Port to listen on; 0 for any free one.
        is_behind_proxy: Whether a proxy decides who may see the pages.
        lifeline: The pages end when it ends: the process that holds its other end has died.
        on_start: Called with the URL of the pages before the first request.
        additions: What is served beside the pages.

    Raises:
        SettingsError: The address cannot be used, or it can be reached from other machines and
            nothing decides who may see the pages.
    """
    access = access_for(settings, host=host, is_behind_proxy=is_behind_proxy)
    listener = listen(host, port)
    with listener:
        name = f"[{host}]" if ":" in host else host
        on_start(f"http://{name}:{listener.getsockname()[1]}/")
        server = new_server(settings, access, additions)
        if lifeline is not None:
            threading.Thread(target=_end_with, args=(lifeline, server), daemon=True).start()
        server.run(sockets=[listener])


def new_server(
    settings: Settings, access: Access, additions: Sequence[Addition] = ()
) -> uvicorn.Server:
    """Return a server of the pages, and of what is added; it listens nowhere yet."""
    return uvicorn.Server(
        uvicorn.Config(
            create_site(settings, access, additions),
            http=ReaderConnection,
            log_level="warning",
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            h11_max_incomplete_event_size=_MOST_HEAD,
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=_LEAVE_S,
            lifespan="off",
        )
    )


def _end_with(lifeline: BinaryIO, server: uvicorn.Server) -> None:
    lifeline.read()
    server.should_exit = True


def access_for(settings: Settings, *, host: str, is_behind_proxy: bool) -> Access:
    """Return who may see the pages; raises SettingsError if that would be everybody."""
    hashed, of_readers = settings.web_password_hash, settings.web_reader_password_hash
    _check_hash("web_password_hash", hashed)
    _check_hash("web_reader_password_hash", of_readers)
    if not (is_loopback(host) or hashed or of_readers or is_behind_proxy):
        raise SettingsError(
            "web_host",
            host,
            "an address of this machine alone, such as 127.0.0.1. For other readers, set a password "
            "(`onrecord web --hash-password`), or give --behind-proxy (the setting web_behind_proxy) if a "
            "proxy lets only them in",
        )
    names = {name.strip().lower() for name in settings.web_hosts.split(",")} - {""}
    if host not in ("0.0.0.0", "::"):  # noqa: S104  # all addresses are no name
        names.add(host.lower())
    return Access(
        hosts=frozenset(names),
        password_hash=hashed,
        reader_password_hash=of_readers,
        scopes=_scopes(settings),
        is_behind_proxy=is_behind_proxy,
        tokens=Tokens(settings.folder),
        per_token=settings.web_requests_per_token,
        per_address=settings.web_requests_per_address,
    )


def _check_hash(name: str, hashed: str | None) -> None:
    if hashed is None:
        return
    try:
        is_password("", hashed)
    except ValueError as exc:
        raise SettingsError(name, MASK, "what `onrecord web --hash-password` printed") from exc


def _scopes(settings: Settings) -> frozenset[Scope]:
    try:
        return scopes_from(settings.web_scopes)
    except ValueError as exc:
        raise SettingsError("web_scopes", settings.web_scopes, str(exc)) from exc


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> [is_loopback(host) for host in ("127.0.0.2", "::1", "localhost", "0.0.0.0", "news.example")]
    [True, True, True, False, False]
    """
    if host.lower() in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that readers connect to; raises SettingsError if the port is not free."""
    try:
        with contextlib.ExitStack() as stack:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            family, kind, protocol, _, address = found[0]
            # Only of a socket with its protocol does asyncio send answers at once: otherwise the
            # second part of an answer waits 40 ms for the reader to confirm the first one.
            listener = stack.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_CONNECTIONS)  # those who come before the server is ready wait
            stack.pop_all()
    except OSError as exc:
        problem = exc.strerror or str(exc)
        raise SettingsError("web_port", port, f"a free port of {host} ({problem})") from exc
    return listener
