"""The log of requests: a line for each, which says nothing about who reads."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.events import RequestAnswered
from flows.logs import log

_LEFT = 499  # as other servers write it: the reader went away before there was an answer


def requests_logged(app: ASGIApp) -> ASGIApp:
    """Return an application that logs each request when its answer has been sent."""

    async def logging(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began, status, sent = time.monotonic(), _LEFT, 0

        async def counting(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            sent += len(message.get("body", b""))
            await send(message)

        method, path = scope["method"], scope["path"]  # before a part of the pages changes it
        try:
            await app(scope, receive, counting)
        finally:
            token = scope.get("token")
            log(
                RequestAnswered(
                    method=method,
                    path=path,
                    status=status,
                    milliseconds=round(1000 * (time.monotonic() - began)),
                    bytes=sent,
                    token=token.name if token else None,
                )
            )

    return logging
