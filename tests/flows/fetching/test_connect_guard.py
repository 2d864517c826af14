"""FAULTS: internal addresses are unreachable; only checked addresses are dialled."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from flows.errors import FetchError
from flows.fetching.connect_guard import ConnectGuard, Lookups, PrivateAddressError
from flows.fetching.fetch_records import FetchRequest
from tests.helpers.fault_server import FaultServer, answer, redirect
from tests.helpers.fetching import make_fetcher


def names(**answers):
    """Return a resolver with fixed answers, and the list of names it was asked for."""
    asked = []

    async def look_up(host, port):
        asked.append(host)
        found = answers[host.split(".", maxsplit=1)[0]]
        if isinstance(found, Exception):
            raise found
        return found.pop(0) if isinstance(found[0], list) else found

    return look_up, asked


async def code_of(fetcher, url):
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(FetchRequest(url=url))
    return caught.value.code


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0x7f000001", "127.1", "0177.0.0.1", "0",
     "[::1]", "[::ffff:127.0.0.1]", "desk:pa55@127.0.0.1", "[::]"],
)  # fmt: skip
def test_loopback_is_refused_in_every_spelling(host):
    async def run():
        async with (
            FaultServer({"/page": answer()}) as server,
            make_fetcher(resolve=Lookups(1)) as fetcher,
        ):
            code = await code_of(fetcher, f"http://{host}:{server.port}/page")
            return code, server.accepts

    code, accepts = asyncio.run(run())
    assert code == ("bad_url" if host == "0177.0.0.1" else "private_address")
    assert accepts == 0


def test_redirect_to_a_private_address_is_refused_at_the_second_hop():
    async def run():
        async with FaultServer(host="127.0.0.2") as inside:
            routes = {"/page": redirect(inside.url("/secret"))}
            async with FaultServer(routes) as server, make_fetcher(server) as fetcher:
                return await code_of(fetcher, server.url("/page")), inside.accepts, server.paths()

    assert asyncio.run(run()) == ("private_address", 0, ["/robots.txt", "/page"])


def test_name_with_one_private_address_is_refused():
    look_up, _ = names(mixed=["8.8.8.8", "127.0.0.1"])

    async def run():
        async with FaultServer() as server, make_fetcher(resolve=look_up) as fetcher:
            return await code_of(fetcher, f"http://mixed.example:{server.port}/"), server.accepts

    assert asyncio.run(run()) == ("private_address", 0)


class DialledError(Exception):
    pass


def test_checked_address_is_the_dialled_one(monkeypatch):
    look_up, asked = names(rebinding=[["8.8.8.8"], ["127.0.0.1"], ["8.8.4.4"]])
    guard = ConnectGuard(resolve=look_up)

    async def dial(host, *_):
        raise DialledError(host)

    monkeypatch.setattr(guard._backend, "connect_tcp", dial)

    async def run():
        ends = []
        for _ in range(3):
            try:
                await guard.connect_tcp("rebinding.example", 80)
            except (DialledError, PrivateAddressError) as exc:
                ends.append(str(exc))
        return ends

    assert asyncio.run(run()) == [
        "8.8.8.8",
        (
            "rebinding.example resolves to 127.0.0.1, which is not public; to allow it, add "
            "rebinding.example:80 to ONRECORD_ALLOW_HOSTS"
        ),
        "8.8.4.4",
    ]
    assert len(asked) == 3


def test_second_address_is_tried_when_the_first_does_not_answer():
    look_up, _ = names(twice=["127.0.0.3", "127.0.0.1"])

    async def run():
        async with FaultServer({"/page": answer(b"there")}) as server:
            name = f"twice.example:{server.port}"
            async with make_fetcher(resolve=look_up, allow_hosts=frozenset({name})) as fetcher:
                return (await fetcher.fetch(FetchRequest(url=f"http://{name}/page"))).body

    assert asyncio.run(run()) == b"there"


@pytest.mark.parametrize(
    ("allowed", "is_reached"),
    [
        ("127.0.0.1:{port}", True),
        ("127.0.0.1", True),
        (" 127.0.0.1 ", True),
        ("127.0.0.1:1", False),
        ("127.0.0.2", False),
    ],
)
def test_only_the_allowed_host_and_port_may_be_private(allowed, is_reached):
    async def run():
        async with FaultServer({"/page": answer(b"there")}) as server:
            allow = frozenset({allowed.format(port=server.port)})
            async with make_fetcher(allow_hosts=allow) as fetcher:
                if is_reached:
                    return (await fetcher.fetch(FetchRequest(url=server.url("/page")))).body
                return await code_of(fetcher, server.url("/page")), server.accepts

    assert asyncio.run(run()) == (b"there" if is_reached else ("private_address", 0))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no such name"), "unknown_host"),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), "dns_temporary"),
        (UnicodeError("label too long"), "unknown_host"),
    ],
)
def test_failed_lookups_have_two_codes(error, code):
    look_up, _ = names(gone=error)

    async def run():
        async with make_fetcher(resolve=look_up) as fetcher:
            return await code_of(fetcher, "http://gone.example/feed")

    assert asyncio.run(run()) == code


def test_server_that_accepts_nothing_is_a_connect_timeout():
    async def run():
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            name = f"127.0.0.1:{full.getsockname()[1]}"
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            try:
                async with make_fetcher(allow_hosts=frozenset({name}), connect_s=0.3) as fetcher:
                    return await code_of(fetcher, f"http://{name}/")
            finally:
                for filler in fillers:
                    filler.close()

    assert asyncio.run(run()) == "connect_timeout"


def test_slow_lookup_meets_the_deadline():
    async def look_up(host, port):
        await asyncio.sleep(30)

    async def run():
        async with make_fetcher(resolve=look_up, deadline_s=0.2) as fetcher:
            return await code_of(fetcher, "http://slow.example/feed")

    assert asyncio.run(run()) == "robots_unreachable"


def test_hanging_lookups_do_not_delay_others(monkeypatch):
    def look_up(host, port, **_):
        if host == "dead.example":
            time.sleep(0.6)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async def run():
        lookups = Lookups(12)
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        dead = [asyncio.ensure_future(lookups("dead.example", 80)) for _ in range(10)]
        await asyncio.sleep(0.05)
        started = time.monotonic()
        assert await lookups("good.example", 80) == ["127.0.0.1"]
        taken = time.monotonic() - started
        await asyncio.gather(*dead)
        lookups.close()
        return taken

    assert asyncio.run(run()) < 0.4


@pytest.mark.parametrize("host", ["127.0.0.9", "2130706441", "inside.example", "gone.example"])
def test_refused_addresses_neither_wait_for_turns_nor_use_them_up(host):
    look_up, _ = names(
        inside=["10.0.0.9"], gone=socket.gaierror(socket.EAI_NONAME, "no such name"),
        **{"127": ["127.0.0.9"], "2130706441": ["127.0.0.9"]},
    )  # fmt: skip

    async def run():
        # Turns are so far apart that a request that waited for one would fail as busy.
        async with make_fetcher(resolve=look_up, host_delay_s=1000.0, max_wait_s=10.0) as fetcher:
            urls = [f"http://{host}/feed-{number}" for number in range(50)]
            return await asyncio.gather(*(code_of(fetcher, url) for url in urls))

    code = "unknown_host" if host.startswith("gone") else "private_address"
    assert asyncio.run(run()) == [code] * 50


def test_refused_port_and_allowed_port_of_one_host_do_not_wait_for_each_other():
    async def run():
        async with (
            FaultServer({"/page": answer(b"there")}) as server,
            make_fetcher(server, host_delay_s=1000.0, max_wait_s=10.0) as fetcher,
        ):
            refused = f"http://127.0.0.1:{server.port - 1}/feed"
            request = FetchRequest(url=server.url("/page"), obeys_robots=False)
            before = await code_of(fetcher, refused)
            body = (await fetcher.fetch(request)).body
            return before, body, await code_of(fetcher, refused), server.accepts

    assert asyncio.run(run()) == ("private_address", b"there", "private_address", 1)


def test_name_is_vetted_once_and_looked_up_again_at_each_connection():
    look_up, asked = names(rebinding=[["8.8.8.8"], ["127.0.0.1"]])
    guard = ConnectGuard(resolve=look_up)

    async def run():
        await guard.vet("rebinding.example", 80)
        await guard.vet("rebinding.example", 80)
        assert asked == ["rebinding.example"]
        with pytest.raises(PrivateAddressError):
            await guard.connect_tcp("rebinding.example", 80)

    asyncio.run(run())


def test_time_in_the_lookup_queue_does_not_count_against_a_name():
    async def look_up(host, port):
        await asyncio.sleep(0.3)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    async def run():
        async with make_fetcher(resolve=look_up, concurrency=1, deadline_s=0.8) as fetcher:
            urls = [f"http://dead-{number}.example/" for number in range(6)]
            return await asyncio.gather(*(code_of(fetcher, url) for url in urls))

    assert asyncio.run(run()) == ["unknown_host"] * 6


def test_pool_is_told_of_input_on_a_connection_and_of_its_end():
    async def run():
        async with FaultServer() as server:
            guard = ConnectGuard([f"127.0.0.1:{server.port}"], resolve=Lookups(1))
            stream = await guard.connect_tcp("127.0.0.1", server.port, timeout=5)
            told = [stream.get_extra_info("is_readable")]
            await stream.write(b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", timeout=5)
            await stream.read(1, timeout=5)
            await stream.write(b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", timeout=5)
            for _ in range(100):
                if stream.get_extra_info("is_readable"):
                    break
                await asyncio.sleep(0.05)
            told.append(stream.get_extra_info("is_readable"))
            await stream.aclose()
            return [*told, stream.get_extra_info("is_readable")]

    assert asyncio.run(run()) == [False, True, True]
