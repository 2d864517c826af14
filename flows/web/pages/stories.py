"""The pages of stories: what several articles report about one event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from flows.web.day_span import asked_span
from flows.web.outlet_times import Form, Mark, draw_outlet_times
from flows.web.page import Page, PageNotFoundError, Row
from flows.web.story_firsts import firsts
from flows.web.story_states import days_of_story, with_headlines
from flows.web.templating import query_string

_STORIES: Final = 20  # on a page
_MOST_PAGES: Final = 500
_DAYS: Final = 7  # of the list, unless others are asked for
_ARTICLES: Final = 2_000  # of a story
_LISTED: Final = 60  # articles in the table, unless all are asked for
_STATEMENTS: Final = 15
_NAMES: Final = 12  # of each kind
_KINDS: Final = ("person", "organization", "place")
_MOST_MERGES: Final = 100
_FORMS: Final = {
    "first": Form("diamond", "first article"),
    "own": Form("circle", "own text"),
    "copy": Form("square", "copy of another text"),
}


def list_stories(page: Page) -> Response:
    """Return the stories of a span of days, the last week unless another one is asked for."""
    newest = page.row("newest_day", asked_on=None)
    if newest is None:
        return page.show("stories.html.j2", span=None)
    span = asked_span(page, until=newest["published_on"], days=_DAYS)
    at = page.number("page", 1, most=_MOST_PAGES)
    found = page.rows(
        "stories_of_days",
        since=span.since,
        until=span.until,
        outlet=page.value("outlet").lower(),
        named=page.value("named").lower(),
        most=_STORIES + 1,
        skip=(at - 1) * _STORIES,
    )
    asked = {name: page.value(name) for name in ("since", "until", "outlet", "named")}
    return page.show(
        "stories.html.j2",
        span=span,
        newest_on=newest["published_on"],
        outlet=page.value("outlet"),
        named=page.value("named"),
        stories=with_headlines(page, found[:_STORIES]),
        number=at,
        has_more=len(found) > _STORIES,
        link=lambda number: query_string(**asked, page=number),
    )


def show_story(page: Page) -> Response:
    """Return a story; the key of one that became part of another one leads to that one."""
    asked = page.request.path_params["story_id"]
    state = state_of_story(page, asked)
    if state["story_id"] != asked:
        return RedirectResponse(f"/stories/{quote(state['story_id'], safe='')}", 302)
    key = asked
    days = days_of_story(state)
    articles = page.rows("articles_of_story", story=key, most=_ARTICLES, **days)
    if not articles:
        raise PageNotFoundError(f"The story {asked} has no article any more.")
    statements = page.rows("statements_of_story", story=key, most=_STATEMENTS, **days)
    names = page.rows("names_of_story", story=key, most=_NAMES, **days)
    changes = _changes(page, key)
    is_whole = page.value("articles") == "all"
    return page.show(
        "story.html.j2",
        story=state,
        central=_central(state, articles),
        articles=articles if is_whole else articles[:_LISTED],
        count=len(articles),
        is_cut=len(articles) == _ARTICLES,
        outlets=len({row["source_id"] for row in articles}),
        copies=sum(row["is_copy"] for row in articles),
        first=articles[0],
        last=articles[-1],
        drawings=_draw(articles),
        firsts=firsts(statements, names, articles[0]["appeared_at"]),
        statements=statements,
        names={kind: [row for row in names if row["kind"] == kind] for kind in _KINDS},
        headlines=_headlines(page, key, articles),
        earlier=[row for row in changes if row["kind"] == "followed" and not row["is_other"]],
        later=[row for row in changes if row["kind"] == "followed" and row["is_other"]],
        history=[row for row in changes if row["kind"] != "followed"],
    )


def _central(state: Row, articles: Sequence[Row]) -> Row:
    """Return the article that a story is named after; the first one if it is not shown."""
    key = state["central_article_id"]
    return next((row for row in articles if row["article_id"] == key), articles[0])


def _changes(page: Page, key: str) -> list[Row]:
    """Return the stories that came from a story or became part of it, with their headlines."""
    changes = page.rows("changes_of_story", story=key)
    if not changes:
        return []
    others = sorted({row["story_id"] for row in changes})
    found = with_headlines(page, page.rows("states_of_stories", stories=others))
    states = {row["story_id"]: row for row in found}
    unknown = dict.fromkeys(("first_at", "last_at", "headline", "language"))
    return [row | states.get(row["story_id"], unknown) for row in changes]


def _headlines(page: Page, key: str, articles: Sequence[Row]) -> list[Row]:
    """Return the changed headlines of a story; articles of one revision have none."""
    if all(row["revision"] == 1 for row in articles):
        return []
    return page.rows("headline_changes_of_story", story=key)


def state_of_story(page: Page, key: str) -> Row:
    """Return the newest state of a story, or of the one that it is part of now."""
    asked = key
    for _ in range(_MOST_MERGES):
        state = page.row("state_of_story", story=asked)
        if state is None:
            break
        if state["into_story_id"] is None:
            return state
        asked = state["into_story_id"]
    raise PageNotFoundError(
        f"There is no story {key}. Stories are found when a run ends: see the list of stories."
    )


def _draw(articles: list[Row]) -> dict[str, object]:
    marks = [
        Mark(
            outlet=row["source_id"],
            at=row["appeared_at"],
            form="first" if at == 0 else "copy" if row["is_copy"] else "own",
            text=row["title"] or "without a headline",
        )
        for at, row in enumerate(articles)
    ]
    return dict(draw_outlet_times(marks, _FORMS, label="Articles by outlet and time"))


ROUTES: Final = (("GET", "/stories", list_stories), ("GET", "/stories/{story_id}", show_story))
