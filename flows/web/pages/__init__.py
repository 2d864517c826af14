"""The pages, each with the addresses it answers.

A module has the handlers of one group of pages and a tuple `ROUTES` of method, path and handler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.responses import Response

from flows.web.page import Page
from flows.web.pages import article, data, help_page, search, today, watches

Route = tuple[str, str, Callable[[Page], Response]]

ROUTES: Final[tuple[Route, ...]] = (
    *today.ROUTES,
    *search.ROUTES,
    *article.ROUTES,
    *watches.ROUTES,
    *data.ROUTES,
    *help_page.ROUTES,
)
