"""Polls many feeds, or does the same with bare libraries: `polling NAME DATA`.

The addresses are read from standard input, as JSON. `polling serve ENTRIES` is a publisher on
loopback; it prints its port.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

CONCURRENCY = 32
ETAG = '"5f3a"'


def feed(number, entries, build):
    items = "".join(
        f"<item><title>Landing {number}/{i} of Aren opens</title><link>http://paper.example/{number}/{i}</link>"
        f"<guid>http://paper.example/{number}/{i}</guid><pubDate>Mon, 03 Jun 2024 08:{i:02}:00 GMT</pubDate>"
        f"<description>The council of Aren opened a ferry landing on Monday, entry {i}.</description></item>"
        for i in range(entries)
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Paper {number}</title>"
        f"<link>http://paper.example/</link><description>Build {build}</description>{items}</channel></rss>"
    ).encode()


def serve(entries):
    """Answer /plain/N with a feed, and /304/N with 304 if a validator is sent."""
    builds: Counter[str] = Counter()

    def answer_to(head):
        path = head.split(b" ", 2)[1].decode()
        kind, _, number = path.strip("/").partition("/")
        if kind == "robots.txt":
            return "200 OK", "", b"User-agent: *\nDisallow:\n"
        etag = f"ETag: {ETAG}\r\n" if kind == "304" else ""
        if kind == "304" and b"if-none-match" in head.lower():
            return "304 Not Modified", etag, b""
        builds[path] += kind == "plain"  # a new body, so that it is parsed
        return "200 OK", etag, feed(number, entries, builds[path])

    async def answer(reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                status, etag, body = answer_to(head)
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\n{etag}"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run():
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


async def get_all(urls, headers, use):
    import httpx

    limit = asyncio.Semaphore(CONCURRENCY)
    async with httpx.AsyncClient(
        trust_env=False, limits=httpx.Limits(max_connections=CONCURRENCY)
    ) as client:

        async def one(url):
            async with limit:
                use(await client.get(url, headers=headers))

        await asyncio.gather(*(one(url) for url in urls))


def httpx_alone(urls, _):
    asyncio.run(get_all(urls, {"If-None-Match": ETAG}, lambda response: response.status_code))


def httpx_and_feedparser(urls, _):
    import feedparser

    def parse(response):
        feedparser.parse(response.content, sanitize_html=False, resolve_relative_uris=False)

    asyncio.run(get_all(urls, {}, parse))


def ours(urls, data):
    from datetime import UTC, datetime

    from flows.jobs.ingest import IngestRequest, find_work, poll_due
    from flows.runs.run import begin_run

    settings, now = settings_for(urls, Path(data)), datetime.now(UTC)
    dues, _ = find_work(settings, IngestRequest(is_forced=True), now)
    run = begin_run("ingest", settings, parameters={}, now=now)
    polled = 0
    for start in range(0, len(dues), 500):
        tally = poll_due(run, dues[start : start + 500])
        polled += len(dues[start : start + 500])
        if tally.failed:
            sys.exit(f"a feed failed: {tally.failures[0]}")
    if polled != len(urls):
        sys.exit(f"{polled} of {len(urls)} feeds were due")


def settings_for(urls, data):
    from flows.settings import Settings

    outlines = "".join(f"<outline xmlUrl='{url}'/>" for url in urls)
    data.mkdir(exist_ok=True)
    (data / "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    host = urls[0].split("/")[2]
    return Settings(data=data, host_delay=0.0, allow_hosts=host, concurrency=CONCURRENCY)


WORK = {"httpx": httpx_alone, "httpx-feedparser": httpx_and_feedparser, "ours": ours}

if __name__ == "__main__":
    name, given = sys.argv[1:]
    if name == "serve":
        serve(int(given))
    else:
        WORK[name](json.load(sys.stdin), given)
