"""Turns, on a clock that moves only when a task sleeps."""

from __future__ import annotations

import asyncio
import heapq

import pytest

from flows.fetching.pacing import HostBusyError, Pacing


class FakeTime:
    """A monotonic clock that jumps to the next sleeper when all tasks wait."""

    def __init__(self):
        self.now = 1000.0
        self.sleepers = []

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        assert seconds >= 0
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self.sleepers, (self.now + seconds, id(woken), woken))
        await woken

    async def run(self, *tasks):
        group = asyncio.gather(*tasks, return_exceptions=True)
        while not group.done():
            for _ in range(50):
                await asyncio.sleep(0)
            if self.sleepers and not group.done():
                self.now, _, woken = heapq.heappop(self.sleepers)
                woken.set_result(None)
        return await group


def starts_of(hosts, *, delay=5.0, concurrency=10, takes=0.0, before=None, **options):
    """Return (start, host) of each request, and the result of each task."""
    time, starts = FakeTime(), []

    async def visit(pacing, host):
        async with pacing.turn(host, delay[host] if isinstance(delay, dict) else delay):
            starts.append((time.now - 1000.0, host))
            if takes:
                await time.sleep(takes)

    async def run():
        pacing = Pacing(concurrency, clock=time.clock, sleep=time.sleep, **options)
        if before:
            before(pacing)
        return await time.run(*(visit(pacing, host) for host in hosts))

    return starts, asyncio.run(run())


def test_starts_at_one_host_are_the_delay_apart():
    starts, _ = starts_of(["a"] * 4)
    assert [at for at, _ in starts] == [0.0, 5.0, 10.0, 15.0]


def test_other_hosts_are_not_slowed():
    starts, _ = starts_of(["a", "a", "a", "b", "c", "b"])
    assert [at for at, host in starts if host == "b"] == [0.0, 5.0]
    assert [at for at, host in starts if host == "c"] == [0.0]


def test_longer_delay_of_a_host_applies_only_to_it():
    starts, _ = starts_of(["slow", "slow", "fast", "fast"], delay={"slow": 20.0, "fast": 1.0})
    assert sorted(starts) == [(0.0, "fast"), (0.0, "slow"), (1.0, "fast"), (20.0, "slow")]


def test_delay_counts_from_when_the_request_was_sent():
    time, starts = FakeTime(), []

    async def visit(pacing):
        async with pacing.turn("a", 5.0) as mark_start:
            await time.sleep(3.0)
            starts.append(time.now - 1000.0)
            mark_start()

    async def run():
        pacing = Pacing(10, clock=time.clock, sleep=time.sleep)
        await time.run(visit(pacing), visit(pacing))

    asyncio.run(run())
    assert starts == [3.0, 11.0]


def test_without_a_delay_nothing_waits():
    starts, _ = starts_of(["a"] * 5, delay=0.0)
    assert {at for at, _ in starts} == {0.0}


def test_cap_counts_all_hosts_but_not_waiting_ones():
    starts, _ = starts_of([*["a"] * 5, "b", "c"], concurrency=2, takes=1.0)
    assert [at for at, host in starts if host in "bc"] == [0.0, 1.0]
    assert [at for at, host in starts if host == "a"] == [0.0, 5.0, 10.0, 15.0, 20.0]


def test_start_that_waited_for_a_place_still_keeps_the_delay():
    starts, _ = starts_of(["b", "a", "a"], concurrency=1, takes=7.0)
    at = [at for at, host in starts if host == "a"]
    assert at[1] - at[0] >= 5.0


def test_turn_beyond_the_maximum_wait_is_refused():
    starts, ends = starts_of(["a"] * 4, max_wait_s=11.0)
    assert len(starts) == 3
    refusal = ends[3]
    assert isinstance(refusal, HostBusyError)
    assert refusal.wait_s == pytest.approx(15.0)


def test_held_host_is_refused_and_others_are_not():
    starts, ends = starts_of(["a", "b"], before=lambda pacing: pacing.hold("a", 120.0))
    assert starts == [(0.0, "b")]
    assert isinstance(ends[0], HostBusyError)
    assert ends[0].wait_s == pytest.approx(120.0)


def test_request_waits_for_a_short_hold():
    starts, _ = starts_of(["a"], before=lambda pacing: pacing.hold("a", 3.0))
    assert starts == [(3.0, "a")]


def test_failed_and_cancelled_turns_release_their_place():
    async def run():
        pacing = Pacing(1)
        for _ in range(3):
            with pytest.raises(ValueError, match="broken"):
                async with pacing.turn("a", 0.0):
                    raise ValueError("broken")
        async with pacing.turn("a", 0.0):
            waiting = asyncio.create_task(pacing.turn("b", 0.0).__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(1), pacing.turn("b", 0.0):
            return True

    assert asyncio.run(run())


def test_idle_hosts_are_forgotten(monkeypatch):
    monkeypatch.setattr("flows.fetching.pacing._HOSTS_KEPT", 10)

    async def run():
        pacing = Pacing(1)
        for number in range(100):
            async with pacing.turn(f"host{number}", 0.0):
                pass
        return len(pacing._hosts)

    assert asyncio.run(run()) <= 10
