"""The web pages: which address shows what.

Handlers are plain functions that get a `Page` and return a response. They run in threads, so
that a slow query does not keep other readers waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from flows.errors import RunActiveError
from flows.settings import Settings
from flows.web import sign_in
from flows.web.access import Access, NotAllowedError, check_form, check_scope, guarded
from flows.web.access_log import requests_logged
from flows.web.api.endpoints import PREFIX
from flows.web.api.errors import answer_to
from flows.web.api.routes import ENDPOINTS
from flows.web.api.routes import ROUTES as API_ROUTES
from flows.web.desk import Desk, new_desk
from flows.web.mediacloud import ROUTES as MEDIACLOUD_ROUTES
from flows.web.page import Page, PageNotFoundError, render
from flows.web.pages import ROUTES
from flows.web.problems import ProblemError
from flows.web.scopes import Scope, needed
from flows.web.snapshots import Snapshots
from transforms.errors import OnrecordError
from warehouse.errors import (
    SchemaTooOldError,
    WarehouseBusyError,
    WarehouseMemoryError,
    WarehouseMissingError,
)
from warehouse.search_reader import SearchReader

Handler = Callable[[Page], Response]
ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]
_AT_ONCE: Final = 4  # requests that read at a time; more wait, so that memory stays bounded
_LOOK_S: Final = 0.25  # between two looks whether the reader is still there


@dataclass(frozen=True, slots=True)
class Shared:
    """What all requests of a site share.

    Attributes:
        settings: The settings.
        snapshots: The newest snapshot.
        searches: Its index.
        desk: States that are kept between requests.
    """

    settings: Settings
    snapshots: Snapshots
    searches: SearchReader
    desk: Desk


Addition = Callable[[Shared], Sequence[BaseRoute]]


def create_site(settings: Settings, access: Access, additions: Sequence[Addition] = ()) -> ASGIApp:
    """Return the pages of a data folder as an ASGI application.

    Args:
        settings: The settings; pages read the newest snapshot of their data folder.
        access: Who may see the pages.
        additions: Each makes further routes; they see who asks, and check the scopes themselves.
    """
    snapshots, searches = Snapshots(settings.folder), SearchReader(settings.folder)
    reader, desk = _Reader(settings, snapshots, searches), new_desk(settings, snapshots)
    shared = Shared(settings, snapshots, searches, desk)
    routes = [*_routes(reader), *(route for addition in additions for route in addition(shared))]
    site = Starlette(routes=routes, exception_handlers=_error_handlers())
    site.state.snapshots = snapshots
    site.state.desk = desk
    site.state.searches = searches
    guard = guarded(site, access)
    return requests_logged(guard) if settings.web_access_log else guard


def _routes(reader: _Reader) -> list[BaseRoute]:
    """Return the routes of the pages and of the APIs."""
    pages = [
        Route(
            path,
            reader.endpoint(handler, needed(method, path)),
            methods=[method],
            name=f"{method} {path}",
        )
        for method, path, handler in (*ROUTES, *API_ROUTES, *MEDIACLOUD_ROUTES)
    ]
    endpoints = [
        Route(
            f"{PREFIX}{endpoint.path}",
            reader.endpoint(endpoint.respond, endpoint.scope),
            methods=["GET"],
            name=endpoint.name,
        )
        for endpoint in ENDPOINTS
    ]
    return [
        *pages,
        *endpoints,
        Route("/", _first_page, methods=["GET"]),
        Route("/health", _health, methods=["GET"]),
        Route("/sign-in", sign_in.show, methods=["GET"]),
        Route("/sign-in", sign_in.sign_in, methods=["POST"]),
        Route("/sign-out", sign_in.sign_out, methods=["POST"]),
        Mount("/static", StaticFiles(directory=str(files("flows.web").joinpath("static")))),
    ]


def _error_handlers() -> dict[Any, ErrorHandler]:
    """Return what is answered to an error, by its class or status."""
    handlers: dict[Any, ErrorHandler] = {
        ProblemError: _failed,  # only programs are told of it
        PageNotFoundError: _not_found,
        NotAllowedError: _not_allowed,
        HTTPException: _http_error,
        WarehouseMissingError: _nothing_yet,
        SchemaTooOldError: _too_old,
        WarehouseBusyError: _busy,
        RunActiveError: _active,
        WarehouseMemoryError: _too_much,
        OnrecordError: _known_error,
        500: _failed,
    }
    return {kind: _told(handler) for kind, handler in handlers.items()}


class _Reader:
    """Lets handlers read the newest snapshot, some at a time, and ends those of lost readers."""

    def __init__(self, settings: Settings, snapshots: Snapshots, searches: SearchReader) -> None:
        self._settings, self._snapshots, self._searches = settings, snapshots, searches
        self._limiter = anyio.CapacityLimiter(_AT_ONCE)
        self._large = anyio.Lock()  # for requests that found too little memory beside others

    def endpoint(self, handler: Handler, scope: Scope) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a handler, for readers who have a scope."""

        @functools.wraps(handler)
        async def respond(request: Request) -> Response:
            check_scope(request, scope)
            form = FormData()
            if request.method == "POST":
                form = await request.form()  # here, because a thread cannot wait for it
                check_form(request, form.get("csrf"))
            try:
                return await self._answer_in_turn(request, form, handler)
            finally:
                await form.close()

        return respond

    async def _answer_in_turn(self, request: Request, form: FormData, handler: Handler) -> Response:
        """Run a handler when few others run; if the memory was too little, again, at last alone."""
        async with self._limiter:
            try:
                return await self._answer(request, form, handler)
            except WarehouseMemoryError:
                if request.method != "GET":  # it may have changed something
                    raise
        async with self._large:
            with contextlib.suppress(WarehouseMemoryError):
                async with self._limiter:
                    return await self._answer(request, form, handler)
            async with self._alone():
                return await self._answer(request, form, handler)

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Wait until nothing else runs, and let nothing else begin meanwhile."""
        places = [object() for _ in range(_AT_ONCE)]
        taken: list[object] = []
        try:
            for place in places:
                await self._limiter.acquire_on_behalf_of(place)
                taken.append(place)
            yield
        finally:
            for place in taken:
                self._limiter.release_on_behalf_of(place)

    async def _answer(self, request: Request, form: FormData, handler: Handler) -> Response:
        """Run a handler in a thread; end its queries if the reader goes away meanwhile."""
        pages: list[Page] = []

        def run() -> Response:
            with contextlib.ExitStack() as held:
                con = snapshot = None
                with contextlib.suppress(WarehouseMissingError):
                    con, snapshot = held.enter_context(self._snapshots.reading())
                self._searches.close_older()  # no removed file keeps its space if nobody searches
                page = Page(
                    self._settings, con, snapshot, self._searches, request=request, form=form
                )
                pages.append(page)
                return handler(page)

        work = asyncio.ensure_future(run_in_threadpool(run))
        while not (await asyncio.wait({work}, timeout=_LOOK_S))[0]:
            if await request.is_disconnected():
                for page in pages:
                    page.cancel()
        try:
            return work.result()
        except Exception:
            if pages and pages[0].is_cancelled:
                return Response(status_code=499)  # nobody reads it
            raise


def _told(handler: ErrorHandler) -> ErrorHandler:
    """Return a handler that tells programs of an error as JSON, and people on a page."""

    @functools.wraps(handler)
    async def respond(request: Request, error: Exception) -> Response:
        if request.scope["is_for_programs"]:
            return answer_to(error)
        return await handler(request, error)

    return respond


async def _first_page(_: Request) -> Response:
    return RedirectResponse("/today")


async def _health(_: Request) -> Response:
    """Say that the pages answer, to those who look whether they run; it tells nothing else."""
    return PlainTextResponse("ok\n")


async def _not_found(request: Request, error: Exception) -> Response:
    return render(request, "error.html.j2", status=404, heading="Not found", text=str(error))


async def _not_allowed(request: Request, error: Exception) -> Response:
    access: Access = request.scope["access"]
    can_sign_in = access.password_hash is not None
    scope = getattr(error, "scope", Scope.MANAGE)
    return render(request, "not_allowed.html.j2", status=403, needed=scope, can_sign_in=can_sign_in)


async def _http_error(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 400)
    if status == 404:
        return await _not_found(request, Exception(f"There is no page {request.url.path}."))
    return _refused(request, str(getattr(error, "detail", error)), status)


async def _nothing_yet(request: Request, _: Exception) -> Response:
    return render(request, "nothing_yet.html.j2", status=200)


async def _too_old(request: Request, error: Exception) -> Response:
    made = getattr(error, "path", None)
    return render(request, "old_snapshot.html.j2", status=503, file=made.name if made else "")


async def _busy(request: Request, error: Exception) -> Response:
    heading = "Another program is writing"
    text = f"Nothing was changed: {error}. Go back and try again in a moment."
    return render(request, "error.html.j2", status=503, heading=heading, text=text)


async def _active(request: Request, error: Exception) -> Response:
    text = f"Nothing was started: {getattr(error, 'run', error)} is running. The page Runs shows how far it is."
    return render(request, "error.html.j2", status=409, heading="A run is active", text=text)


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
