"""An endpoint: an address, its parameters, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from flows.output.tables import as_json
from flows.web.api.parameters import Parameters, parsed
from flows.web.page import Page
from flows.web.scopes import Scope
from warehouse.conditions import Connection
from warehouse.json_schema import Schema

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address of the API; all are read with GET.

    Attributes:
        path: The address after `/api/v1`, with the names of its parts in braces.
        name: What it does, in camel case, for programs that are made from the description.
        about: What it returns, for people.
        handler: What answers.
        schema: Returns the JSON Schema of an answer, given a connection to a warehouse.
        parameters: What may be asked for.
        parts: For each part of the address in braces, what it is and an example.
        scope: What a reader needs.
        streams: Whether all rows can be streamed in other formats.
        is_live: Whether the answer may change although the snapshot does not.
    """

    path: str
    name: str
    about: str
    handler: Callable[[Page, Any], Response]
    schema: Callable[[Connection], Schema]
    parameters: type[Parameters] = Parameters
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    scope: Scope = Scope.READ
    streams: bool = False
    is_live: bool = False

    def respond(self, page: Page) -> Response:
        """Return the answer to a request; it usually is the same as long as the snapshot is."""
        asked = parsed(self.parameters, page.request.query_params)
        if self.is_live:
            return self.handler(page, asked)
        tag = f'W/"{page.snapshot_name or "nothing"}"'
        if tag in page.request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"etag": tag})
        response = self.handler(page, asked)
        response.headers.setdefault("etag", tag)
        return response


def answer(content: object) -> Response:
    """Return a value as JSON."""
    return Response(as_json(content), media_type="application/json")


def rows_schema(columns: dict[str, Schema]) -> Schema:
    """Return the schema of a page of rows.

    Args:
        columns: The schema of each column.
    """
    return {
        "type": "object",
        "required": ["items", "next", "snapshot"],
        "properties": {
            "items": {"type": "array", "items": {"type": "object", "properties": columns}},
            "next": {
                "type": ["string", "null"],
                "description": "Cursor of the next page; null after the last one",
            },
            "snapshot": {"type": "string", "description": "The snapshot that was read"},
        },
    }
