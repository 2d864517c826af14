"""Answers that are sent piece by piece, while something is held open for them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from transforms.errors import OnrecordError


class HeldStream(StreamingResponse):
    """A stream that releases what it holds however it ends.

    A reader may go away before the first piece, so that its iterator never starts, or while the
    next piece is waited for.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        held: contextlib.ExitStack,
        *,
        media_type: str,
        headers: Mapping[str, str],
        at_leave: Callable[[], object] = lambda: None,
    ) -> None:
        """Set up a stream.

        Args:
            pieces: The pieces.
            held: What is closed at the end.
            media_type: The media type.
            headers: Further headers.
            at_leave: Called if the reader goes away before, to end the work on the next piece.
        """
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._held, self._at_leave = held, at_leave
        self._is_left = False

    async def listen_for_disconnect(self, receive: Receive) -> None:
        """End the work when the reader goes away."""
        await super().listen_for_disconnect(receive)
        self._is_left = True
        self._at_leave()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces."""
        try:
            await super().__call__(scope, receive, send)
        except OnrecordError:
            if not self._is_left:  # otherwise nobody is there to be told
                raise
        finally:
            self._held.close()
