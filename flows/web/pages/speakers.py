"""The pages of speakers: who is quoted, and what one of them said."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from flows.web.day_span import DaySpan, asked_span, days_at_once, offered_spans
from flows.web.page import Page, PageNotFoundError, Row
from flows.web.periods import draw_over_time
from flows.web.selection import Near, Selection
from flows.web.speaker_names import Names, last_day, names_of, statements_in
from flows.web.statement_words import with_words
from flows.web.templating import query_string
from warehouse.search_places import Span

_SPEAKERS: Final = 50  # on a page
_STATEMENTS: Final = 20  # on a page
_MOST_PAGES: Final = 1_000
_DAYS: Final = 7  # of the list, unless others are asked for
_ROLES, _REPEATED, _BESIDE, _SILENCES = 15, 6, 20, 10
ACTS: Final = ("speech", "attitude", "plan")


def list_speakers(page: Page) -> Response:
    """Return who was quoted in a span of days, the last week unless another one is asked for."""
    newest = page.row("newest_day", asked_on=None)
    if newest is None:
        return page.show("speakers.html.j2", span=None)
    span = asked_span(page, until=newest["published_on"], days=_DAYS)
    at = page.number("page", 1, most=_MOST_PAGES)
    is_newest_first = page.value("order") == "newest"
    found = page.rows(
        "speakers_of_days",
        since=span.since,
        until=span.until,
        named=page.value("name").lower(),
        is_newest_first=is_newest_first,
        most=_SPEAKERS + 1,
        skip=(at - 1) * _SPEAKERS,
    )
    asked = {name: page.value(name) for name in ("since", "until", "name", "order")}
    return page.show(
        "speakers.html.j2",
        span=span,
        name=page.value("name"),
        newest_on=newest["published_on"],
        is_newest_first=is_newest_first,
        speakers=found[:_SPEAKERS],
        number=at,
        has_more=len(found) > _SPEAKERS,
        link=lambda number: query_string(**asked, page=number),
    )


def show_speaker(page: Page) -> Response:
    """Return what somebody said and how; 404 if nobody of this name is quoted."""
    name = page.request.path_params["name"]
    known = page.span("span_of_speaker", "speaker", name, count="statements", speaker=name)
    if known is None or known["last_on"] is None:
        return _show_undated(page, name, known)
    first_on, last_on = known["first_on"], last_day(page, name, known["last_on"])
    shown = days_at_once(first_on, last_on, known["statements"])
    span = asked_span(page, until=last_on, days=shown)
    names = names_of(page, name, span)
    said = statements_in(page, name, names, span)
    facts = page.row("facts_of_speaker", of=said) or {}
    return page.show(
        "speaker.html.j2",
        name=name,
        known=known | {"last_on": last_on},
        facts=facts,
        span=span,
        spans=offered_spans(first_on, last_on),
        names=names,
        drawings=draw_over_time(
            page.rows("days_of_speaker", of=said), span.since, span.until, unit="statements"
        ),
        roles=page.rows("roles_of_speaker", of=said, most=_ROLES),
        repeated=_repeated(page, name, names, said),
        beside=_beside(page, facts["entity_id"], span),
        silences=page.rows("silences_of_speaker", speaker=name, bare=names.bare, most=_SILENCES),
        **_statements(page, said),
    )


def _show_undated(page: Page, name: str, known: Row | None) -> Response:
    """Return the page of somebody who is quoted on no known day, perhaps only asked in vain."""
    silences = page.rows("silences_of_speaker", speaker=name, bare=None, most=_SILENCES)
    if known is None and not silences:
        raise PageNotFoundError(
            f"Nobody named {name} is quoted. Names are matched letter by letter: search for a part"
            " of the name in the list of speakers."
        )
    return page.show("speaker.html.j2", name=name, known=known, span=None, silences=silences)


def _beside(page: Page, entity: str | None, span: DaySpan) -> list[Row]:
    if entity is None:
        return []
    days: dict[str, Any] = {"since": span.since, "until": span.until}
    near = Near("latest_mentions", "entity", [entity], Span(span.since, span.until))
    named = page.select("named_here", "mentions_of_entity", near=near, entity=entity, **days)
    return page.rows("named_with_entity", of=named, most=_BESIDE)


def _repeated(page: Page, name: str, names: Names, said: Selection) -> list[Row]:
    places = page.rows(
        "repeated_of_speaker", of=said, speaker=name, bare=names.bare, most=_REPEATED
    )
    return with_words(page, places)


def _statements(page: Page, said: Selection) -> dict[str, Any]:
    """Return the statements of a page, and what its filters and links need."""
    at = page.number("page", 1, most=_MOST_PAGES)
    act = page.value("act") if page.value("act") in ACTS else ""
    found = page.rows(
        "places_of_speaker",
        of=said,
        outlet=page.value("outlet").lower(),
        act=act,
        most=_STATEMENTS + 1,
        skip=(at - 1) * _STATEMENTS,
    )
    chosen = {name: page.value(name) for name in ("since", "until", "outlet", "act")}
    return {
        "statements": with_words(page, found[:_STATEMENTS]),
        "number": at,
        "has_more": len(found) > _STATEMENTS,
        "link": lambda number: query_string(**chosen, page=number),
        "acts": ACTS,
        "act": act,
        "outlet": page.value("outlet"),
    }


ROUTES: Final = (
    ("GET", "/speakers", list_speakers),
    ("GET", "/speakers/{name:path}", show_speaker),
)
