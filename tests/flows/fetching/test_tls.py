"""Certificates that must be refused, and HTTP/2 if a server offers it."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest
import trustme

from flows.errors import FetchError, PermanentFetchError
from flows.fetching.fetch_records import FetchRequest
from tests.helpers.fault_server import FaultServer, answer, redirect
from tests.helpers.fetching import make_fetcher

PAGE = b"<p>The ferry left the harbor at dawn.</p>"
AUTHORITY = trustme.CA()
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def make_server_context(*names, authority=AUTHORITY, expires=None, alpn=()):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names, not_after=expires).configure_cert(context)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def make_client_context():
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


def fetch_over(tls, **options):
    async def run():
        routes = {"/page": answer(PAGE)}
        async with (
            FaultServer(routes, tls=tls) as server,
            make_fetcher(server, tls=make_client_context(), **options) as fetcher,
        ):
            return await fetcher.fetch(FetchRequest(url=server.url("/page")))

    return asyncio.run(run())


@pytest.mark.parametrize(
    "tls",
    [
        pytest.param(make_server_context("127.0.0.2"), id="wrong-host"),
        pytest.param(make_server_context("127.0.0.1", expires=LONG_AGO), id="expired"),
        pytest.param(make_server_context("127.0.0.1", authority=trustme.CA()), id="self-signed"),
    ],
)
def test_wrong_certificate_is_refused_unless_its_host_is_excepted(tls, caplog):
    with pytest.raises(PermanentFetchError) as caught:
        fetch_over(tls)
    assert caught.value.code == "bad_certificate"
    with pytest.raises(PermanentFetchError):
        fetch_over(tls, unverified_hosts=frozenset({"127.0.0.2"}))
    assert "certificate_unchecked" not in caplog.text
    assert fetch_over(tls, unverified_hosts=frozenset({"127.0.0.1"})).body == PAGE
    assert caplog.text.count("certificate_unchecked") == 1


def test_right_certificate_is_accepted_without_a_warning(caplog):
    assert fetch_over(make_server_context("127.0.0.1")).body == PAGE
    assert not caplog.text


def test_port_without_tls_is_a_tls_error():
    async def speak_plainly(reader, writer):
        writer.write(answer(status="400 Bad"))
        await writer.drain()
        writer.close()

    async def run():
        plain = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
        name = f"127.0.0.1:{plain.sockets[0].getsockname()[1]}"
        async with plain, make_fetcher(allow_hosts=frozenset({name})) as fetcher:
            with pytest.raises(FetchError) as caught:
                await fetcher.fetch(FetchRequest(url=f"https://{name}/page"))
            return caught.value.code

    assert asyncio.run(run()) == "tls_error"


def test_credentials_are_not_sent_from_https_to_http():
    async def run():
        async with FaultServer({"/b": answer(PAGE)}) as plain:
            routes = {"/page": redirect(plain.url("/b"))}
            tls = make_server_context("127.0.0.1")
            async with (
                FaultServer(routes, tls=tls) as server,
                make_fetcher(server, plain, tls=make_client_context()) as fetcher,
            ):
                url = server.url("/page").replace("//", "//desk:pa55@")
                await fetcher.fetch(FetchRequest(url=url))
                return server.asked[-1].headers, plain.asked[-1].headers

    secure, plain = asyncio.run(run())
    assert "authorization" in secure
    assert "authorization" not in plain


class Http2Server:
    """Answers every stream with a body; the body of `/endless` never ends."""

    def __init__(self):
        self.connections = 0

    async def __aenter__(self):
        tls = make_server_context("127.0.0.1", alpn=["h2"])
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=tls)
        self.port = self.server.sockets[0].getsockname()[1]
        self.name = f"127.0.0.1:{self.port}"
        self.tasks = set()
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def url(self, path):
        return f"https://{self.name}{path}"

    async def serve(self, reader, writer):
        self.connections += 1
        self.tasks.add(asyncio.current_task())
        conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        conn.initiate_connection()
        endless: set[int] = set()
        try:
            while True:
                for stream in endless:
                    while (room := min(16_384, conn.local_flow_control_window(stream))) > 0:
                        conn.send_data(stream, bytes(room))
                writer.write(conn.data_to_send())
                await writer.drain()
                data = await reader.read(65_536)
                if not data:
                    break
                for event in conn.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        self.answer(conn, event, endless)
        except (ConnectionError, asyncio.CancelledError, h2.exceptions.ProtocolError):
            pass
        finally:
            writer.close()

    def answer(self, conn, event, endless):
        path = dict(event.headers)[b":path"]
        status = b"404" if path == b"/robots.txt" else b"200"
        conn.send_headers(event.stream_id, [(b":status", status), (b"etag", b'"5f3"')])
        if path == b"/endless":
            endless.add(event.stream_id)
        else:
            conn.send_data(event.stream_id, PAGE, end_stream=True)


def test_http2_uses_one_connection():
    async def run():
        async with (
            Http2Server() as server,
            make_fetcher(server, tls=make_client_context()) as fetcher,
        ):
            urls = [server.url(f"/{number}") for number in range(20)]
            results = await asyncio.gather(*(fetcher.fetch(FetchRequest(url=url)) for url in urls))
            return results, server.connections

    results, connections = asyncio.run(run())
    assert all(result.body == PAGE and result.etag == '"5f3"' for result in results)
    assert connections == 1


def test_abandoned_stream_does_not_stall_others():
    async def run():
        ends: list[str | int] = []
        async with (
            Http2Server() as server,
            make_fetcher(server, tls=make_client_context()) as fetcher,
        ):
            for _ in range(5):
                try:
                    await fetcher.fetch(FetchRequest(url=server.url("/endless")))
                except FetchError as exc:
                    ends.append(exc.code)
                ends.append(len((await fetcher.fetch(FetchRequest(url=server.url("/page")))).body))
        return ends

    assert asyncio.run(run()) == ["too_large", len(PAGE)] * 5
