"""The same server on standard input and output, and under /mcp of the pages."""

import asyncio
import importlib.util
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient
from typer.testing import CliRunner

from flows.__main__ import app
from flows.assistant.endpoint import assistant_routes
from flows.settings import Settings
from flows.web.access import Access
from flows.web.passwords import hash_password
from flows.web.scopes import Scope
from flows.web.site import create_site
from flows.web.tokens import Tokens
from tests.helpers.assistants import answer_of, in_session
from tests.helpers.browser import served_site
from tests.helpers.harbour import LATE, OPENING, SYNDICATED
from tests.helpers.linked import load_linked
from tests.helpers.processes import ROOT
from tests.helpers.programs import bearer, token_of
from warehouse.publish import publish

JSON = {"content-type": "application/json", "accept": "application/json"}
HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = load_linked(tmp_path_factory.mktemp("transports"), [OPENING, SYNDICATED, LATE])
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def address(folder):
    with served_site(folder, additions=[assistant_routes]) as url:
        yield f"{url}/mcp"


def local(folder, access=None):
    """Return a client of the site that runs in this thread."""
    site = create_site(Settings(data=folder.root), access or Access(), [assistant_routes])
    return TestClient(site, base_url="http://localhost", follow_redirects=False)


async def work(client):
    """Use the server as an assistant does: see the tools, find a statement, follow it."""
    names = [tool.name for tool in (await client.list_tools()).tools]
    found = answer_of(await client.call_tool("statements", {"speaker": "Ruiz", "words": "waited"}))
    (first, *_) = found.content["statements"]
    spread = await client.call_tool("quote_spread", {"statement_id": first["statement_id"]})
    said = await client.read_resource("onrecord://dictionary/said")
    return names, answer_of(spread), said.contents[0].text


def check(worked):
    names, spread, dictionary = worked
    assert len(names) == 9
    assert spread.content["first_source"] == "a.example"
    assert "### said" in dictionary


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_assistant_works_over_http(address, mode):
    async def run():
        async with Client(address, mode=mode) as client:
            return await work(client)

    check(asyncio.run(run()))


def test_assistant_works_on_standard_input_and_output(folder):
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "flows", "mcp", "--data", str(folder.root)],
        cwd=ROOT, env={**os.environ},
    )  # fmt: skip
    check(in_session(stdio_client(command), work))


def test_many_assistants_are_answered_at_once(address):
    def ask(number):
        asked = {"query": "SELECT $1 + 0".replace("$1", str(number))}
        return in_session(address, lambda client: client.call_tool("sql", asked))

    with ThreadPoolExecutor(6) as pool:
        answers = [*pool.map(ask, range(6))]
    assert [answer.structured_content["rows"] for answer in answers] == [[[n]] for n in range(6)]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        pytest.param(None, 200, id="no-browser"),
        pytest.param("http://localhost", 200, id="our-own-page"),
        pytest.param("http://evil.example", 403, id="another-site"),
        pytest.param("http://localhost:3000", 403, id="another-program-on-this-machine"),
        pytest.param("null", 403, id="a-file"),
    ],
)
def test_origin_is_checked(folder, origin, status):
    headers = JSON | ({"origin": origin} if origin else {})
    answer = local(folder).post("/mcp", json=HELLO, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["detail"] == "Pages of other sites may not ask for this address."
    else:
        assert answer.json()["result"]["serverInfo"]["name"] == "onrecord"


def test_form_of_another_site_is_not_read(folder):
    answer = local(folder).post("/mcp", content=b"{}", headers={"content-type": "text/plain"})
    assert answer.status_code == 400


def test_other_names_of_this_machine_are_refused(folder):
    answer = local(folder).post("/mcp", json=HELLO, headers=JSON | {"host": "evil.example"})
    assert answer.status_code == 421


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_is_no_stream_and_no_session(folder, method):
    answer = local(folder).request(method, "/mcp")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_long_request_is_refused(folder):
    answer = local(folder).post("/mcp", content=b"x" * 300_000, headers=JSON)
    assert answer.status_code == 413


def test_password_keeps_assistants_out(folder):
    client = local(folder, Access(password_hash=hash_password("correct horse battery")))
    answer = client.post("/mcp", json=HELLO, headers=JSON)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "result" not in answer.text


def test_token_lets_an_assistant_in_as_far_as_its_scopes_go(folder):
    access = Access(password_hash=hash_password("correct horse battery"), tokens=Tokens(folder))
    with served_site(folder, access=access, additions=[assistant_routes]) as url:
        for scopes, has_sql in (("read", False), ("read,sql", True)):
            secret = token_of(folder, f"for-{has_sql}", scopes=scopes)

            async def names(secret=secret):
                async with (
                    httpx2.AsyncClient(headers=bearer(secret)) as http,
                    Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
                ):
                    return [tool.name for tool in (await client.list_tools()).tools]

            assert ("sql" in asyncio.run(names())) == has_sql


def test_sql_needs_its_scope(folder):
    client = local(folder, Access(scopes=frozenset({Scope.READ})))
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    names = {
        tool["name"]
        for tool in client.post("/mcp", json=listing, headers=JSON).json()["result"]["tools"]
    }
    assert "search" in names
    assert "sql" not in names
    calling = {
        "jsonrpc": "2.0",
        "id": 3,
        "method": "tools/call",
        "params": {"name": "sql", "arguments": {"query": "FROM said"}},
    }
    assert client.post("/mcp", json=calling, headers=JSON).json()["result"]["isError"]


@pytest.fixture
def without_package(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "mcp" else found(name, *more)
    )  # fmt: skip


@pytest.mark.usefixtures("without_package")
def test_without_the_package_there_is_no_address(folder):
    assert local(folder).post("/mcp", json=HELLO, headers=JSON).status_code == 404


@pytest.mark.usefixtures("without_package")
def test_without_the_package_the_command_says_what_to_install(folder):
    run = CliRunner().invoke(app, ["mcp", "--data", str(folder.root)])
    assert str(run.exception) == (
        "`onrecord mcp` needs a package that is not installed: run `pip install 'onrecord[mcp]'`"
    )
