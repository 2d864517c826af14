"""Results of fetches, and every way in which a server can make them fail."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import logging
import time
import tracemalloc
import zlib

import pytest

from flows.errors import FetchError, PermanentFetchError, TransientFetchError
from flows.fetching.fetch_records import FetchRequest
from tests.helpers.fault_server import FaultServer, Route, Wire, answer, chunk, redirect
from tests.helpers.fetching import NOON, failure_from, fetch_from, make_fetcher

PAGE = b"<title>Ferry</title><p>The ferry left the harbor at dawn.</p>" * 20


def send(data: bytes) -> Route:
    """Return a route that sends `data` and closes the connection."""

    async def send_and_close(wire: Wire) -> None:
        await wire.send(data)

    return send_and_close


async def drip(wire: Wire, data: bytes, pause_s: float = 0.02) -> None:
    for byte in data:
        await wire.send(bytes([byte]))
        await asyncio.sleep(pause_s)


def test_page_is_returned_whole_with_facts_from_its_headers():
    page = answer(
        PAGE,
        "Content-Type: Text/HTML; charset=ISO-8859-2",
        'ETag: W/"5f3"',
        "Last-Modified: Mon, 06 May 2024 10:00:00 GMT",
        "X-Robots-Tag: noai, max-snippet:9",
        "X-Robots-Tag: otherbot: noindex",
        "tdm-reservation: 1",
    )
    result, server = fetch_from({"/page": page})
    assert result.body == PAGE
    assert result.body_sha256 == hashlib.sha256(PAGE).hexdigest()
    assert (result.media_type, result.charset) == ("text/html", "iso-8859-2")
    assert (result.etag, result.last_modified) == ('W/"5f3"', "Mon, 06 May 2024 10:00:00 GMT")
    assert result.opt_out == ("noai", "tdm-reservation")
    assert (result.http_status, result.redirects, result.fetched_at) == (200, (), NOON)
    assert result.url == result.final_url == server.url("/page")


def test_url_without_redirects_is_kept_as_written():
    result, server = fetch_from({"/%C3%BC?a=b%20c": answer(PAGE)}, "/ü?a=b c#top")
    assert result.final_url == result.url == server.url("/ü?a=b c#top")


def test_request_names_onrecord_and_accepts_only_gzip():
    _, server = fetch_from({"/page": answer(PAGE)}, contact="https://desk.example/bot")
    asked = server.asked[-1].headers
    assert asked["user-agent"] == "onrecord/0.1.0 (+https://desk.example/bot)"
    assert asked["accept-encoding"] == "gzip"
    assert "cookie" not in asked


def test_contact_cannot_inject_a_header():
    _, server = fetch_from({"/page": answer(PAGE)}, contact="desk\r\nX-Evil: 1")
    assert "x-evil" not in server.asked[-1].headers


def test_validators_are_sent_unchanged_and_304_is_not_a_failure():
    unchanged = b'HTTP/1.1 304 Not Modified\r\nETag: "new"\r\n\r\n'
    request = {"etag": '"5f3"', "last_modified": "Mon, 06 May 2024 10:00:00 GMT"}
    result, server = fetch_from({"/page": unchanged}, request=request)
    assert result.is_not_modified
    assert (result.etag, result.body) == ('"new"', b"")
    assert server.asked[-1].headers["if-none-match"] == '"5f3"'
    assert server.asked[-1].headers["if-modified-since"] == "Mon, 06 May 2024 10:00:00 GMT"


def test_validator_of_any_bytes_is_sent_back_unchanged():
    page = answer(PAGE).replace(b"\r\n\r\n", b'\r\nETag: "caf\xe9"\r\n\r\n', 1)
    result, _ = fetch_from({"/page": page})
    _, server = fetch_from({"/page": page}, request={"etag": result.etag})
    assert server.asked[-1].headers["if-none-match"] == '"caf\xe9"'


def test_304_without_an_etag_gives_no_etag():
    result, _ = fetch_from({"/page": b"HTTP/1.1 304 No\r\n\r\n"}, request={"etag": '"5f3"'})
    assert result.is_not_modified
    assert result.etag is None


def test_unrequested_304_is_a_failure():
    assert failure_from({"/page": b"HTTP/1.1 304 No\r\n\r\n"}).code == "unexpected_status"


@pytest.mark.parametrize("is_chunked", [False, True])
def test_gzip_is_inflated(is_chunked):
    packed = gzip.compress(PAGE)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(chunk(packed[i : i + 7]) for i in range(0, len(packed), 7)) + chunk(b"")
    whole = head + body if is_chunked else answer(packed, "Content-Encoding: gzip")
    assert fetch_from({"/page": whole})[0].body == PAGE


def test_body_without_a_length_ends_when_the_connection_closes():
    assert fetch_from({"/page": b"HTTP/1.1 200 OK\r\n\r\n" + PAGE})[0].body == PAGE


@pytest.mark.parametrize(
    "scheme",
    ["file:///etc/hostname", "ftp://wire.example/", "gopher://a/", "data:,x", "javascript:1"],
)
def test_other_schemes_are_refused(scheme):
    with pytest.raises(PermanentFetchError) as caught:
        fetch_from({}, scheme) if "//" not in scheme else asyncio.run(fetch_alone(scheme))
    assert caught.value.code in {"bad_scheme", "bad_url"}
    assert failure_from({"/page": redirect(scheme)}).code == "bad_scheme"


async def fetch_alone(url, **changes):
    async with make_fetcher(**changes) as fetcher:
        return await fetcher.fetch(FetchRequest(url=url))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "wire.example/feed",
        "http://",
        "http:///feed",
        "http://[::1",
        "http://a b/",
        "http://wire.example:99999/",
        "http://\u2488com\u0000/",
    ],
)
def test_unreadable_url_is_refused(url):
    with pytest.raises(PermanentFetchError) as caught:
        asyncio.run(fetch_alone(url))
    assert caught.value.code in {"bad_url", "bad_scheme"}


def test_permanent_and_temporary_redirects_are_followed_and_distinguished():
    routes = {
        "/page": redirect("/b", "301 Moved"),
        "/b": redirect("/c?x=1", "308 Permanent"),
        "/c?x=1": redirect("/d#top", "302 Found"),
        "/d": redirect("/e", "301 Moved"),
        "/e": answer(PAGE),
    }
    result, server = fetch_from(routes)
    assert result.body == PAGE
    assert result.final_url == server.url("/e")
    assert [hop.status for hop in result.redirects] == [301, 308, 302, 301]
    assert result.permanent_url == server.url("/c?x=1")


@pytest.mark.parametrize("status", ["302 Found", "303 See", "307 Temporary"])
def test_temporary_redirect_keeps_the_url(status):
    result, _ = fetch_from({"/page": redirect("/b", status), "/b": answer(PAGE)})
    assert result.permanent_url is None


def test_redirect_loop_is_detected_immediately():
    routes = {"/page": redirect("/b"), "/b": redirect("/page")}
    assert failure_from(routes).code == "too_many_redirects"


def test_endless_redirects_stop_at_the_limit():
    served: list[str] = []

    async def further(wire: Wire) -> None:
        served.append(wire.asked.path)
        await wire.send(redirect(f"/page?{len(served)}"))

    routes = {"/page": further} | {f"/page?{i}": further for i in range(20)}
    assert failure_from(routes).code == "too_many_redirects"
    assert len(served) == 11


@pytest.mark.parametrize(
    "route",
    [
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        redirect("http://[::1"),
        redirect("http://:80:80/"),
    ],
)
def test_redirect_without_a_usable_target_is_refused(route):
    assert failure_from({"/page": route}).code in {"bad_redirect", "bad_url"}


def test_cookie_from_a_redirect_is_sent_only_with_the_next_hop():
    async def gate(wire: Wire) -> None:
        is_known = wire.asked.headers.get("cookie") == "seen=1"
        await wire.send(
            answer(PAGE) if is_known else redirect("/page", "302 Found", "Set-Cookie: seen=1")
        )

    async def run():
        async with FaultServer({"/page": gate}) as server, make_fetcher(server) as fetcher:
            await fetcher.fetch(FetchRequest(url=server.url("/page")))
            result = await fetcher.fetch(FetchRequest(url=server.url("/page")))
            return result.body, [
                asked.headers.get("cookie") for asked in server.asked if asked.path == "/page"
            ]

    assert asyncio.run(run()) == (PAGE, [None, "seen=1", None, "seen=1"])


def test_credentials_are_sent_only_to_their_own_host():
    async def run():
        async with FaultServer({"/b": answer(PAGE)}, host="127.0.0.2") as other:
            routes = {"/page": redirect("/a"), "/a": redirect(other.url("/b"))}
            async with FaultServer(routes) as server, make_fetcher(server, other) as fetcher:
                url = server.url("/page").replace("//", "//desk:pa55@")
                result = await fetcher.fetch(FetchRequest(url=url))
                return result, server, other

    result, server, other = asyncio.run(run())
    sent = {asked.path: asked.headers.get("authorization") for asked in server.asked}
    assert sent == {"/robots.txt": None, "/page": "Basic ZGVzazpwYTU1", "/a": "Basic ZGVzazpwYTU1"}
    assert [asked.headers.get("authorization") for asked in other.asked] == [None, None]
    assert "pa55" not in result.final_url
    assert all("pa55" not in hop.target + hop.url for hop in result.redirects)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 No", "not_found"),
        ("410 Gone", "gone"),
        ("403 No", "forbidden"),
        ("500 Oops", "server_error"),
        ("400 Bad", "client_error"),
        ("206 Partial", "unexpected_status"),
    ],
)
def test_status_without_a_page_is_a_failure(status, code):
    error = failure_from({"/page": answer(b"x" * 200_000, status=status)})
    assert (error.code, error.http_status) == (code, int(status[:3]))


def test_retry_after_is_reported_and_pauses_the_host():
    async def run():
        routes = {"/page": answer(b"", "Retry-After: 120", status="429 Slow"), "/b": answer(PAGE)}
        async with FaultServer(routes) as server, make_fetcher(server) as fetcher:
            failures = []
            for path in ("/page", "/b"):
                with pytest.raises(TransientFetchError) as caught:
                    await fetcher.fetch(FetchRequest(url=server.url(path)))
                failures.append((caught.value.code, round(caught.value.retry_after_s or 0)))
            return failures, server.paths()

    failures, paths = asyncio.run(run())
    assert failures == [("too_many_requests", 120), ("host_busy", 120)]
    assert "/b" not in paths


def test_retry_after_date_counts_from_the_servers_clock():
    busy = answer(
        b"",
        "Date: Mon, 06 May 2024 09:00:00 GMT",
        "Retry-After: Mon, 06 May 2024 09:05:00 GMT",
        status="503 Busy",
    )
    assert failure_from({"/page": busy}).retry_after_s == 300.0


def test_closed_port_is_refused_and_the_next_fetch_works():
    async def run():
        async with FaultServer() as closed:
            pass
        async with (
            FaultServer({"/page": answer(PAGE)}) as server,
            make_fetcher(server, closed) as fetcher,
        ):
            with pytest.raises(TransientFetchError) as caught:
                await fetcher.fetch(FetchRequest(url=closed.url("/page")))
            result = await fetcher.fetch(FetchRequest(url=server.url("/page")))
            return caught.value.code, result.body

    assert asyncio.run(run()) == ("connect_refused", PAGE)


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nhalf"])
def test_reset_connection_has_its_own_code(sent):
    async def reset(wire: Wire) -> None:
        await wire.send(sent)
        await asyncio.sleep(0.05)
        wire.reset()

    assert failure_from({"/page": reset}).code == "connection_reset"


PROTOCOL_ERRORS = {
    "empty-reply": b"",
    "garbage-status": b"HELO wire.example\r\n\r\n",
    "not-http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "length-too-long": answer(PAGE, "Connection: close", length=len(PAGE) + 9),
    "length-not-a-number": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nx",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "chunks-cut": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(PAGE),
    "bad-header": b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
    "headers-cut": b"HTTP/1.1 200 OK\r\nContent-Type: text",
}


@pytest.mark.parametrize(
    "sent", [pytest.param(sent, id=name) for name, sent in PROTOCOL_ERRORS.items()]
)
def test_broken_http_is_a_protocol_error(sent):
    assert failure_from({"/page": send(sent)}).code == "protocol_error"


def test_endless_headers_are_stopped_fast():
    async def flood(wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 1\r\n" * 200_000)

    started = time.monotonic()
    assert failure_from({"/page": flood}).code == "protocol_error"
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "prefix", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"], ids=["headers", "body"]
)
def test_slow_response_is_stopped_at_the_deadline(prefix):
    async def slow(wire: Wire) -> None:
        await wire.send(prefix)
        await drip(wire, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 2000)

    started = time.monotonic()
    error = failure_from({"/page": slow}, deadline_s=0.4)
    assert (error.code, type(error)) == ("deadline", TransientFetchError)
    assert time.monotonic() - started < 1.5


def test_deadline_covers_all_hops_together():
    async def slow_hop(wire: Wire) -> None:
        await asyncio.sleep(0.25)
        await wire.send(redirect("/c" if wire.asked.path == "/b" else "/b"))

    routes: dict[str, Route] = {"/page": slow_hop, "/b": slow_hop, "/c": answer(PAGE)}
    assert failure_from(routes, deadline_s=0.4).code == "deadline"


@pytest.mark.parametrize("has_length", [True, False])
def test_large_body_is_stopped_at_the_limit(has_length):
    sent = 0

    async def stream(wire: Wire) -> None:
        nonlocal sent
        length = b"Content-Length: 500000000\r\n" if has_length else b""
        await wire.send(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        while sent < 500_000_000:
            await wire.send(bytes(65_536))
            sent += 65_536

    tracemalloc.start()
    error = failure_from({"/page": stream}, max_body_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (error.code, type(error)) == ("too_large", PermanentFetchError)
    assert sent < 50_000_000
    assert peak < 20_000_000


def test_request_may_have_its_own_limit():
    routes = {"/page": answer(b"x" * 200_000)}
    assert failure_from(routes).code == "too_large"
    result, _ = fetch_from(routes, request={"max_body_bytes": 200_000})
    assert len(result.body) == 200_000


def test_gzip_bomb_is_stopped_at_the_limit():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
    tracemalloc.start()
    error = failure_from(
        {"/page": answer(bomb, "Content-Encoding: gzip")}, max_body_bytes=1_000_000
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.code == "too_large"
    assert peak < 20_000_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate"])
def test_encoding_that_was_not_offered_is_refused(encoding):
    error = failure_from({"/page": answer(b"bytes", f"Content-Encoding: {encoding}")})
    assert error.code == "bad_encoding"


def test_cut_or_damaged_gzip_is_a_failure():
    packed = gzip.compress(PAGE)
    damaged = packed[:-5] + bytes([packed[-5] ^ 1]) + packed[-4:]
    for sent in (packed[:-20], damaged):
        assert (
            failure_from({"/page": answer(sent, "Content-Encoding: gzip")}).code == "truncated_body"
        )


def test_jump_of_the_wall_clock_does_not_change_a_wait():
    instants = iter([NOON, NOON.replace(year=2001)] + [NOON.replace(year=1999)] * 20)

    async def run():
        routes = {"/page": answer(PAGE), "/b": answer(PAGE)}
        async with (
            FaultServer(routes) as server,
            make_fetcher(server, host_delay_s=0.1, now=lambda: next(instants)) as fetcher,
        ):
            for path in ("/page", "/b"):
                await fetcher.fetch(FetchRequest(url=server.url(path)))
            times = [asked.at for asked in server.asked]
            return [later - earlier for earlier, later in itertools.pairwise(times)]

    gaps = asyncio.run(run())
    assert all(0.08 < gap < 1.0 for gap in gaps)


def test_starts_at_a_host_are_spaced_and_other_hosts_do_not_wait():
    async def run():
        routes = {f"/{i}": answer(PAGE) for i in range(4)}
        async with (
            FaultServer({"/a": answer(PAGE)}, host="127.0.0.2") as other,
            FaultServer(routes) as server,
            make_fetcher(server, other, host_delay_s=0.15) as fetcher,
        ):
            urls = [*map(server.url, routes), other.url("/a")]
            await asyncio.gather(*(fetcher.fetch(FetchRequest(url=url)) for url in urls))
            return [asked.at for asked in server.asked], [asked.at for asked in other.asked]

    slow, fast = asyncio.run(run())
    assert all(b - a > 0.12 for a, b in itertools.pairwise(slow))
    assert len(slow) == 5
    assert fast[-1] < slow[-1] - 0.2


def test_secrets_stay_out_of_logs_and_errors(caplog):
    caplog.set_level(logging.DEBUG)
    routes = {
        "/page?token=cAnAry": redirect("/c?api_key=cAnAry"),
        "/c?api_key=cAnAry": answer(status="404 No"),
    }

    async def run():
        async with FaultServer(routes) as server, make_fetcher(server) as fetcher:
            url = server.url("/page?token=cAnAry").replace("//", "//desk:cAnAry@")
            await fetcher.fetch(FetchRequest(url=url))

    with pytest.raises(FetchError) as caught:
        asyncio.run(run())
    assert "cAnAry" not in f"{caught.value} {caught.value!r}"
    assert "cAnAry" not in caplog.text


def test_environment_proxies_are_ignored(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert fetch_from({"/page": answer(PAGE)})[0].body == PAGE


def test_fetcher_that_is_cancelled_while_it_closes_leaves_no_connection_open():
    async def run():
        routes = {f"/{number}": answer(PAGE) for number in range(9)}
        async with FaultServer(routes) as server:
            fetched = asyncio.Event()

            async def use():
                async with make_fetcher(server) as fetcher:
                    requests = [FetchRequest(url=server.url(path)) for path in routes]
                    await asyncio.gather(*map(fetcher.fetch, requests))
                    fetched.set()

            using = asyncio.create_task(use())
            await fetched.wait()
            using.cancel()
            await asyncio.gather(using, return_exceptions=True)
            await asyncio.sleep(0.1)
            return using.cancelled(), len(server._tasks)

    assert asyncio.run(run()) == (True, 0)


def test_cancelled_fetch_releases_its_place():
    async def hang(wire: Wire) -> None:
        await asyncio.sleep(30)

    async def run():
        routes: dict[str, Route] = {"/page": hang, "/b": answer(PAGE)}
        async with FaultServer(routes) as server, make_fetcher(server, concurrency=1) as fetcher:
            task = asyncio.create_task(fetcher.fetch(FetchRequest(url=server.url("/page"))))
            await asyncio.sleep(0.2)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return (await fetcher.fetch(FetchRequest(url=server.url("/b")))).body

    assert asyncio.run(run()) == PAGE


def test_bad_pages_of_every_kind_do_not_affect_good_ones():
    async def hang(wire: Wire) -> None:
        await asyncio.sleep(30)

    async def reset(wire: Wire) -> None:
        wire.reset()

    bad: dict[str, Route] = {
        f"/broken/{name}": send(sent) for name, sent in PROTOCOL_ERRORS.items()
    }
    bad |= {
        "/hang": hang,
        "/reset": reset,
        "/gone": answer(status="410 Gone"),
        "/busy": answer(status="503 Busy"),
        "/large": answer(b"x" * 200_000),
        "/cut-gzip": answer(gzip.compress(PAGE)[:-9], "Content-Encoding: gzip"),
        "/brotli": answer(b"x", "Content-Encoding: br"),
        "/loop": redirect("/loop"),
        "/file": redirect("file:///etc/hostname"),
        "/inside": redirect("http://127.0.0.9/"),
    }
    good = {f"/good{number}": answer(PAGE) for number in range(100)}

    async def run():
        async with FaultServer(good | bad) as server, make_fetcher(server) as fetcher:
            requests = [FetchRequest(url=server.url(path)) for path in good | bad]
            return await asyncio.gather(*map(fetcher.fetch, requests), return_exceptions=True)

    ends = dict(zip(good | bad, asyncio.run(run()), strict=True))
    assert all(getattr(ends[path], "body", b"") == PAGE for path in good)
    codes = {path: getattr(ends[path], "code", ends[path]) for path in bad}
    assert (
        codes
        | {
            "/hang": "deadline",
            "/reset": "connection_reset",
            "/gone": "gone",
            "/busy": "server_error",
            "/large": "too_large",
            "/cut-gzip": "truncated_body",
            "/brotli": "bad_encoding",
            "/loop": "too_many_redirects",
            "/file": "bad_scheme",
            "/inside": "private_address",
        }
        == codes
    )
    assert {codes[path] for path in codes if path.startswith("/broken")} == {"protocol_error"}
