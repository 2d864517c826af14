"""Connections of readers, which end if a reader asks for nothing or takes nothing.

A server has room for so many connections, and a download keeps a process. Without an end, readers
who are gone without a word, or who never were any, would take the room of all others.
"""

from __future__ import annotations

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

ASK_S: Final = 60.0  # until a whole request is there, with a list of feeds on a slow line
TAKE_S: Final = 60.0  # until a reader has taken some of an answer


class ReaderConnection(H11Protocol):
    """A connection that ends after `ASK_S` without a request, or `TAKE_S` in which nothing is taken.

    Between two requests, uvicorn's own limit counts.
    """

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as above it
        """Wait for the first request."""
        super().connection_made(transport)
        self._end_in(ASK_S)

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a request, unless it is complete."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        if cycle and not cycle.response_complete and self.conn.their_state is not h11.SEND_BODY:
            self._go_on()
        elif self._end is None:
            self._end_in(ASK_S)

    def pause_writing(self) -> None:
        """Wait for a reader who takes less than there is."""
        super().pause_writing()
        self._end_in(TAKE_S)

    def resume_writing(self) -> None:
        """Go on with a reader who has taken some."""
        super().resume_writing()
        self._go_on()

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, also if the reader never takes the rest of an answer."""
        super().timeout_keep_alive_handler()
        self._end_in(TAKE_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        self._go_on()

    def _end_in(self, seconds: float) -> None:
        self._go_on()
        self._end = self.loop.call_later(seconds, self.transport.abort)

    def _go_on(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
