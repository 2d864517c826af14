"""Assistants: calls of tools by the client of the Model Context Protocol."""

import asyncio
import json
from types import SimpleNamespace

from mcp.client import Client
from mcp.shared.exceptions import MCPError

from flows.assistant.library import Library
from flows.assistant.server import new_server
from flows.settings import Settings
from flows.web.scopes import EVERY


def in_session(server, work):
    """Connect a client to a server, an address or a transport; return what `work` makes of it."""

    async def run():
        async with Client(server) as client:
            try:
                return await work(client), None
            except MCPError as exc:  # the group of the client's tasks would hide it
                return None, exc

    result, error = asyncio.run(run())
    if error is not None:
        raise error
    return result


def server_of(folder, scopes=EVERY, **settings):
    """Return a server of its own for a data folder."""
    return new_server(Library.of(Settings(data=folder.root, **settings)), scopes)


def answer_of(result):
    """Return text, structured content and kind of an answer."""
    (block,) = result.content
    return SimpleNamespace(
        text=block.text, content=result.structured_content, is_error=result.is_error
    )


def called(server, tool, /, **arguments):
    """Return the answer to one call, which must have one."""
    answer = in_session(server, lambda client: client.call_tool(tool, arguments))
    answer = answer_of(answer)
    assert not answer.is_error, answer.text
    return answer


def refused(server, tool, /, **arguments):
    """Return why a call has no answer."""
    answer = answer_of(in_session(server, lambda client: client.call_tool(tool, arguments)))
    assert answer.is_error, answer.text
    return answer.text


def all_parts(server, tool, rows, /, **arguments):
    """Return the rows of all parts of a list, and the number of parts."""

    async def read(client):
        found, parts, cursor = [], 0, None
        while parts == 0 or cursor:
            given = arguments | ({"cursor": cursor} if cursor else {})
            answer = answer_of(await client.call_tool(tool, given))
            assert not answer.is_error, answer.text
            assert len(answer.text) <= 8_000
            assert len(json.dumps(answer.content)) <= 16_000
            found += answer.content[rows]
            parts, cursor = parts + 1, answer.content["cursor"]
        return found, parts

    return in_session(server, read)
