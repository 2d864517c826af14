"""CPU of fetching and reading feeds, compared with bare httpx and feedparser.

    python -m tests.bench.bench_feeds [--feeds 1000] [--entries 20] [--concurrency 32]

A server in its own process answers every URL on loopback with a feed of known entries. Our
side fetches each feed, parses it in a worker process and separates new from known entries.
The other side fetches with a bare httpx client and calls `feedparser.parse`. CPU seconds
include all processes of each side (Linux only: read from /proc). The aim is a ratio of at
most 1.5. In production a feed with unchanged bytes is not parsed; here every feed is.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import multiprocessing
import resource
import sys
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import feedparser
import httpx

from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.fetching.fetch_records import FetchOptions, FetchRequest
from flows.fetching.fetcher import Fetcher
from tests.helpers.process_use import cpu_seconds
from transforms.feeds.entries import find_news
from transforms.feeds.feed_records import FeedBody, ParsedFeed

AIM = 1.5
_NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_ITEM = (
    "<item><title>Dockers of Port Linnet walk out again, day {0}</title>"
    "<link>https://news.example.org/world/dockers-walk-out-{0}?utm_source=rss</link>"
    '<guid isPermaLink="false">tag:news.example.org,2024:{0}</guid>'
    "<pubDate>Mon, 06 May 2024 09:{0:02}:15 GMT</pubDate><category>Ports</category>"
    "<description>Talks between the union and the port &lt;b&gt;broke down&lt;/b&gt; on Monday"
    " night, and ferries to Oster Bay stay in the harbor.</description></item>"
)


class Feeds(asyncio.Protocol):
    """Answers every request with the same feed, except for robots.txt."""

    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            is_robots = head.startswith(b"GET /robots.txt ")
            self.transport.write(_NO_ROBOTS if is_robots else self.answer)  # type: ignore[attr-defined]


def serve(ready: Connection, entries: int) -> None:
    items = "".join(_ITEM.format(number) for number in range(entries))
    feed = f'<rss version="2.0"><channel><title>Linnet Post</title>{items}</channel></rss>'.encode()
    Feeds.answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%s"
        % (len(feed), feed)
    )

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Feeds, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def read_bare(urls: list[str], concurrency: int) -> int:
    """Return the number of entries that httpx and feedparser find."""
    places = asyncio.Semaphore(concurrency)
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:

        async def one(url: str) -> int:
            async with places:
                response = await client.get(url)
            return len(feedparser.parse(io.BytesIO(response.content))["entries"])

        return sum(await asyncio.gather(*(one(url) for url in urls)))


async def read_ours(urls: list[str], concurrency: int, readers: FeedReaders) -> int:
    """Return the number of known entries that our readers find."""
    options = FetchOptions(
        concurrency=concurrency, host_delay_s=0.0, allow_hosts=frozenset({"127.0.0.1"})
    )
    known: dict[str, str] = {}
    async with Fetcher(options, now=lambda: datetime.now(UTC)) as fetcher:

        async def one(url: str) -> int:
            result = await fetcher.fetch(FetchRequest(url=url))
            body = FeedBody(url=url, content=result.body, fetched_at=result.fetched_at)
            feed = await readers.read_one(body)
            assert isinstance(feed, ParsedFeed), feed
            if not known:
                known.update((entry.entry_id, entry.fingerprint) for entry in feed.entries)
            return len(find_news(feed.entries, known, ()).known)

        return sum(await asyncio.gather(*(one(url) for url in urls)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description="Compare the CPU of reading feeds with httpx and feedparser."
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=20)
    parser.add_argument("--concurrency", type=int, default=32)
    options = parser.parse_args()
    ours_end, server_end = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(server_end, options.entries), daemon=True)
    server.start()
    port = ours_end.recv()
    urls = [f"http://127.0.0.1:{port}/{number}" for number in range(options.feeds)]
    before = cpu_seconds(server.pid)
    bare = asyncio.run(read_bare(urls, options.concurrency))
    between = cpu_seconds(server.pid)
    with FeedReaders(ReaderOptions(processes=1)) as readers:
        ours = asyncio.run(read_ours(urls, options.concurrency, readers))
        after = cpu_seconds(server.pid)
    assert bare == ours == options.feeds * options.entries
    ratio = (after - between) / (between - before)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{options.feeds} feeds of {options.entries} entries\n"
        f"httpx and feedparser  {between - before:7.2f} s CPU\n"
        f"ours                  {after - between:7.2f} s CPU\n"
        f"ratio                 {ratio:7.2f}   (aim {AIM})\n"
        f"peak memory           {peak_mb:7.0f} MB\n"
    )
    server.terminate()


if __name__ == "__main__":
    main()
