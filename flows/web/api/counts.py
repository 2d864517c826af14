"""Endpoints that count matches: over time, and the words and phrases that occur most often."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import Field
from starlette.responses import Response

from flows.web.api.endpoints import Endpoint, answer, rows_schema
from flows.web.api.search import Question, asked_form, columns_of
from flows.web.page import Page
from flows.web.pages.search import searches
from flows.web.stop_words import stopped
from warehouse.conditions import Connection
from warehouse.json_schema import Schema, json_schema
from warehouse.search_counts import Range, count_articles, count_matches
from warehouse.search_matches import find_matches
from warehouse.search_samples import Top, top_phrases, top_words

_MOST: Final = 1_000
_SAMPLED: Final = 500  # articles


class Counts(Question):
    """What is counted, and in which spans of time."""

    by: Literal["day", "week", "month"] = Field("day", description="Length of a span")


def count_over_time(page: Page, asked: Counts) -> Response:
    """Return how many articles match in each span, and their share of all articles of it."""
    form = asked.form()
    within = Range(asked.since or date.min, asked.until or date.max)
    with searches(page).searching() as (con, months):
        page.at_cancel.append(con.interrupt)
        totals = count_articles(con, months, within, asked.by)
        found = totals
        if form.chosen or form.q:
            found = count_matches(con, find_matches(con, months, form.tree()), asked.by)
    items = [
        {
            "starts_on": start,
            "articles": found.get((start,), 0),
            "all_articles": total,
            "share": found.get((start,), 0) / total,
        }
        for (start,), total in sorted(totals.items())
    ]
    return answer(
        {
            "items": items,
            "next": None,
            "snapshot": page.snapshot_name,
            "undated": found.get((None,), 0),
        }
    )


def _counts_schema(_: Connection) -> Schema:
    schema = rows_schema(
        {
            "starts_on": json_schema("DATE", "First day of the span, a Monday for weeks", is_nullable=False),
            "articles": json_schema("BIGINT", "Articles that match", is_nullable=False),
            "all_articles": json_schema("BIGINT", "All articles of the span", is_nullable=False),
            "share": json_schema("DOUBLE", "Matching articles as a share of all, 0 to 1", is_nullable=False),
        }
    )  # fmt: skip
    schema["properties"]["undated"] = {
        "type": "integer",
        "description": "Matching articles without a day, which are in no span",
    }
    return schema


class Sampled(Question):
    """Whose words or phrases are counted, and how many of them to return."""

    limit: int = Field(100, ge=1, le=_MOST, description="Maximum number of rows", examples=[20])
    sample: int = Field(
        _SAMPLED,
        ge=1,
        le=_MOST,
        description="In how many of the matching articles they are counted, spread over the days",
        examples=[100],
    )


def count_words(page: Page, asked: Sampled) -> Response:
    """Return the words that occur most often in matching articles."""
    tree = asked_form(asked).tree()
    with searches(page).searching() as (con, months):
        page.at_cancel.append(con.interrupt)
        matches = find_matches(con, months, tree)
        top = top_words(con, matches, stopped, sampled=asked.sample, most=asked.limit)
    return _ranked(page, "word", top, matches.count)


def count_phrases(page: Page, asked: Sampled) -> Response:
    """Return the keyphrases of the most matching articles."""
    tree = asked_form(asked).tree()
    with searches(page).searching() as (con, months):
        page.at_cancel.append(con.interrupt)
        matches = find_matches(con, months, tree)
        top = top_phrases(con, matches, sampled=asked.sample, most=asked.limit)
    return _ranked(page, "phrase", top, matches.count)


def _ranked(page: Page, name: str, top: Top, matches: int) -> Response:
    items = [
        {
            name: text,
            "occurrences": occurrences,
            "articles": articles,
            "share": articles / top.articles,
        }
        for text, occurrences, articles in top.counted
    ]
    return answer(
        {
            "items": items,
            "next": None,
            "snapshot": page.snapshot_name,
            "matches": matches,
            "sampled": top.articles,
        }
    )


def _ranked_schema(name: str, about: str) -> Schema:
    schema = rows_schema(
        columns_of(
            {
                name: ("VARCHAR", about),
                "occurrences": ("BIGINT", "How often it occurs in the sampled articles"),
                "articles": ("BIGINT", "In how many sampled articles"),
                "share": ("DOUBLE", "Those as a share of all sampled articles, 0 to 1"),
            }
        )
    )
    schema["properties"] |= {
        "matches": {"type": "integer", "description": "How many articles match"},
        "sampled": {"type": "integer", "description": "In how many of them was counted"},
    }
    return schema


def _words_schema(_: Connection) -> Schema:
    return _ranked_schema("word", "A word in lower case; function words and numbers are left out")


def _phrases_schema(_: Connection) -> Schema:
    return _ranked_schema("phrase", "A keyphrase: what an article is about, in its own words")


ENDPOINTS: Final = (
    Endpoint(
        path="/counts",
        name="countOverTime",
        about="How many articles match by day, week or month, and their share of all articles.",
        parameters=Counts,
        handler=count_over_time,
        schema=_counts_schema,
    ),
    Endpoint(
        path="/words",
        name="countWords",
        about="The words that occur most often in a sample of the articles that match a question.",
        parameters=Sampled,
        handler=count_words,
        schema=_words_schema,
    ),
    Endpoint(
        path="/phrases",
        name="countPhrases",
        about="The keyphrases of the most articles in a sample of those that match a question.",
        parameters=Sampled,
        handler=count_phrases,
        schema=_phrases_schema,
    ),
)
