"""The page that explains keys and search words."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from flows.web.page import Page


def show_help(page: Page) -> Response:
    """Return the page."""
    return page.show("help.html.j2")


ROUTES: Final = (("GET", "/help", show_help),)
