"""Fetching in tests: a fetcher with short limits, and a call that does everything."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from flows.errors import FetchError
from flows.fetching.answers import Answer
from flows.fetching.connect_guard import Resolve
from flows.fetching.fetch_records import FetchOptions, FetchRequest, FetchResult
from flows.fetching.fetcher import Fetcher
from tests.helpers.fault_server import FaultServer, Route

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


async def resolve_loopback(host: str, port: int) -> list[str]:
    """Resolve only IP addresses of loopback; every other name is unknown."""
    if host.startswith("127."):
        return [host]
    raise socket.gaierror(socket.EAI_NONAME, "no such name")


def make_fetcher(
    *servers: FaultServer,
    now: Callable[[], datetime] = lambda: NOON,
    resolve: Resolve = resolve_loopback,
    tls: ssl.SSLContext | None = None,
    on_answer: Callable[[Answer], None] = lambda _: None,
    **changes: Any,
) -> Fetcher:
    """Return a fetcher that may talk to `servers`, by default without delays."""
    defaults: dict[str, Any] = {
        "allow_hosts": frozenset(server.name for server in servers),
        "host_delay_s": 0.0,
        "deadline_s": 2.0,
        "connect_s": 1.0,
        "max_body_bytes": 100_000,
    }
    options = FetchOptions(**defaults | changes)
    return Fetcher(options, now=now, resolve=resolve, tls=tls, on_answer=on_answer)


def fetch_from(
    routes: Mapping[str, Route],
    path: str = "/page",
    *,
    request: dict[str, Any] | None = None,
    **changes: Any,
) -> tuple[FetchResult, FaultServer]:
    """Serve `routes` and fetch one path."""

    async def run() -> tuple[FetchResult, FaultServer]:
        async with FaultServer(routes) as server, make_fetcher(server, **changes) as fetcher:
            return await fetcher.fetch(
                FetchRequest(url=server.url(path), **(request or {}))
            ), server

    return asyncio.run(run())


def failure_from(routes: Mapping[str, Route], path: str = "/page", **changes: Any) -> FetchError:
    """Serve `routes`, fetch one path and return the error that it must end in."""
    with pytest.raises(FetchError) as caught:
        fetch_from(routes, path, **changes)
    return caught.value
