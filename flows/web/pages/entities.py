"""The page of an entity: a person, organization, place, event or product that articles name."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from markupsafe import Markup
from starlette.responses import Response

from flows.web.charts import bars
from flows.web.day_span import DaySpan, asked_span, days_at_once, offered_spans
from flows.web.page import Page, PageNotFoundError, Row
from flows.web.periods import draw_over_time
from flows.web.place_map import MapPlace, draw_place_map
from flows.web.selection import Near, Selection
from flows.web.statement_words import with_words
from flows.web.svg import WIDTHS
from flows.web.templating import query_string
from warehouse.search_places import Span

_VARIANTS, _SAID, _BESIDE, _TOPICS, _OUTLETS, _NEARBY, _SPEAKERS = 20, 12, 24, 12, 12, 12, 3
_ARTICLES: Final = 15  # on a page
_MOST_PAGES: Final = 1_000
_NARROW_BARS: Final = {"wide": 420, "narrow": WIDTHS["narrow"]}


def show_entity(page: Page) -> Response:
    """Return what articles say about an entity; 404 if there is none with this key."""
    key = page.request.path_params["entity_id"]
    entity = page.row("entity_by_key", entity=key)
    if entity is None:
        raise PageNotFoundError(
            f"There is no entity {key}. Search for the name: marked names lead to their pages."
        )
    facts = page.span("span_of_entity", "entity", key, count="mentions", entity=key)
    if facts is None or facts["last_on"] is None:
        return page.show("entity.html.j2", entity=entity, facts=facts, span=None, speakers=[])
    shown = days_at_once(facts["first_on"], facts["last_on"], facts["mentions"])
    span = asked_span(page, until=facts["last_on"], days=shown)
    days: dict[str, Any] = {"since": span.since, "until": span.until}
    near = Near("latest_mentions", "entity", [key], Span(span.since, span.until))
    about = Near("latest_quotations", "about", [key], Span(span.since, span.until))
    speaking = Near("latest_quotations", "speaker_entity", [key], Span(span.since, span.until))
    named = page.select("named_here", "mentions_of_entity", near=near, entity=key, **days)
    counts = page.rows("days_of_entity", of=named)
    return page.show(
        "entity.html.j2",
        entity=entity,
        facts=facts,
        span=span,
        speakers=page.rows("speakers_of_entity", near=speaking, entity=key, **days, most=_SPEAKERS),
        spans=offered_spans(facts["first_on"], facts["last_on"]),
        articles_of_span=sum(row["articles"] for row in counts),
        drawings=draw_over_time(counts, span.since, span.until, unit="articles"),
        outlets=_draw_outlets(counts),
        variants=page.rows("variants_of_entity", of=named, most=_VARIANTS),
        said=with_words(
            page, page.rows("places_about_entity", of=named, near=about, **days, most=_SAID)
        ),
        beside=page.rows("named_with_entity", of=named, most=_BESIDE),
        topics=page.rows("topics_of_entity", of=named, **days, most=_TOPICS),
        names=_names(page, entity, span),
        **_place(page, entity, named, days),
        **_articles(page, named, days),
    )


def _draw_outlets(counts: list[Row]) -> dict[str, Markup]:
    """Return bars of the outlets with the most articles, by width."""
    articles = Counter[str]()
    for row in counts:
        articles[row["source_id"]] += row["articles"]
    rows = [{"name": name, "articles": count} for name, count in articles.most_common(_OUTLETS)]
    return {
        kind: Markup(bars(rows, value="articles", width=width, label="articles"))  # noqa: S704  # escaped XML
        for kind, width in _NARROW_BARS.items()
        if rows
    }


def _names(page: Page, entity: Row, span: DaySpan) -> list[Row]:
    """Return the last names that stand for a person, or the people that a last name stands for."""
    if entity["kind"] != "person":
        return []
    last_name = entity["name"].rpartition(" ")[2].lower()
    found = page.rows("bearers_of_name", last_name=last_name, since=span.since, until=span.until)
    key = entity["entity_id"]
    return [row for row in found if key in (row["entity_id"], row["full_entity_id"])]


def _place(page: Page, entity: Row, named: Selection, days: dict[str, Any]) -> dict[str, Any]:
    """Return the map of a place and the places near it; without coordinates there is none."""
    if entity["latitude"] is None or entity["longitude"] is None:
        return {"map": {}, "nearby": []}
    nearby = page.rows(
        "places_beside_entity",
        of=named,
        entity=entity["entity_id"],
        **days,
        latitude=entity["latitude"],
        longitude=entity["longitude"],
        most=_NEARBY,
    )
    centre, *others = (
        MapPlace(row["name"], row["latitude"], row["longitude"]) for row in (entity, *nearby)
    )
    return {"map": draw_place_map(centre, others), "nearby": nearby}


def _articles(page: Page, named: Selection, days: dict[str, Any]) -> dict[str, Any]:
    """Return the articles of a page, and what its links need."""
    at = page.number("page", 1, most=_MOST_PAGES)
    found = page.rows(
        "articles_of_entity",
        of=named,
        **days,
        outlet=page.value("outlet").lower(),
        most=_ARTICLES + 1,
        skip=(at - 1) * _ARTICLES,
    )
    chosen = {name: page.value(name) for name in ("since", "until", "outlet")}
    return {
        "articles": found[:_ARTICLES],
        "number": at,
        "has_more": len(found) > _ARTICLES,
        "link": lambda number: query_string(**chosen, page=number),
        "outlet": page.value("outlet"),
    }


ROUTES: Final = (("GET", "/entities/{entity_id}", show_entity),)
