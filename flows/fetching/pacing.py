"""When a request may start: one start per host and delay, and a cap over all hosts.

A host's requests queue up in order; other hosts never wait for them. A place under the
global cap is taken only when the host's time has come, so a slow host holds no place
while it waits. Times are those of a monotonic clock: a wall clock that jumps cannot
shorten or stretch a wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

_HOSTS_KEPT = 10_000  # idle hosts are forgotten above this, so memory stays flat
_PATIENCE_S = 10.0  # a host that asks for less is waited for


class HostBusyError(Exception):
    """The turn would come too late; `wait_s` is how long it would take, in seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


@dataclass(slots=True)
class _Host:
    free_at: float = 0.0  # when the next request may start
    held_until: float = 0.0  # the server asked for silence until then
    waiting: int = 0
    queue: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pacing:
    """Hands out turns; one object serves one event loop.

    Attributes:
        max_wait_s: A turn that would come later than this is refused at once.
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
        """Start nothing at `host` for so many seconds from now.

        Turns wait for a few seconds; above that they are refused, since a run has more
        to do than to wait for one host.
        """
        state, until = self._state(host), self._clock() + seconds
        if seconds > _PATIENCE_S:
            state.held_until = max(state.held_until, until)
        state.free_at = max(state.free_at, until)

    @contextlib.asynccontextmanager
    async def turn(self, host: str, delay_s: float) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn at `host`, then hold one place under the cap for the block.

        What is yielded is to be called when the request is really sent: names are
        looked up and connections made before, which takes a time of its own.

        Args:
            host: What is paced as one.
            delay_s: Least seconds between this start and the next one at the host.

        Raises:
            HostBusyError: The host is held, or its queue is longer than `max_wait_s`.
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
