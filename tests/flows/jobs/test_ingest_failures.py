"""One feed and one page of each failure class among two hundred good ones."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import socket
import ssl
from dataclasses import replace

import orjson
import pytest
import trustme

from flows.feeds.readers import ReaderOptions
from flows.fetching.failures import PERMANENT_CODES, TRANSIENT_CODES
from flows.jobs import ingest
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.captures import captures_of
from tests.helpers.fault_server import FaultServer, answer, chunk, redirect, serving_faults
from tests.helpers.feed_builders import item, many_attributes, rss
from tests.helpers.news_server import serving
from tests.helpers.process_use import resident_bytes, sampled_memory
from tests.helpers.walls import MAINTENANCE, front_page
from transforms.cleaning.refusals import RETRIED
from warehouse.connect import open_live

pytestmark = pytest.mark.usefixtures("unpublished")

OK = b"HTTP/1.1 200 OK\r\n"
GOOD = 200
MOST_BYTES = 1_500_000_000  # memory that all processes together may add
FEED = rss(item())
PACKED = gzip.compress(FEED)
BOMB = gzip.compress(bytes(30_000_000))
LAUGHS = (
    b"<!DOCTYPE r [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]><rss><channel><title>&m;</title></channel></rss>"
)


async def reset(wire):
    wire.reset()


async def attributes(wire):
    await wire.send(answer(many_attributes()))


async def slow_head(wire):
    with contextlib.suppress(ConnectionError):
        for letter in b"HTTP/1.1 200 OK\r\nX-Slow: ye" + b"s" * 60:
            await wire.send(bytes([letter]))
            await asyncio.sleep(0.5)


async def slow_body(wire):
    with contextlib.suppress(ConnectionError):
        await wire.send(OK + b"Content-Length: 9000\r\n\r\n")
        for _ in range(60):
            await wire.send(b"x")
            await asyncio.sleep(0.5)


async def endless(wire):
    with contextlib.suppress(ConnectionError):
        await wire.send(OK + b"\r\n")
        while True:
            await wire.send(bytes(65_536))


async def many_headers(wire):
    with contextlib.suppress(ConnectionError):
        await wire.send(OK + b"X-Filler: 1\r\n" * 200_000)


# Path to its response and the code that the run must report for it.
FAULTS = {
    "/reset": (reset, "connection_reset"),
    "/empty-reply": (b"", "protocol_error"),
    "/garbage": (b"HELO wire.example\r\n\r\n", "protocol_error"),
    "/cut": (answer(FEED, "Connection: close", length=len(FEED) + 9), "protocol_error"),
    "/bad-chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "protocol_error"),
    "/many-headers": (many_headers, "protocol_error"),
    "/large": (answer(b"x" * 30, length=500_000_000), "too_large"),
    "/endless": (endless, "too_large"),
    "/bomb": (answer(BOMB, "Content-Encoding: gzip"), "too_large"),
    "/cut-gzip": (answer(PACKED[:-9], "Content-Encoding: gzip"), "truncated_body"),
    "/bad-crc": (answer(PACKED[:-8] + bytes(8), "Content-Encoding: gzip"), "truncated_body"),
    "/brotli": (answer(b"x", "Content-Encoding: br"), "bad_encoding"),
    "/400": (answer(status="400 Bad"), "client_error"),
    "/401": (answer(status="401 Who"), "forbidden"),
    "/403": (answer(b"<h1>Just a moment</h1>", status="403 No"), "forbidden"),
    "/404": (answer(b"no such feed", status="404 No"), "not_found"),
    "/410": (answer(status="410 Gone"), "gone"),
    "/500": (answer(b"oh", status="500 Oh"), "server_error"),
    "/600": (answer(status="600 What"), "unexpected_status"),
    "/304": (answer(status="304 Not Modified"), "unexpected_status"),
    "/loop": (redirect("/loop"), "too_many_redirects"),
    "/nowhere": (redirect("http://[::1"), "bad_redirect"),
    "/file": (redirect("file:///etc/hostname"), "bad_scheme"),
    "/data": (redirect("data:text/xml,<rss/>"), "bad_scheme"),
    "/far": (redirect("/" + "b" * 60_000), "bad_url"),
    "/inside": (redirect("http://127.0.0.9/feed"), "private_address"),
    "/login": (answer(b"<!doctype html><title>Log in</title>"), "not_a_feed"),
    "/nothing": (answer(b""), "empty"),
    "/blank": (answer(b" \n\t "), "empty"),
    "/list": (answer(b"<opml version='2.0'><body/></opml>"), "unsupported_feed"),
    "/json": (answer(b'{"error": 404}'), "unsupported_feed"),
    "/cut-json": (answer(b'{"version": "https://jsonfeed.org/version/1", "it'), "bad_json"),
    "/laughs": (answer(LAUGHS), "bad_xml"),
    "/attributes": (attributes, "parse_timeout"),
}


# Faults of a response as such, which pages have too. Feeds alone have the others.
OF_PAGES = [path for path in FAULTS if path not in {
    "/login", "/nothing", "/blank", "/list", "/json", "/cut-json", "/laughs", "/attributes",
}]  # fmt: skip


def odd_feeds(feed):
    """Return odd routes that still lead to `feed`, those to poll first."""
    return {
        "/moved": redirect("/moved-to", "301 Moved"),
        "/no-length": OK + b"Connection: close\r\n\r\n" + feed,
        "/chunked": OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(feed) + chunk(b""),
        "/moved-to": answer(feed, "Content-Type: application/rss+xml"),
    }


def fake_lookup(monkeypatch):
    """Fake the results of name lookups; no test asks a name server."""
    real = socket.getaddrinfo
    ends = {
        "gone.example": socket.gaierror(socket.EAI_NONAME, "no such name"),
        "later.example": socket.gaierror(socket.EAI_AGAIN, "try again"),
    }

    def look_up(host, port, *args, **options):
        if host in ends:
            raise ends[host]
        known = {"mixed.example": ("8.8.8.8", "127.0.0.1"), "far.example": ("127.255.255.255",)}
        if host in known:
            return [(2, 1, 6, "", (ip, port)) for ip in known[host]]
        return real(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def untrusted():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def deaf_ports():
    """Yield a closed port, and one whose queue of connections is full."""
    with contextlib.ExitStack() as stack:
        closed, full, *fillers = (stack.enter_context(socket.socket()) for _ in range(6))
        closed.bind(("127.0.0.1", 0))
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield closed.getsockname()[1], full.getsockname()[1]


def fault_servers(feed):
    """Return a server for each fault of a whole host, the shared one first."""
    # Hosts are paced and paused, so a fault that pauses its host needs its own IP address.
    later = answer(b"", "Retry-After: 7200", status="503 No")
    crawl = {"/robots.txt": answer(b"User-agent: *\nCrawl-delay: 100000\n")}
    routes = {path: route for path, (route, _) in FAULTS.items()}
    routes |= {f"/page{path}": FAULTS[path][0] for path in OF_PAGES}
    return (
        FaultServer(routes | odd_feeds(feed)),
        FaultServer({"/robots.txt": answer(status="503 No")}),
        FaultServer({"/robots.txt": answer(b"User-agent: *\nDisallow: /\n")}),
        FaultServer({"/feed": answer(status="429 Slow")}, host="127.0.0.3"),
        FaultServer({"/feed": later}, host="127.0.0.4"),
        FaultServer({"/feed": slow_head, "/page": slow_head}, host="127.0.0.6"),
        FaultServer({"/feed": slow_body, "/page": slow_body}, host="127.0.0.7"),
        FaultServer(tls=untrusted()),
        FaultServer(tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)),  # has no certificate
        FaultServer(crawl | {"/a": answer(feed), "/b": answer(feed)}, host="127.0.0.5"),
    )


HOST_CODES = (
    "robots_unreachable", "robots_disallowed", "too_many_requests", "server_error",
    "deadline", "deadline", "bad_certificate", "tls_error",
)  # fmt: skip
NAMES = {
    "far.example": "connect_failed",
    "gone.example": "unknown_host",
    "later.example": "dns_temporary",
    "mixed.example": "private_address",
    "127.0.0.9": "private_address",
    "2130706433": "private_address",
    "[::ffff:127.0.0.1]": "private_address",
}


@pytest.fixture
def publishers(deaf_ports):
    """Yield the good publisher, bad feeds and pages with codes, odd URLs, and allowed hosts."""
    with serving(feeds=GOOD, articles=1) as news:
        odd_path = "/odd/article-0"
        news.pages[odd_path] = news.article(odd_path)
        servers = fault_servers(rss(item(link=news.url(odd_path))))
        with serving_faults(*servers):
            common, *others, slow = servers
            slow_heads, slow_bodies = others[4:6]
            pages = {common.url(f"/page{path}"): FAULTS[path][1] for path in OF_PAGES}
            pages |= {server.url("/page"): "deadline" for server in (slow_heads, slow_bodies)}
            bad = {common.url(path): code for path, (_, code) in FAULTS.items()}
            bad |= {
                server.url("/feed"): code for server, code in zip(others, HOST_CODES, strict=True)
            }
            bad |= {f"http://{name}/feed": code for name, code in NAMES.items()}
            bad[common.url("/feed?api_key=***0123456789ab")] = "secret_missing"
            deaf = [f"127.0.0.1:{port}" for port in deaf_ports]
            for name, code in zip(deaf, ("connect_refused", "connect_timeout"), strict=True):
                bad[f"http://{name}/feed"] = code
            odd = [common.url(path) for path in ("/moved", "/no-length", "/chunked")]
            odd += [slow.url("/a"), slow.url("/b")]
            names = [news.host, "far.example", *deaf, *(server.name for server in servers)]
            yield news, bad, pages, odd, ",".join(names)


def spoil_articles(news):
    """Make eight pages of another feed unusable; return the URL and code of each."""
    codes = {
        "not_found": 404, "gone": 410, "forbidden": 403, "not_html": b"%PDF-1.7 no page at all",
        "no_text": b"", "maintenance": MAINTENANCE, "listing": front_page(),
    }  # fmt: skip
    paths = {code: f"/bad/article-{number}" for number, code in enumerate(codes)}
    for code, path in paths.items():
        if isinstance(codes[code], int):
            news.statuses[path] = codes[code]
    paths["robots_disallowed"] = "/private/article-8"
    for path in paths.values():
        news.pages[path] = news.article(path)
    news.lists["/bad.xml"] = [*paths.values()]
    news.refresh()
    news.pages |= {paths[code]: body for code, body in codes.items() if isinstance(body, bytes)}
    return {news.url(path): code for code, path in paths.items()}


class HastySettings(Settings):
    """Settings of a run with shorter timeouts than the defaults."""

    @property
    def fetch_options(self):
        return replace(super().fetch_options, deadline_s=20.0, connect_s=8.0)


def test_failing_feeds_and_pages_do_not_affect_two_hundred_good_ones(
    publishers, tmp_path, monkeypatch
):
    news, bad, bad_answers, odd, hosts = publishers
    refused_pages = spoil_articles(news)
    news.pages["/faults.xml"] = rss(*(item(link=url, guid=url) for url in bad_answers))
    fake_lookup(monkeypatch)
    quick = functools.partial(ReaderOptions, deadline_s=8.0)
    monkeypatch.setattr(ingest, "ReaderOptions", quick)
    others = [*bad, *odd, news.url("/faults.xml")]
    outlines = "".join(f"<outline xmlUrl='{url}'/>" for url in others).encode()
    (tmp_path / "feeds.opml").write_bytes(news.opml().replace(b"<body>", b"<body>" + outlines))
    settings = HastySettings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=hosts)

    before = resident_bytes()
    with sampled_memory() as peak:
        report = ingest_feeds(settings, IngestRequest())

    assert peak[0] - before < MOST_BYTES
    check_polls(report, bad, odd, polled=GOOD + 2 + len(bad) + len(odd))
    check_pages(settings, report, bad_answers, refused_pages)
    with open_live(settings.folder) as con:
        loaded = con.execute("SELECT url FROM articles").fetchall()
        polled = con.execute("SELECT count(*), count(DISTINCT url) FROM polls").fetchone()
    good = [news.url(paths[0]) for feed, paths in news.lists.items() if feed != "/bad.xml"]
    assert sorted(url for (url,) in loaded) == sorted([*good, news.url("/odd/article-0")])
    assert polled == (report.polls.polled, report.polls.polled)
    check_archive(settings, bad, bad_answers | refused_pages)


def check_polls(report, bad, odd, *, polled):
    """Check that each bad feed is reported once, with its code."""
    polls = report.polls
    codes = {url: code for url, code, _ in polls.failures}
    [refused] = {url for url in codes if url not in bad}  # one of two feeds, one turn per day
    assert codes.pop(refused) == "host_busy"
    assert refused in odd
    assert codes == bad
    assert {*TRANSIENT_CODES, *PERMANENT_CODES} <= {*codes.values(), "host_busy"}
    assert polls.polled == polled == polls.new + polls.failed + polls.gone
    assert (polls.failed + polls.gone, polls.excused, polls.gone) == (len(bad) + 1, 0, 1)
    assert set(bad) <= {
        url for url, _, _ in orjson.loads(orjson.dumps(report.as_json()))["polls"]["failures"]
    }


def check_pages(settings, report, bad_answers, refused_pages):
    """Check that each bad page is counted once, with its code, and tried again if that may help."""
    waiting = {url for url, code in bad_answers.items() if code in TRANSIENT_CODES}
    rejected = {url: code for url, code in bad_answers.items() if url not in waiting}
    rejected |= {url: code for url, code in refused_pages.items() if code not in RETRIED}
    assert {each.item: each.reason for each in report.rejections} == rejected | {
        url: code for url, code in refused_pages.items() if code in RETRIED
    }
    count = report.count
    assert count.seen == count.appended + count.known + count.rejected
    assert count.rejected == len(report.rejections)
    with open_live(settings.folder) as con:
        tried = con.execute(
            "SELECT url, failure, next_fetch_at IS NOT NULL FROM fetches"
            " WHERE url IN (SELECT unnest(?))",
            [list(bad_answers)],
        ).fetchall()
    assert sorted(tried) == sorted((url, code, url in waiting) for url, code in bad_answers.items())


def check_archive(settings, bad, bad_pages):
    """Check that responses to bad feeds are archived and never read as documents."""
    found = [
        each
        for path in sorted(settings.folder.archive.iterdir())
        for each in captures_of(path, with_unused=True)
    ]
    unused = {capture.asked_url or capture.url: capture for _, capture in found if capture.unused}
    answered = {
        "bad_encoding", "client_error", "forbidden", "gone", "not_found", "server_error",
        "too_large", "too_many_requests", "truncated_body", "unexpected_status",
    }  # fmt: skip
    for url, code in (bad | bad_pages).items():
        if code in answered:
            assert unused[url].unused == code
    assert all(len(capture.body) <= 65_536 for capture in unused.values())
