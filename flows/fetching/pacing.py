"""Pacing: a delay between requests to one host, and a cap on concurrent requests.

Requests to one host queue in order and never delay requests to other hosts. A request
takes a slot under the global cap only when its host's delay is over, so a slow host
occupies no slot while it waits. All times come from a monotonic clock, so jumps of the
wall clock do not change a wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from transforms.errors import OnrecordError

_HOSTS_KEPT = 10_000  # above this, idle hosts are forgotten to bound memory
_PATIENCE_S = 10.0  # pauses up to this are waited for, longer ones are refused


class HostBusyError(OnrecordError):
    """The wait for a host would be too long; `wait_s` is its length in seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s

    def __str__(self) -> str:
        return f"the wait would take {self.wait_s:.0f} s"


@dataclass(slots=True)
class _Host:
    free_at: float = 0.0  # when the next request may start
    held_until: float = 0.0  # the server asked for no requests until then
    waiting: int = 0
    queue: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pacing:
    """Hands out turns; one object serves one event loop.

    Attributes:
        max_wait_s: A request that would have to wait longer is refused immediately.
    """

    def __init__(
        self,
        concurrency: int,
        *,
        max_wait_s: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.max_wait_s = max_wait_s
        self._clock, self._sleep = clock, sleep
        self._places = asyncio.Semaphore(concurrency)
        self._hosts: dict[str, _Host] = {}

    def hold(self, host: str, seconds: float) -> None:
        """Start no request to `host` for `seconds` from now.

        A pause of a few seconds is waited for. During a longer one, turns are refused, so
        that a run does not wait for one host.
        """
        state, until = self._state(host), self._clock() + seconds
        if seconds > _PATIENCE_S:
            state.held_until = max(state.held_until, until)
        state.free_at = max(state.free_at, until)

    @contextlib.asynccontextmanager
    async def turn(self, host: str, delay_s: float) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn at `host`, then hold one slot under the cap for the block.

        Yields a function to call when the request is really sent: the name lookup and the
        connection come first and take time.

        Args:
            host: The host name.
            delay_s: Minimum seconds between this request and the next one to the host.

        Raises:
            HostBusyError: The host is on hold, or the wait is longer than `max_wait_s`.
        """
        state = self._state(host)
        await self._wait(state, delay_s)

        def mark_start() -> None:
            state.free_at = max(state.free_at, self._clock() + delay_s)

        try:
            yield mark_start
        finally:
            self._places.release()

    async def _wait(self, state: _Host, delay_s: float) -> None:
        self._refuse_if_held(state)
        late = state.free_at - self._clock() + state.waiting * delay_s
        if late > self.max_wait_s:
            raise HostBusyError(late)
        state.waiting += 1
        try:
            async with state.queue:
                while (pause := state.free_at - self._clock()) > 0:
                    self._refuse_if_held(state)
                    await self._sleep(pause)
                await self._places.acquire()
                state.free_at = self._clock() + delay_s
        finally:
            state.waiting -= 1

    def _refuse_if_held(self, state: _Host) -> None:
        held = state.held_until - self._clock()
        if held > 0:
            raise HostBusyError(held)

    def _state(self, host: str) -> _Host:
        state = self._hosts.get(host)
        if state is None:
            if len(self._hosts) >= _HOSTS_KEPT:
                self._forget_idle()
            state = self._hosts[host] = _Host()
        return state

    def _forget_idle(self) -> None:
        now = self._clock()
        self._hosts = {
            name: state
            for name, state in self._hosts.items()
            if state.waiting or max(state.free_at, state.held_until) > now
        }
