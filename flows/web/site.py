"""The web pages: which address shows what.

Handlers are plain functions that get a `Page` and return a response. They run in threads, so
that a slow query does not keep other readers waiting.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Final

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from flows.settings import Settings
from flows.web import sign_in
from flows.web.access import Access, check_form, guarded
from flows.web.page import Page, PageNotFoundError, render
from flows.web.pages import ROUTES
from flows.web.snapshots import Snapshots
from transforms.errors import OnrecordError
from warehouse.errors import WarehouseMemoryError, WarehouseMissingError

Handler = Callable[[Page], Response]
_AT_ONCE: Final = 8  # requests that read at a time; more wait, so that memory stays bounded


def create_site(settings: Settings, access: Access) -> ASGIApp:
    """Return the pages of a data folder as an ASGI application.

    Args:
        settings: The settings; pages read the newest snapshot of their data folder.
        access: Who may see the pages.
    """
    snapshots = Snapshots(settings.folder)
    limiter = anyio.CapacityLimiter(_AT_ONCE)

    def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        def answer(request: Request) -> Response:
            with snapshots.reading() as (con, path):
                return handler(Page(request, settings, con, path.name))

        @functools.wraps(handler)
        async def respond(request: Request) -> Response:
            if request.method == "POST":
                form = await request.form()  # kept by the request; a thread cannot wait for it
                check_form(request, form.get("csrf"))
            async with limiter:
                return await run_in_threadpool(answer, request)

        return respond

    routes: list[BaseRoute] = [
        Route(path, endpoint(handler), methods=[method], name=f"{method} {path}")
        for method, path, handler in ROUTES
    ]
    routes += [
        Route("/", _first_page, methods=["GET"]),
        Route("/sign-in", sign_in.show, methods=["GET"]),
        Route("/sign-in", sign_in.sign_in, methods=["POST"]),
        Route("/sign-out", sign_in.sign_out, methods=["POST"]),
        Mount("/static", StaticFiles(directory=str(files("flows.web").joinpath("static")))),
    ]
    site = Starlette(
        routes=routes,
        exception_handlers={
            PageNotFoundError: _not_found,
            HTTPException: _http_error,
            WarehouseMissingError: _nothing_yet,
            WarehouseMemoryError: _too_much,
            OnrecordError: _known_error,
            500: _failed,
        },
    )
    site.state.snapshots = snapshots
    return guarded(site, access)


async def _first_page(_: Request) -> Response:
    return RedirectResponse("/today")


async def _not_found(request: Request, error: Exception) -> Response:
    return render(request, "error.html.j2", status=404, heading="Not found", text=str(error))


async def _http_error(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 400)
    if status == 404:
        return await _not_found(request, Exception(f"There is no page {request.url.path}."))
    return _refused(request, str(getattr(error, "detail", error)), status)


async def _nothing_yet(request: Request, _: Exception) -> Response:
    return render(request, "nothing_yet.html.j2", status=200)


async def _too_much(request: Request, _: Exception) -> Response:
    text = "This page needs more memory than pages may use. Choose fewer days or narrower filters."
    return _refused(request, text, 503)


async def _known_error(request: Request, error: Exception) -> Response:
    return _refused(request, str(error), 400)


async def _failed(request: Request, _: Exception) -> Response:
    text = "onrecord failed at this page. Its log says why."
    return render(request, "error.html.j2", status=500, heading="This is our fault", text=text)


def _refused(request: Request, text: str, status: int) -> Response:
    heading = "This request cannot be answered"
    return render(request, "error.html.j2", status=status, heading=heading, text=text)
