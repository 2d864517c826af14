"""The endpoints of the API, and the two addresses that describe them."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from flows.web.api import counts, lists, others, records, search
from flows.web.api.endpoints import PREFIX, Endpoint, answer
from flows.web.api.openapi import describe
from flows.web.page import Page

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *search.ENDPOINTS,
    *counts.ENDPOINTS,
    *lists.ENDPOINTS,
    *records.ENDPOINTS,
    *others.ENDPOINTS,
)


def show_description(page: Page) -> Response:
    """Return the description of the API for programs."""
    return answer(describe(page.con, ENDPOINTS))


def show_help(page: Page) -> Response:
    """Return the description of the API for people."""
    described = describe(page.con, ENDPOINTS)
    fields = {path: _fields(methods["get"]) for path, methods in described["paths"].items()}
    return page.show("api.html.j2", api=described, fields=fields, prefix=PREFIX)


def _fields(operation: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the fields of a row that an operation returns, or those of its answer."""
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    properties = schema["properties"]
    if "items" in properties:
        properties = properties["items"]["items"]["properties"]
    return list(properties.items())


ROUTES: Final = (
    ("GET", f"{PREFIX}/openapi.json", show_description),
    ("GET", "/api", show_help),
)
