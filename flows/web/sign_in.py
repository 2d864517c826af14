"""The page to sign in."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flows.web.access import Access, check_form, set_session
from flows.web.page import render


async def show(request: Request) -> Response:
    """Return the form."""
    return render(request, "sign_in.html.j2", problem="")


async def sign_in(request: Request) -> Response:
    """Start a session if the password is right; it says what the session may do."""
    access: Access = request.scope["access"]
    form = await request.form()
    check_form(request, form.get("csrf"))
    if access.wrong_passwords.must_wait():
        problem = "There were too many wrong passwords. Wait a minute."
        return render(request, "sign_in.html.j2", status=429, problem=problem)
    if not access.needs_password:
        return RedirectResponse("/today", 303)
    scopes = await run_in_threadpool(access.scopes_by, str(form.get("password")))
    if scopes:
        response = RedirectResponse("/today", 303)
        set_session(response, request, access.sessions.sign_in(scopes))
        return response
    access.wrong_passwords.count()
    return render(request, "sign_in.html.j2", status=403, problem="This password is wrong.")


async def sign_out(request: Request) -> Response:
    """End the session."""
    access: Access = request.scope["access"]
    form = await request.form()
    check_form(request, form.get("csrf"))
    access.sessions.sign_out(request.scope["session_key"])
    return RedirectResponse("/sign-in", 303)
