"""The server for assistants under /mcp of the pages: streamable HTTP.

Each request stands alone: it is one POST with one answer as JSON, and nothing is kept for the next
one. So there is no stream to open by GET and no session to end by DELETE.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Send
from starlette.types import Scope as Connection

from flows.assistant.installed import is_installed
from flows.assistant.library import Library
from flows.web.scopes import Scope
from flows.web.site import Shared

if TYPE_CHECKING:  # it takes a second to import, so only the first request does
    from mcp.server.lowlevel.server import Server

PATH: Final = "/mcp"
_MOST_BODY: Final = 200_000  # bytes; the longest query is shorter
_REFUSED: Final = -32600  # JSON-RPC: this is no valid request


def assistant_routes(shared: Shared) -> Sequence[BaseRoute]:
    """Return the route of the server for assistants, none if its package is not installed."""
    if not is_installed():
        return ()
    library = Library(
        shared.settings, shared.snapshots, shared.searches, shared.desk.board, shared.desk.readers
    )
    return (Route(PATH, _Endpoint(library)),)


class _Endpoint:
    """Answers requests of assistants."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._servers: dict[frozenset[Scope], Server[Any]] = {}
        self._lock = threading.Lock()

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        refusal = _refusal(request)
        body = b"" if refusal else await _body(receive)
        if body is None:
            return  # nobody waits for an answer
        if len(body) > _MOST_BODY:
            refusal = _problem(413, f"The request is longer than {_MOST_BODY:,} bytes.")
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        server = await run_in_threadpool(self._server, scope["scopes"])
        await _answer(server, scope, body, receive, send)

    def _server(self, scopes: frozenset[Scope]) -> Server[Any]:
        """Return the server for those who may do something."""
        from flows.assistant.server import new_server  # noqa: PLC0415  # see above

        with self._lock:
            if scopes not in self._servers:
                self._servers[scopes] = new_server(self._library, scopes)
            return self._servers[scopes]


def _refusal(request: Request) -> Response | None:
    """Return why a request is refused, None if it is not."""
    if request.method != "POST":
        return _problem(405, "Only POST is answered here.", headers={"allow": "POST"})
    if Scope.READ not in request.scope["scopes"]:
        return _problem(403, "This needs the scope read.")
    return None


def _problem(status: int, text: str, *, headers: dict[str, str] | None = None) -> Response:
    error = {"jsonrpc": "2.0", "id": None, "error": {"code": _REFUSED, "message": text}}
    return JSONResponse(error, status, headers)


async def _body(receive: Receive) -> bytes | None:
    """Return the body of a request, or its beginning if it is too long; None if the client left."""
    body = b""
    while len(body) <= _MOST_BODY:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


async def _answer(
    server: Server[Any], scope: Connection, body: bytes, receive: Receive, send: Send
) -> None:
    """Answer a request; its work ends if the client leaves."""
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415

    sent = False

    async def read() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def leave(group: anyio.abc.TaskGroup) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()

    # One manager can only be run once, and a request needs no other one.
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    async with manager.run(), anyio.create_task_group() as group:
        group.start_soon(leave, group)
        await manager.handle_request(scope, read, send)
        group.cancel_scope.cancel()
