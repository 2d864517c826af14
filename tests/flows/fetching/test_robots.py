"""robots.txt according to RFC 9309: its rules, and the default without rules."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime, timedelta

import pytest

from flows.errors import FetchError
from flows.fetching.fetch_records import FetchRequest
from flows.fetching.robots import RobotsCache
from flows.fetching.robots_rules import RobotsRules
from tests.helpers.fault_server import FaultServer, Wire, answer, redirect
from tests.helpers.fetching import failure_from, fetch_from, make_fetcher

NO_PAGES = b"User-agent: *\nDisallow: /page\n"
PAGE = {"/page": answer(b"the page")}


async def hang(wire: Wire) -> None:
    await asyncio.sleep(30)


async def cut(wire: Wire) -> None:
    await wire.send(answer(NO_PAGES, length=9000))


@pytest.mark.parametrize(
    "robots",
    [
        pytest.param(answer(status="404 No"), id="404"),
        pytest.param(answer(status="403 No"), id="403"),
        pytest.param(answer(NO_PAGES, status="410 Gone"), id="410"),
        pytest.param(answer(b"User-agent: *\nDisallow: /archive\n"), id="other-rule"),
        pytest.param(answer(b"\x00\xff\xfe<html>" + bytes(range(256)) * 9), id="garbage"),
        pytest.param(answer(b""), id="empty"),
        pytest.param(redirect("/robots.txt"), id="loop"),
        pytest.param(redirect("ftp://wire.example/"), id="other-scheme"),
        pytest.param(answer(b"User-agent: otherbot\nDisallow: /\n"), id="other-crawler"),
    ],
)
def test_page_is_allowed(robots):
    assert fetch_from(PAGE | {"/robots.txt": robots})[0].body == b"the page"


@pytest.mark.parametrize(
    "robots",
    [
        pytest.param(answer(NO_PAGES), id="plain"),
        pytest.param(answer(gzip.compress(NO_PAGES), "Content-Encoding: gzip"), id="gzip"),
        pytest.param(answer(b"\xef\xbb\xbf" + NO_PAGES), id="byte-order-mark"),
        pytest.param(answer(NO_PAGES + b"# x\n" * 200_000), id="larger-than-the-limit"),
        pytest.param(answer(b"User-agent: onrecord\nDisallow: /\n"), id="by-name"),
    ],
)
def test_disallowed_page_is_not_requested(robots):
    async def run():
        routes = PAGE | {"/robots.txt": robots}
        async with FaultServer(routes) as server, make_fetcher(server) as fetcher:
            with pytest.raises(FetchError) as caught:
                await fetcher.fetch(FetchRequest(url=server.url("/page")))
            return caught.value.code, server.paths()

    assert asyncio.run(run()) == ("robots_disallowed", ["/robots.txt"])


@pytest.mark.parametrize(
    "robots",
    [
        pytest.param(answer(status="500 Oops"), id="500"),
        pytest.param(answer(status="503 Busy"), id="503"),
        pytest.param(answer(status="429 Slow"), id="429"),
        pytest.param(hang, id="timeout"),
        pytest.param(cut, id="cut"),
        pytest.param(answer(b"\x1f\x8b\x08", "Content-Encoding: gzip"), id="cut-gzip"),
    ],
)
def test_nothing_is_allowed_while_robots_are_unreachable(robots):
    error = failure_from(PAGE | {"/robots.txt": robots}, deadline_s=0.3)
    assert error.code == "robots_unreachable"


def test_rules_after_the_size_limit_do_not_count():
    late = b"User-agent: *\n" + b"# filler\n" * 60_000 + b"Disallow: /page\n"
    assert len(late) > 512_000
    assert fetch_from(PAGE | {"/robots.txt": answer(late)})[0].body == b"the page"


@pytest.mark.parametrize(("hops", "is_allowed"), [(5, False), (6, True)])
def test_five_redirects_are_followed(hops, is_allowed):
    routes = PAGE | {f"/{i}": redirect(f"/{i + 1}") for i in range(1, hops)}
    routes |= {"/robots.txt": redirect("/1"), f"/{hops}": answer(NO_PAGES)}
    if is_allowed:
        assert fetch_from(routes)[0].body == b"the page"
    else:
        assert failure_from(routes).code == "robots_disallowed"


def test_each_hop_of_a_page_is_checked_at_its_own_host():
    async def run():
        async with FaultServer({"/robots.txt": answer(NO_PAGES)}, host="127.0.0.2") as other:
            routes = {"/go": redirect(other.url("/page"))}
            async with FaultServer(routes) as server, make_fetcher(server, other) as fetcher:
                with pytest.raises(FetchError) as caught:
                    await fetcher.fetch(FetchRequest(url=server.url("/go")))
                return caught.value.code, other.paths()

    assert asyncio.run(run()) == ("robots_disallowed", ["/robots.txt"])


def test_many_fetches_request_robots_once():
    async def run():
        routes = {"/robots.txt": answer(b"")} | {f"/{i}": answer(b"x") for i in range(20)}
        async with FaultServer(routes) as server, make_fetcher(server) as fetcher:
            await asyncio.gather(
                *(fetcher.fetch(FetchRequest(url=server.url(f"/{i}"))) for i in range(20))
            )
            return server.paths().count("/robots.txt")

    assert asyncio.run(run()) == 1


def test_crawl_delay_is_respected():
    async def run():
        routes = {
            "/robots.txt": answer(b"User-agent: *\nCrawl-delay: 0.3\n"),
            "/a": answer(),
            "/b": answer(),
        }
        async with FaultServer(routes) as server, make_fetcher(server) as fetcher:
            await asyncio.gather(
                *(fetcher.fetch(FetchRequest(url=server.url(p))) for p in ("/a", "/b"))
            )
            return [asked.at for asked in server.asked]

    at = asyncio.run(run())
    assert at[2] - at[1] > 0.27


def test_feed_may_be_polled_without_robots():
    routes = PAGE | {"/robots.txt": answer(NO_PAGES)}
    result, server = fetch_from(routes, request={"obeys_robots": False})
    assert (result.body, server.paths()) == (b"the page", ["/page"])


@pytest.mark.parametrize(
    ("robots", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 7\n", 7.0),
        (b"User-agent: *\nCrawl-delay: soon\n", 0.0),
        (b"User-agent: *\nCrawl-delay: -7\n", 0.0),
        (b"User-agent: *\nCrawl-delay: nan\n", 0.0),
        (b"User-agent: *\nCrawl-delay: inf\n", 0.0),
        (b"User-agent: *\nRequest-rate: 1/10s\n", 10.0),
        (b"User-agent: onrecord\nCrawl-delay: 9\nUser-agent: *\nCrawl-delay: 2\n", 9.0),
        (b"", 0.0),
    ],
)
def test_delay_is_read_from_the_rules(robots, delay):
    assert RobotsRules.parse(robots).delay_s("onrecord") == delay


class Origin:
    """A clock, and an origin with scripted answers."""

    def __init__(self, *answers):
        self.answers, self.loads = list(answers), 0
        self.at = datetime(2024, 5, 6, 12, tzinfo=UTC)

    def cache(self, folder=None):
        return RobotsCache(self.load, now=lambda: self.at, folder=folder)

    async def load(self, origin):
        self.loads += 1
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def allows(self, cache):
        return (await cache.rules("https://wire.example")).allows(
            "https://wire.example/page", "onrecord"
        )


def unreachable():
    from flows.fetching.failures import failure

    return failure("https://wire.example/robots.txt", "robots_unreachable")


def test_answer_is_kept_for_a_day(tmp_path):
    origin = Origin(NO_PAGES, b"")

    async def run():
        cache = origin.cache()
        seen = [await origin.allows(cache)]
        origin.at += timedelta(hours=23)
        seen.append(await origin.allows(cache))
        origin.at += timedelta(hours=2)
        seen.append(await origin.allows(cache))
        return seen

    assert asyncio.run(run()) == [False, False, True]
    assert origin.loads == 2


def test_answer_is_kept_between_runs(tmp_path):
    origin = Origin(NO_PAGES, b"")
    assert not asyncio.run(origin.allows(origin.cache(tmp_path)))
    assert not asyncio.run(origin.allows(origin.cache(tmp_path)))
    assert origin.loads == 1
    origin.at += timedelta(days=2)
    assert asyncio.run(origin.allows(origin.cache(tmp_path)))


def test_damaged_file_of_an_answer_is_fetched_again(tmp_path):
    origin = Origin(NO_PAGES, b"")
    asyncio.run(origin.allows(origin.cache(tmp_path)))
    [path] = tmp_path.iterdir()
    path.write_bytes(b"\xff\x00 nothing")
    assert asyncio.run(origin.allows(origin.cache(tmp_path)))


def test_old_answer_is_used_while_the_server_fails(tmp_path):
    origin = Origin(NO_PAGES, unreachable(), b"")

    async def run():
        cache = origin.cache(tmp_path)
        seen = [await origin.allows(cache)]
        for hours in (25, 26):
            origin.at += timedelta(hours=hours)
            seen.append(await origin.allows(cache))
        return seen

    assert asyncio.run(run()) == [False, False, True]


def test_failing_server_is_asked_again_only_after_a_while():
    origin = Origin(unreachable(), b"")

    async def run():
        cache, seen = origin.cache(), []
        for minutes in (0, 5, 6):
            origin.at += timedelta(minutes=minutes)
            try:
                seen.append(await origin.allows(cache))
            except FetchError as exc:
                seen.append(exc.code)
        return seen

    assert asyncio.run(run()) == ["robots_unreachable", "robots_unreachable", True]
    assert origin.loads == 2


def test_clock_that_was_set_back_does_not_extend_an_answer():
    origin = Origin(NO_PAGES, b"")

    async def run():
        cache = origin.cache()
        await origin.allows(cache)
        origin.at -= timedelta(days=400)
        return await origin.allows(cache)

    assert asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("User-agent: *\nDisallow: /a\nDisallow: /a/b", "Disallow: /a/b", id="longest"),
        pytest.param("User-agent: *\nDisallow: /a\nAllow: /a/b*", "Allow: /a/b*", id="allowed"),
        pytest.param("User-agent: *\nDisallow: /x", None, id="no-line"),
        pytest.param("User-agent: *\nDisallow:", None, id="empty"),
        pytest.param(
            "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: onrecord\nDisallow: /*/b # b",
            "Disallow: /*/b",
            id="own-group",
        ),
        pytest.param(
            "User-agent: *\nDisallow: /\nUser-agent: onrecord\nCrawl-delay: 5", None, id="own-without-rules"
        ),
    ],
)  # fmt: skip
def test_line_that_decides_is_told(text, line):
    rules = RobotsRules.parse(text.encode())
    assert rules.line_about("https://wire.example/a/b/c", "onrecord") == line
