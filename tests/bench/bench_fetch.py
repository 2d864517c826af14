"""CPU of our fetcher compared with a bare httpx client, on unchanged feeds.

    python -m tests.bench.bench_fetch [--urls 1000] [--concurrency 32] [--rounds 5]

A server in its own process answers every URL on loopback with 304. Both clients take turns
fetching the same URLs with the same validators and the same concurrency. The table shows
the median of the rounds. The aim is a ratio of at most 1.6.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import httpx

from flows.fetching.fetch_records import FetchOptions, FetchRequest
from flows.fetching.fetcher import Fetcher

AIM = 1.6
_UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "5f3"\r\nServer: bench\r\n\r\n'
_NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Unchanged(asyncio.Protocol):
    """Answers every request with 304, except for robots.txt."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            is_robots = head.startswith(b"GET /robots.txt ")
            self.transport.write(_NO_ROBOTS if is_robots else _UNCHANGED)  # type: ignore[attr-defined]


def serve(ready: Connection) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Unchanged, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def fetch_bare(urls: list[str], concurrency: int) -> None:
    places = asyncio.Semaphore(concurrency)
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:

        async def get(url: str) -> None:
            async with places:
                answer = await client.get(url, headers={"If-None-Match": '"5f3"'})
                assert answer.status_code == 304

        await asyncio.gather(*map(get, urls))


async def fetch_ours(urls: list[str], concurrency: int) -> None:
    options = FetchOptions(
        allow_hosts=frozenset({"127.0.0.1"}), host_delay_s=0.0, concurrency=concurrency
    )
    async with Fetcher(options, now=lambda: datetime.now(UTC)) as fetcher:

        async def get(url: str) -> None:
            result = await fetcher.fetch(FetchRequest(url=url, etag='"5f3"'))
            assert result.is_not_modified

        await asyncio.gather(*map(get, urls))


def measure(
    fetch: Callable[[list[str], int], Awaitable[None]], urls: list[str], concurrency: int
) -> tuple[float, float]:
    """Return the CPU seconds and wall seconds of fetching all `urls`."""

    async def run() -> None:
        await fetch(urls, concurrency)

    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(run())
    return time.process_time() - cpu, time.perf_counter() - wall


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the CPU of fetching with bare httpx.")
    parser.add_argument("--urls", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    server.start()
    port = here.recv()
    urls = [f"http://127.0.0.1:{port}/feeds/{number}.xml" for number in range(options.urls)]
    clients = {"bare httpx": fetch_bare, "onrecord": fetch_ours}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in clients}
    for _ in range(options.rounds + 1):
        for name, fetch in clients.items():
            taken[name].append(measure(fetch, urls, options.concurrency))
    server.terminate()
    median = {
        # The first round only warms up.
        name: [statistics.median(column) for column in zip(*rounds[1:], strict=True)]
        for name, rounds in taken.items()
    }
    say(
        f"{options.urls} feeds answering 304, {options.concurrency} concurrent requests, median of {options.rounds}"
    )
    for name, (cpu, wall) in median.items():
        say(
            f"{name:12} {cpu:7.3f} s CPU  {wall:7.3f} s wall  {cpu / options.urls * 1e6:7.0f} us per feed"
        )
    ratio = median["onrecord"][0] / median["bare httpx"][0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"ratio of CPU {ratio:.2f} (aim: at most {AIM}), peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
