"""An httpx transport over httpcore that opens connections through our own backend.

httpx has no argument for a network backend, so we need this class to pass one. HTTP/2 is
used if the server offers it.
"""

from __future__ import annotations

import functools
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import httpcore
import httpx

from flows.fetching.bodies import Body
from flows.fetching.request_secrets import RequestSecrets

# Servers close idle connections after 5 s or more. We close them earlier, so that no
# request is sent over one that the server is closing.
_KEEPALIVE_S = 4.0


@functools.cache  # to read the certificates of all authorities takes 20 ms
def secure_context(*, is_verified: bool = True) -> ssl.SSLContext:
    """Return TLS settings; certificates are not checked if `is_verified` is False.

    A process has one object for each, which no caller changes.
    """
    if is_verified:
        return httpx.create_ssl_context(trust_env=False)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def quiet_loggers() -> None:
    """Keep the HTTP libraries from logging URLs, which may contain secrets."""
    for name in ("httpx", "httpcore", "h2", "hpack"):
        logging.getLogger(name).setLevel(logging.WARNING)


async def read_into(response: httpx.Response, make_body: Callable[[], Body]) -> bytes:
    """Return the response's body and always close the response; raises BodyError."""
    is_whole = False
    try:
        body = make_body()
        async for chunk in cast("AsyncIterator[bytes]", response.stream):
            body.feed(chunk)
            if body.is_full:
                break
        else:
            is_whole = True
        return body.finish()
    finally:
        if not is_whole and "abandon" in response.extensions:
            await response.extensions["abandon"]()
        await response.aclose()


def when_sent(call: Callable[[], None]) -> Callable[[str, object], Awaitable[None]]:
    """Return a trace function that calls `call` when a request is sent."""

    async def trace(event: str, _info: object) -> None:
        if event.endswith(".send_request_headers.started"):
            call()

    return trace


class _Stream(httpx.AsyncByteStream):
    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()  # type: ignore[attr-defined]  # httpcore's streams have it


class Transport(httpx.AsyncBaseTransport):
    """A pool of connections opened by `backend`; it raises httpcore's exceptions.

    Requests have masked URLs. Their secrets are added here, just before they are sent.
    """

    def __init__(
        self,
        backend: httpcore.AsyncNetworkBackend,
        *,
        context: ssl.SSLContext,
        connections: int,
        secrets: RequestSecrets,
    ) -> None:
        self._secrets = secrets
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_KEEPALIVE_S,
            http2=True,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and return the response, with its body still to be read.

        Raises:
            UnknownReferenceError: A masked value of the URL is not known.
        """
        request = self._secrets.added_to(request)
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        extensions = dict(answer.extensions)
        if extensions.get("http_version") == b"HTTP/2":
            extensions["abandon"] = lambda: self._abandon(url)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(cast("AsyncIterator[bytes]", answer.stream)),
            extensions=extensions,
        )

    async def _abandon(self, url: httpx.URL) -> None:
        """Close the connection of an HTTP/2 response that was not read to its end.

        httpcore neither resets the stream nor returns its share of the flow-control
        window, so the connection would stall for every request that shares it.
        """
        origin = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"
        ).origin
        for connection in self._pool.connections:
            if connection.can_handle_request(origin) and not connection.is_closed():
                await connection.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()
