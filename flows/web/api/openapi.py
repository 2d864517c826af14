"""The description of the API by OpenAPI 3.1, made from its endpoints and the warehouse."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any, Final

from flows import __version__
from flows.web.api.endpoints import PREFIX, Endpoint
from flows.web.api.parameters import Parameters
from flows.web.problems import MEDIA_TYPE
from warehouse.conditions import Connection
from warehouse.json_schema import Schema

_PART: Final = re.compile(r":path")
_STREAMS: Final = {
    "application/jsonl": "One row as JSON on each line",
    "text/csv": "A header and one row on each line",
    "application/vnd.apache.parquet": "A Parquet file",
}
_PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "Problem details, RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do"},
        "parameter": {"type": "string", "description": "The parameter that is wrong"},
    },
}
_REFUSALS: Final = {
    "400": "A parameter is unknown or wrong",
    "401": "A token is needed",
    "403": "The token lacks a scope",
    "404": "There is no such thing",
    "413": "The request is too large",
    "421": "The API is not served under this name",
    "429": "Too many requests",
    "503": "Nothing was published yet, or the request needs too much memory",
}


def describe(con: Connection, endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """Return the description as a JSON object.

    Args:
        con: A connection to a warehouse, which has the columns and what they mean.
        endpoints: The endpoints.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "onrecord",
            "version": __version__,
            "description": "Who said what, about whom, when and where, with the evidence. Instants"
            " and days are UTC; offsets count Unicode code points, and ranges are half-open.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{}, {"token": []}],
        "paths": {
            _PART.sub("", endpoint.path): {"get": _operation(con, endpoint)}
            for endpoint in endpoints
        },
        "components": {
            "schemas": {"Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(con: Connection, endpoint: Endpoint) -> dict[str, Any]:
    schema = endpoint.schema(con)
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if endpoint.streams:
        content |= {
            kind: {"schema": {"type": "string", "description": about}}
            for kind, about in _STREAMS.items()
        }
    responses: dict[str, Any] = {"200": {"description": "The answer", "content": content}}
    if not endpoint.is_live:
        responses["304"] = {"description": "The snapshot has not changed since `ETag`"}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    responses |= {
        status: {"description": about, "content": {MEDIA_TYPE: problem}}
        for status, about in _REFUSALS.items()
    }
    return {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "parameters": [*_parts(endpoint), *_with_columns(_query(endpoint.parameters), schema)],
        "responses": responses,
        "x-scope": endpoint.scope.value,
    }


def _parts(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": about,
            "schema": {"type": "string", "minLength": 1},
            "example": example,
        }
        for name, (about, example) in endpoint.parts.items()
    ]


def _with_columns(parameters: list[dict[str, Any]], schema: Schema) -> list[dict[str, Any]]:
    """Return parameters of which `fields` says what it may have: the columns of the rows."""
    for parameter in parameters:
        if parameter["name"] == "fields":
            names = "|".join(schema["properties"]["items"]["items"]["properties"])
            parameter["schema"]["pattern"] = f"^({names})(,({names}))*$"
    return parameters


def _query(model: type[Parameters]) -> list[dict[str, Any]]:
    """Return the parameters of a model; those that may be missing are never null."""
    schema = model.model_json_schema()
    found = []
    for name, one in schema.get("properties", {}).items():
        kind = copy.deepcopy(one)
        about, examples = kind.pop("description", ""), kind.pop("examples", [])
        kind.pop("title", None)
        if choices := [choice for choice in kind.pop("anyOf", []) if choice != {"type": "null"}]:
            kind |= choices[0]
        if kind.get("default", "") is None:
            del kind["default"]
        parameter = {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": about,
            "schema": kind,
        }
        found.append(parameter | ({"example": examples[0]} if examples else {}))
    return found
