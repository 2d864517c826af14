"""Pages that only lead to another address are followed as redirects are."""

import asyncio
import itertools

import pytest

from flows.errors import FetchError
from flows.fetching.answers import Answer
from flows.fetching.fetch_records import FetchRequest
from tests.helpers.fault_server import FaultServer, answer
from tests.helpers.fetching import failure_from, fetch_from, make_fetcher

HTML = "Content-Type: text/html; charset=utf-8"
PAGE = answer(b"<title>Ferry</title><p>The ferry left the harbour at dawn.</p>", HTML)


def leads_to(target, *headers, kind=HTML):
    body = f"<meta http-equiv='refresh' content='0; url={target}'><p>The page has moved.</p>"
    return answer(body.encode(), kind, *headers)


def test_page_that_only_leads_on_is_followed_but_moves_no_feed():
    routes = {"/page": leads_to("/b?x=1&amp;y=2"), "/b?x=1&y=2": leads_to("c"), "/c": PAGE}
    answers: list[Answer] = []
    result, server = fetch_from(routes, on_answer=answers.append)
    assert result.final_url == server.url("/c")
    assert [hop.status for hop in result.redirects] == [200, 200]
    assert result.permanent_url is None
    assert [(each.unused, each.http_status) for each in answers if each.unused != "not_found"] == [
        ("robots", 404), ("redirect", 200), ("redirect", 200)
    ]  # fmt: skip
    assert b"The page has moved." in answers[-1].body


def test_loop_of_pages_ends_in_a_failure():
    routes = {"/page": leads_to("/b"), "/b": leads_to("/page")}
    error = failure_from(routes)
    assert (error.code, error.detail) == ("too_many_redirects", "2 redirects")


def test_page_that_leads_to_itself_is_returned():
    result, server = fetch_from({"/page": leads_to("/page#top")})
    assert b"has moved" in result.body
    assert server.paths() == ["/robots.txt", "/page"]


def test_target_with_a_bad_host_is_refused():
    assert failure_from({"/page": leads_to("http://:80:80/a")}).code in {"bad_redirect", "bad_url"}


def test_robots_and_texts_are_not_followed():
    text = leads_to("/b", kind="Content-Type: text/plain")
    result, server = fetch_from({"/robots.txt": leads_to("/b"), "/page": text})
    assert server.paths() == ["/robots.txt", "/page"]
    assert b"has moved" in result.body


@pytest.mark.parametrize(
    ("allowed", "code"), [(False, "private_address"), (True, "robots_disallowed")]
)
def test_target_passes_the_checks_of_its_own_host(allowed, code):
    no_pages = {"/robots.txt": answer(b"User-agent: *\nDisallow: /")}

    async def run():
        async with FaultServer(no_pages, host="127.0.0.2") as other:
            async with FaultServer({"/page": leads_to(other.url("/a"))}) as server:
                servers = (server, other) if allowed else (server,)
                async with make_fetcher(*servers) as fetcher:
                    with pytest.raises(FetchError) as caught:
                        await fetcher.fetch(FetchRequest(url=server.url("/page")))
            return caught.value.code, other.paths()

    assert asyncio.run(run()) == (code, ["/robots.txt"] if allowed else [])


def test_each_page_waits_for_its_turn():
    _, server = fetch_from({"/page": leads_to("/b"), "/b": PAGE}, host_delay_s=0.3)
    times = [asked.at for asked in server.asked]
    assert all(later - before > 0.25 for before, later in itertools.pairwise(times))
