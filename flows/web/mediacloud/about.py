"""Media Cloud's API: who answers, for whom, and how often."""

from __future__ import annotations

import time
from typing import Any, Final

from flows import __version__
from flows.web.mediacloud.answers import answering, refuse
from flows.web.page import Page

_RATE: Final = "600/m"  # requests a minute, as the client reads it


def version(_: Page) -> dict[str, Any]:
    """Return the version of onrecord and the time."""
    return {"version": f"onrecord {__version__}", "GIT_REV": __version__, "now": time.time()}


def profile(page: Page) -> dict[str, Any]:
    """Return what the reader may do."""
    return {
        "username": "reader",
        "is_staff": False,
        "roles": sorted(page.request.scope["scopes"]),
        "query_rate": _RATE,
    }


def api_params(_: Page) -> dict[str, Any]:
    """Return how often the client may ask; it keeps to the lower one of this and its own limit."""
    return {"params": {"query-rate": _RATE}}


def nothing_here(page: Page) -> dict[str, Any]:
    """Say that there is nothing at an address."""
    path = page.request.url.path
    raise refuse(f"there is nothing at {path}: onrecord does not have this part of the API", 404)


ROUTES: Final = (
    ("GET", "version", answering(version)),
    ("GET", "auth/profile", answering(profile)),
    ("GET", "search/api-params", answering(api_params)),
    ("GET", "{rest:path}", answering(nothing_here)),
)
