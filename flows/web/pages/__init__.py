"""The pages, each with the addresses it answers.

A module has the handlers of one group of pages and a tuple `ROUTES` of method, path and handler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.responses import Response

from flows.web.page import Page
from flows.web.pages import (
    article,
    data,
    entities,
    feeds,
    followed,
    help_page,
    new_feed,
    rejections,
    report_page,
    run_commands,
    runs,
    search,
    speakers,
    statements,
    stories,
    today,
    watches,
)

Route = tuple[str, str, Callable[[Page], Response]]

ROUTES: Final[tuple[Route, ...]] = (
    *followed.ROUTES,  # before the pages: a name there takes any ending
    *today.ROUTES,
    *search.ROUTES,
    *article.ROUTES,
    *watches.ROUTES,
    *speakers.ROUTES,
    *entities.ROUTES,
    *statements.ROUTES,
    *stories.ROUTES,
    *new_feed.ROUTES,
    *feeds.ROUTES,
    *rejections.ROUTES,
    *run_commands.ROUTES,
    *runs.ROUTES,
    *data.ROUTES,
    *report_page.ROUTES,
    *help_page.ROUTES,
)
