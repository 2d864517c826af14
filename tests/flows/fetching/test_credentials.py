"""What `secrets.toml` adds to requests, where it is sent, and which files are refused."""

from __future__ import annotations

import asyncio
import base64

import pytest

from flows.errors import SecretsError
from flows.fetching.answers import Answer
from flows.fetching.credentials import Credentials, parse_credentials, read_credentials
from flows.fetching.fetch_records import FetchOptions, FetchRequest
from flows.fetching.request_secrets import RequestSecrets
from flows.inputs.downloads import download
from tests.helpers.fault_server import FaultServer, answer, redirect
from tests.helpers.fetching import make_fetcher
from tests.helpers.news_server import serving

PAGE = b"<p>The ferry left the harbor at dawn.</p>"
CANARY = "cAnAry4711"


def section(host, **more):
    lines = [
        "[[secrets]]", f'host = "{host}"', f'user = "desk"\npassword = "pw-{CANARY}"',
        f'query = {{ api_key = "{CANARY} /q" }}', f'headers = {{ X-Desk = "h-{CANARY}" }}',
        f'cookies = {{ session = "c-{CANARY}" }}',
    ]  # fmt: skip
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in more.items())])


def secrets_of(text):
    return RequestSecrets(credentials=parse_credentials(text))


def fetch(routes, *, start="/page", answers=None, elsewhere=None, **more):
    """Fetch a page with secrets for its host; return the result and what both hosts were asked."""

    async def run():
        async with FaultServer(routes) as server, FaultServer(elsewhere or {}) as other:
            routes.update(
                {key: redirect(other.url("/b")) for key, value in routes.items() if value is None}
            )
            fetcher = make_fetcher(
                server, other, secrets=secrets_of(section(server.name, **more)),
                on_answer=(answers if answers is not None else []).append,
            )  # fmt: skip
            async with fetcher:
                result = await fetcher.fetch(FetchRequest(url=server.url(start)))
            return result, server.asked, other.asked

    return asyncio.run(run())


def test_everything_is_sent_and_shown_nowhere():
    asked_path = f"/page?a=1&api_key={CANARY}%20%2Fq"
    answers: list[Answer] = []
    routes = {f"/old?a=1&api_key={CANARY}%20%2Fq": redirect(asked_path), asked_path: answer(PAGE)}
    result, asked, _ = fetch(routes, start="/old?a=1", answers=answers, over_http="true")
    last = asked[-1]
    assert last.path == asked_path
    login = base64.b64decode(last.headers["authorization"].removeprefix("Basic ")).decode()
    assert login == f"desk:pw-{CANARY}"
    assert (last.headers["x-desk"], last.headers["cookie"]) == (
        f"h-{CANARY}",
        f"session=c-{CANARY}",
    )
    assert result.body == PAGE
    assert CANARY not in repr((result, [(a.url, a.headers, a.body) for a in answers]))
    assert [a.path for a in asked if "authorization" in a.headers] == [a.path for a in asked[1:]]


def test_error_page_that_repeats_the_secrets_is_masked():
    answers: list[Answer] = []
    page = f"no entry for desk:pw-{CANARY} with {CANARY} /q".encode()
    wall = answer(page, f"X-Seen: h-{CANARY}", f"Set-Cookie: id={CANARY}; Path=/", status="403 No")
    with pytest.raises(Exception, match="forbidden") as caught:
        fetch({f"/page?api_key={CANARY}%20%2Fq": wall}, answers=answers, over_http="true")
    assert CANARY not in f"{caught.value!r}"
    [shown] = [a for a in answers if a.http_status == 403]
    assert CANARY not in repr((shown.headers, shown.body))
    assert ("Set-Cookie", "id=***; Path=/") in shown.headers


def test_nothing_is_sent_to_another_host():
    _, _, elsewhere = fetch(
        {f"/page?api_key={CANARY}%20%2Fq": None}, elsewhere={"/b": answer(PAGE)}, over_http="true"
    )
    assert elsewhere[-1].path == "/b"
    assert CANARY not in repr(elsewhere)
    assert not {"authorization", "cookie", "x-desk"} & elsewhere[-1].headers.keys()


@pytest.mark.parametrize("more", [{}, {"over_http": "true", "path": '"/feeds/*"'}])
def test_nothing_is_sent_without_encryption_or_to_another_path(more):
    _, asked, _ = fetch({"/page": answer(PAGE)}, **more)
    assert CANARY not in repr(asked)


def test_longest_path_counts():
    text = """
        [[secrets]]
        host = "wire.example"
        query = { key = "all" }
        [[secrets]]
        host = "wire.example"
        path = "/sport/*"
        query = { key = "sport" }
    """
    known = parse_credentials(text)
    urls = ["https://wire.example/a", "https://wire.example/sport/a", "https://a.wire.example/"]
    found = [known.find(url) for url in urls]
    assert [one and one.query[0][1] for one in found] == ["all", "sport", None]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("secrets = 1", r"write \[\[secrets\]\] above each section"),
        ("[[secrets]]\nuser = 'a'", r"section 1: has no host"),
        ("[[secrets]]\nhost = 'https://a.example'", r"section 1: host: expected only the host"),
        ("[[secrets]]\nhost = 'a.example'", r"section 1 \(a.example\): has no secret"),
        ("[[secrets]]\nhost = 'a.example'\nuser = 'a'", "expected user and password"),
        (f"[[secrets]]\nhost='a.example'\nheader={{a='{CANARY}'}}", "did you mean headers"),
        (f'[[secrets]]\nhost="a.example"\nheaders={{a="{CANARY}\\n"}}', "the value of 'a' has"),
        (f"[[secrets]]\nhost='a.example'\nquery='{CANARY}'", "query: expected texts"),
        (f"[[secrets]]\npassword = {CANARY}", "is not TOML, at line 2"),
    ],
)
def test_unusable_file_is_refused_without_its_values(tmp_path, text, problem):
    path = tmp_path / "secrets.toml"
    path.write_text(text)
    with pytest.raises(SecretsError, match=problem) as caught:
        read_credentials(path)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_without_a_file_there_are_none(tmp_path):
    assert read_credentials(tmp_path / "secrets.toml") == Credentials()


def test_download_gets_its_secrets_and_another_host_none(tmp_path):
    asked: list[tuple[str, dict[str, str]]] = []

    def note(path, headers):
        asked.append((path, dict(headers)))
        return True

    with serving(feeds=0) as news, serving(feeds=0) as other:
        news.pages["/old.warc"] = other.pages["/new.warc"] = PAGE
        news.redirects["/old.warc"] = other.url("/new.warc")
        for server in (news, other):
            server.gates = dict.fromkeys(("/old.warc", "/new.warc"), note)
        text = section(news.host, over_http="true")
        options = FetchOptions(
            allow_hosts=frozenset({news.host, other.host}), secrets=secrets_of(text)
        )
        url = news.url(f"/old.warc?token={CANARY}").replace("//", f"//desk:{CANARY}@")
        file = download(url, tmp_path, options)
    assert file.read_bytes() == PAGE
    assert CANARY not in str(file)
    (first, sent), (second, passed_on) = asked
    assert first == f"/old.warc?token={CANARY}&api_key={CANARY}%20%2Fq"
    assert base64.b64decode(sent["Authorization"].split()[1]).decode() == f"desk:{CANARY}"
    assert sent["X-Desk"] == f"h-{CANARY}"
    assert second == "/new.warc"
    assert CANARY not in repr(passed_on)
