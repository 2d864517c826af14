"""CPU and memory of polling, compared with the bare libraries.

    python -m tests.bench.bench_poll [--feeds 1000] [--only 304|plain]

A publisher on loopback, in its own process, serves FEEDS feeds of 20 entries. Each line of
the table is one process that does one thing with all of them. The ratio compares its CPU,
including its children, with the line of the bare libraries.
"""

import argparse
import asyncio
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.bench.bench_feeds import cpu_s
from tests.helpers.process_use import sampled_memory

ENTRIES = 20
CONCURRENCY = 32
ETAG = '"5f3a"'


def feed(number, build=0):
    items = "".join(
        f"<item><title>Landing {number}/{i} of Aren opens</title><link>http://paper.example/{number}/{i}</link>"
        f"<guid>http://paper.example/{number}/{i}</guid><pubDate>Mon, 03 Jun 2024 08:{i:02}:00 GMT</pubDate>"
        f"<description>The council of Aren opened a ferry landing on Monday, entry {i}.</description></item>"
        for i in range(ENTRIES)
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Paper {number}</title>"
        f"<link>http://paper.example/</link><description>Build {build}</description>{items}</channel></rss>"
    ).encode()


def serve(ready):
    """Answer /plain/N with a feed, and /304/N with 304 if a validator is sent."""

    builds: Counter[str] = Counter()

    async def answer(reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                kind, _, number = path.strip("/").partition("/")
                if kind == "robots.txt":
                    body, status = b"User-agent: *\nDisallow:\n", "200 OK"
                elif kind == "304" and b"if-none-match" in head.lower():
                    body, status = b"", "304 Not Modified"
                else:
                    builds[path] += kind == "plain"  # a new body, so that it is parsed
                    body, status = feed(number, builds[path]), "200 OK"
                etag = f"ETag: {ETAG}\r\n" if kind == "304" else ""
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
        ready.send(server.sockets[0].getsockname()[1])
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


def bare_304(urls, data):
    asyncio.run(get_all(urls, {"If-None-Match": ETAG}, lambda response: response.status_code))


def bare_feeds(urls, data):
    import feedparser

    asyncio.run(
        get_all(
            urls,
            {},
            lambda r: feedparser.parse(r.content, sanitize_html=False, resolve_relative_uris=False),
        )
    )


def ours(urls, data):
    from flows.jobs.ingest import IngestRequest, find_work, poll_due
    from flows.runs.run import begin_run
    from tests.bench.bench_poll import settings_for

    settings = settings_for(urls, data)
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    dues, _ = find_work(settings, IngestRequest(is_forced=True), now)
    run = begin_run("ingest", settings, parameters={}, now=now)
    for start in range(0, len(dues), 500):
        tally = poll_due(run, dues[start : start + 500])
        if tally.failed:
            sys.exit(f"a feed failed: {tally.failures[0]}")


def settings_for(urls, data):
    from flows.settings import Settings

    outlines = "".join(f"<outline xmlUrl='{url}'/>" for url in urls)
    Path(data, "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    host = urls[0].split("/")[2]
    return Settings(data=Path(data), host_delay=0.0, allow_hosts=host, concurrency=CONCURRENCY)


WORK = {"bare-304": bare_304, "bare-feeds": bare_feeds, "ours": ours}


def measure(name, urls, data):
    """Run one thing in its own process; return its CPU seconds and peak megabytes."""
    code = f"import sys; from tests.bench.bench_poll import child; child({name!r}, {data!r})"
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(urls),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(run.stderr)
    return json.loads(run.stdout.splitlines()[-1])


def child(name, data):
    urls = json.load(sys.stdin)
    with sampled_memory() as peak:
        before = cpu_s(-1)
        WORK[name](urls, data)
        cpu = cpu_s(-1) - before
    print(json.dumps([cpu, peak[0] / 1e6]))


def main():
    parser = argparse.ArgumentParser(
        description="Compare the CPU of polling feeds with the bare libraries."
    )
    parser.add_argument(
        "--feeds", type=int, default=1000, help="number of feeds; 10000 shows the cost at scale"
    )
    parser.add_argument("--only", choices=["304", "plain"], help="measure only this kind of feed")
    options = parser.parse_args()
    feeds = options.feeds
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(target=serve, args=(sender,), daemon=True)
    server.start()
    port = receiver.recv()
    print(f"{feeds} feeds of {ENTRIES} entries, {CONCURRENCY} concurrent requests")
    print(f"{'what':34} {'cpu s':>8} {'ms/feed':>8} {'peak MB':>8} {'ratio':>6} {'limit':>6}")
    for kind, yardstick, limit in (("304", "bare-304", 1.6), ("plain", "bare-feeds", 1.5)):
        if options.only not in (None, kind):
            continue
        urls = [f"http://127.0.0.1:{port}/{kind}/{n}" for n in range(feeds)]
        with tempfile.TemporaryDirectory() as data:
            base, base_peak = measure(yardstick, urls, data)
            show(f"{kind}: {yardstick}", base, base_peak, feeds)
            cpu, peak = measure("ours", urls, data)
            show(f"{kind}: ours, all new", cpu, peak, feeds, cpu / base)
            cpu, peak = measure("ours", urls, data)
            show(f"{kind}: ours, all known", cpu, peak, feeds, cpu / base, limit=limit)
    server.terminate()


def show(what, cpu, peak, feeds, ratio=None, *, limit=None):
    ratio = f"{ratio:6.2f}" if ratio else " " * 6
    limit = f"{limit:6.2f}" if limit else " " * 6
    print(f"{what:34} {cpu:8.2f} {1000 * cpu / feeds:8.2f} {peak:8.0f} {ratio} {limit}", flush=True)


if __name__ == "__main__":
    main()
