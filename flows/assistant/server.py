"""The server: tools, resources and prompts by the Model Context Protocol.

It is the same on standard input and output and over HTTP, and keeps nothing between two calls.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, TypeVar

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from starlette.concurrency import run_in_threadpool

from flows import __version__
from flows.assistant import resources
from flows.assistant.answers import Told
from flows.assistant.guides import GUIDES, INSTRUCTIONS
from flows.assistant.library import Call, Library
from flows.assistant.problems import CallError, told, told_of_arguments
from flows.assistant.tool import Tool
from flows.assistant.tools import articles, counts, feeds, search, speakers, spread, sql, stories
from flows.web.scopes import EVERY, Scope
from transforms.errors import OnrecordError

_T = TypeVar("_T")
_Context = ServerRequestContext[Any]

TOOLS: Final[tuple[Tool, ...]] = (
    *search.TOOLS,
    *articles.TOOLS,
    *speakers.TOOLS,
    *stories.TOOLS,
    *spread.TOOLS,
    *counts.TOOLS,
    *sql.TOOLS,
    *feeds.TOOLS,
)
_AT_ONCE: Final = 4  # calls that read at a time; more wait, so that memory stays bounded
_AGAIN_S: Final = 0.05  # an interrupt between two queries is lost, so it is repeated
_MARKDOWN: Final = "text/markdown"


def new_server(library: Library, scopes: frozenset[Scope] = EVERY) -> Server[Any]:
    """Return a server for those who may do what `scopes` says."""
    served = _Served(library, scopes)
    return Server(
        "onrecord",
        version=__version__,
        title="onrecord",
        description="Who said what in the news, about whom and when",
        instructions=INSTRUCTIONS,
        on_list_tools=served.list_tools,
        on_call_tool=served.call_tool,
        on_list_resources=served.list_resources,
        on_list_resource_templates=served.list_templates,
        on_read_resource=served.read_resource,
        on_list_prompts=served.list_prompts,
        on_get_prompt=served.get_prompt,
    )


def serve_stdio(library: Library) -> None:
    """Serve one assistant on standard input and output until the input ends."""
    server = new_server(library)

    async def serve() -> None:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    anyio.run(serve)


class _Served:
    """What the server answers."""

    def __init__(self, library: Library, scopes: frozenset[Scope]) -> None:
        self._library = library
        self._tools = {tool.name: tool for tool in TOOLS if tool.scope in scopes}
        self._limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def list_tools(
        self, _: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in self._tools.values()])

    async def call_tool(
        self, _: _Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = self._tools.get(params.name)
        if tool is None:
            return _refused(
                f"There is no tool {params.name!r}. There are: {', '.join(self._tools)}."
            )
        try:
            asked = tool.arguments.model_validate(params.arguments or {})
        except ValidationError as exc:
            return _refused(told_of_arguments(exc, tool.arguments.model_fields))
        try:
            answer: Told = await self._run(lambda call: tool.run(call, asked))
        except OnrecordError as exc:
            return _refused(
                told(exc, "words" if "words" in tool.arguments.model_fields else "query")
            )
        except Exception:
            logging.getLogger(__name__).exception("the tool %s failed", tool.name)
            return _refused(f"onrecord failed at {tool.name}: its log says why. Try another tool.")
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=answer.text)],
            structured_content=answer.content.model_dump(mode="json"),
        )

    async def list_resources(
        self, _: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=resources.DICTIONARY, name="dictionary", title="Data dictionary",
                    description="The views and tables for the tool sql", mime_type=_MARKDOWN,
                ),
                types.Resource(
                    uri=resources.QUERIES, name="queries", title="Example queries",
                    description="Questions and their SQL", mime_type=_MARKDOWN,
                ),
            ]
        )  # fmt: skip

    async def list_templates(
        self, _: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    uri_template=f"{resources.DICTIONARY}/{{name}}", name="relation",
                    title="A view or table", description="Its columns with their meaning",
                    mime_type=_MARKDOWN,
                ),
                types.ResourceTemplate(
                    uri_template=f"{resources.QUERIES}/{{name}}", name="query",
                    title="An example query", description="The SQL of a question",
                    mime_type="application/sql",
                ),
            ]
        )  # fmt: skip

    async def read_resource(
        self, _: _Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(params.uri)
        try:
            text = await self._run(lambda call: resources.read(call, uri))
        except CallError as exc:
            raise MCPError(types.INVALID_PARAMS, str(exc), {"uri": uri}) from exc
        except OnrecordError as exc:
            raise MCPError(types.INTERNAL_ERROR, told(exc), {"uri": uri}) from exc
        is_sql = uri.startswith(f"{resources.QUERIES}/")
        kind = "application/sql" if is_sql else _MARKDOWN
        return types.ReadResourceResult(
            contents=[types.TextResourceContents(uri=uri, text=text, mime_type=kind)]
        )

    async def list_prompts(
        self, _: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListPromptsResult:
        return types.ListPromptsResult(
            prompts=[
                types.Prompt(
                    name=guide.name,
                    title=guide.title,
                    description=guide.description,
                    arguments=[
                        types.PromptArgument(name=name, description=about, required=True)
                        for name, about in guide.arguments.items()
                    ],
                )
                for guide in GUIDES
            ]
        )

    async def get_prompt(
        self, _: _Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        guide = {guide.name: guide for guide in GUIDES}.get(params.name)
        if guide is None:
            names = ", ".join(guide.name for guide in GUIDES)
            raise MCPError(
                types.INVALID_PARAMS, f"There is no prompt {params.name!r}. There are: {names}."
            )
        given = params.arguments or {}
        missing = [name for name in guide.arguments if not given.get(name)]
        if missing:
            raise MCPError(types.INVALID_PARAMS, f"{', '.join(missing)}: it is missing. Give it.")
        text = guide.text.format_map({name: given[name] for name in guide.arguments})
        message = types.PromptMessage(
            role="user", content=types.TextContent(type="text", text=text)
        )
        return types.GetPromptResult(description=guide.description, messages=[message])

    async def _run(self, work: Callable[[Call], _T]) -> _T:
        """Run work in a thread; end its queries when nobody waits for it or it takes too long."""
        call = Call(self._library)
        limit_s = self._library.settings.query_timeout_s
        async with self._limiter:
            working = asyncio.ensure_future(run_in_threadpool(work, call))
            try:
                await asyncio.wait({working}, timeout=limit_s)
                is_late = not working.done()
            finally:
                with anyio.CancelScope(shield=True):
                    while not working.done():
                        call.cancel()
                        await asyncio.wait({working}, timeout=_AGAIN_S)
        if is_late:
            working.exception()  # it was ended by us
            raise CallError(
                None,
                f"the answer took longer than {limit_s:g} s",
                "Choose fewer days or narrower filters.",
            )
        return working.result()


class _WithoutTitles(GenerateJsonSchema):
    """Leaves out titles, which repeat the names: an assistant reads the schemas of all tools."""

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> dict[str, Any]:
        """Return the schema."""
        found: dict[str, Any] = _without_titles(super().generate(schema, mode))
        return found


def _without_titles(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_titles(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # A property may itself be called title: then its value is a schema.
    return {
        key: _without_titles(part)
        for key, part in schema.items()
        if key != "title" or isinstance(part, dict)
    }


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(schema_generator=_WithoutTitles),
        output_schema=tool.content.model_json_schema(
            mode="serialization", schema_generator=_WithoutTitles
        ),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


def _refused(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)
