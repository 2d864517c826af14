"""Wall time of paced fetching from many hosts, compared with the ideal schedule.

    python -m tests.bench.bench_pacing [--hosts 200] [--articles 10] [--delay 5]

One server on loopback stands in for all hosts; each host has its own IP address. In the
ideal schedule, every host gets its first request immediately and the next one after each
delay. The aim is at most 1.2 times the ideal, including robots.txt, and never two starts at
a host that are closer together than the delay.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime

from flows.fetching.fetch_records import FetchOptions, FetchRequest
from flows.fetching.fetcher import Fetcher

AIM = 1.2
_PAGE = b"<p>The ferry left the harbor at dawn.</p>" * 500
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(_PAGE), _PAGE)
_NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Articles:
    """Serves an article for every URL and records when each host was asked."""

    def __init__(self) -> None:
        self.starts: defaultdict[str, list[float]] = defaultdict(list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.starts[host].append(time.monotonic())
                writer.write(_NO_ROBOTS if b"/robots.txt " in head else _ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


async def fetch_all(hosts: int, articles: int, delay_s: float) -> tuple[float, float]:
    """Return the total wall seconds and the shortest gap between starts at a host."""
    site = Articles()
    server = await asyncio.start_server(site.serve, "0.0.0.0", 0)
    port = server.sockets[0].getsockname()[1]
    names = [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(hosts)]
    options = FetchOptions(allow_hosts=frozenset(names), host_delay_s=delay_s)
    started = time.perf_counter()
    async with server, Fetcher(options, now=lambda: datetime.now(UTC)) as fetcher:
        urls = [f"http://{name}:{port}/{number}" for name in names for number in range(articles)]
        await asyncio.gather(*(fetcher.fetch(FetchRequest(url=url)) for url in urls))
    wall_s = time.perf_counter() - started
    gaps = (b - a for times in site.starts.values() for a, b in itertools.pairwise(times))
    return wall_s, min(gaps)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare paced fetching with the ideal schedule.")
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--delay", type=float, default=5.0)
    options = parser.parse_args()
    wall_s, gap_s = asyncio.run(fetch_all(options.hosts, options.articles, options.delay))
    ideal_s = options.delay * (options.articles - 1)
    sys.stdout.write(
        f"{options.hosts} hosts, {options.articles} articles each, {options.delay:g} s apart\n"
        f"wall {wall_s:.1f} s, ideal {ideal_s:.1f} s, ratio {wall_s / ideal_s:.2f} (aim: at most {AIM})\n"
        f"shortest time between two starts at a host {gap_s:.2f} s\n"
    )


if __name__ == "__main__":
    main()
