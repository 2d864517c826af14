"""The first page: what the newest day brought."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from starlette.responses import Response

from flows.alerts.attention import find_attention
from flows.alerts.lines import lines
from flows.web.page import Page, Row
from flows.web.story_states import with_headlines
from warehouse.migrate import is_current

_STORIES, _STATEMENTS, _SPEAKERS, _RISING = 12, 8, 12, 12


def show_today(page: Page) -> Response:
    """Return the stories, statements and speakers of a day, and what needs attention.

    The day is that of the query string, otherwise the newest one with articles.
    """
    span = page.row("newest_day", asked_on=page.day("day")) or {}
    day = span.get("published_on")
    needed = []
    if is_current(page.con):
        needed = lines(find_attention(page.con, page.settings, datetime.now(UTC)))
    if day is None:
        return page.show("today.html.j2", day=None, needed=needed)
    return page.show(
        "today.html.j2",
        day=day,
        before=span["before_on"],
        after=span["after_on"],
        needed=needed,
        totals=page.row("totals_of_day", day=day),
        stories=_stories(page, day),
        statements=page.rows("statements_of_day", day=day, most=_STATEMENTS),
        speakers=page.rows("speakers_of_day", day=day, most=_SPEAKERS),
        rising=page.rows("rising_of_day", day=day, most=_RISING),
    )


def _stories(page: Page, day: date) -> list[Row]:
    """Return the stories with the most outlets on a day."""
    found = page.rows(
        "stories_of_days", since=day, until=day, outlet="", named="", most=_STORIES, skip=0
    )
    return with_headlines(page, found)


ROUTES: Final = (("GET", "/today", show_today),)
