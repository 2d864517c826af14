"""The pages' server, asked by a program: with a token, a session, or neither."""

from datetime import UTC, datetime

from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from flows.settings import Settings
from flows.web.access import Access
from flows.web.pages import ROUTES
from flows.web.scopes import scopes_from
from flows.web.site import create_site
from flows.web.tokens import Tokens, add_token

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOST = "news.example"


def token_of(folder, name="notebook", scopes="read", **given):
    """Add a token and return its secret."""
    return add_token(folder, name, scopes_from(scopes), now=NOW, **given)


def bearer(secret, scheme="Bearer"):
    return {"authorization": f"{scheme} {secret}"}


def program_client(folder, *, address="192.0.2.7", settings=None, **given):
    """Return a client that asks from another machine, and follows no redirect."""
    access = Access(hosts=frozenset({HOST}), tokens=Tokens(folder), **given)
    site = create_site(Settings(data=folder.root, **(settings or {})), access)
    return TestClient(
        site, base_url=f"http://{HOST}", client=(address, 50_000), follow_redirects=False
    )


def with_api(monkeypatch):
    """Add addresses for programs: one to read, and one that changes something."""

    def answer(page):
        return JSONResponse({"scopes": sorted(page.request.scope["scopes"])})

    paths = ("/api/v1/things", "/mediacloud/api/version", "/mcp")
    more = [(method, path, answer) for method in ("GET", "POST") for path in paths]
    monkeypatch.setattr("flows.web.site.ROUTES", (*ROUTES, *more))


def problem_of(answer):
    """Return the status and the text of a refusal, which has the form of RFC 9457."""
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"] == "about:blank"
    assert told["title"]
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    return told["status"], told["detail"]
