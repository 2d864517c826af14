"""Endpoints that search: matches of a question, and how many there are over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, Literal

from pydantic import Field
from starlette.responses import Response

from flows.web.api.cursors import cursor_of, key_of
from flows.web.api.endpoints import Endpoint, answer, rows_schema
from flows.web.api.parameters import Days, Text
from flows.web.page import Page
from flows.web.pages.search import searches
from flows.web.problems import ProblemError
from flows.web.search_form import FACETS, SearchForm
from warehouse.conditions import Connection
from warehouse.json_schema import Schema, json_schema
from warehouse.search_explore import Asked, Shown, read_part
from warehouse.search_hits import Hit
from warehouse.search_lists import Place
from warehouse.search_matches import find_matches
from warehouse.search_older import Part, older_articles, older_statements

_MOST: Final = 100  # matches of a page: a passage is read for each one


class Question(Days):
    """What is searched for, as on the page of the search."""

    q: Text | None = Field(
        None, description="A question in the language of the search", examples=['"new harbour" OR ferry']
    )  # fmt: skip
    source: Text | None = Field(None, description="Publisher", examples=["a.example"])
    language: Text | None = Field(None, description="ISO 639-1 code", examples=["en"])
    speaker: Text | None = Field(
        None, description="A speaker of the article", examples=["Ana Ruiz"]
    )
    entity: Text | None = Field(
        None, description="An entity that the article names", examples=["n1-5f1e"]
    )
    topic: Text | None = Field(None, description="Code of a topic", examples=["15000000"])
    kind: Text | None = Field(None, description="Kind of page", examples=["article"])

    def form(self) -> SearchForm:
        """Return the question as the page of the search has it."""
        given: dict[str, Any] = {name: getattr(self, name) or "" for name, _, _ in FACETS}
        return SearchForm(q=self.q or "", since=self.since, until=self.until, **given)


class Search(Question):
    """What is searched for, and which matches to return."""

    order: Literal["newest", "best"] = Field(
        "newest", description="Newest first, page by page; or the best matches, of which there is one page"
    )  # fmt: skip
    limit: int = Field(20, ge=1, le=_MOST, description="Maximum number of matches", examples=[20])
    cursor: Text | None = Field(None, description="Where the page before ended: its next")


def search_articles(page: Page, asked: Search) -> Response:
    """Return articles that match a question, each with the passage that shows why."""
    form = asked_form(asked)
    filters = form.chosen | {"q": form.q, "since": form.since, "until": form.until}
    after = _after("search", asked.cursor, filters, asked.order)
    with searches(page).searching() as (con, months):
        page.at_cancel.append(con.interrupt)
        if asked.order == "best":
            matches = find_matches(con, months, form.tree())
            shown = Shown(most=asked.limit)
            hits = next(read_part(con, Asked(form.tree(), matches), shown, asked.limit), [])
            part = Part(hits=hits, matches=matches.count)
        else:
            part = older_articles(con, months, form.tree(), after=after, most=asked.limit)
    content: dict[str, object] = {
        "items": [_item(hit) for hit in part.hits],
        "next": cursor_of("search", filters, part.after) if part.after else None,
        "snapshot": page.snapshot_name,
    }
    if after is None:  # a later page may look only at the days that are left
        content["matches"] = part.matches
    return answer(content)


def _after(
    name: str, cursor: str | None, filters: Mapping[str, object], order: str
) -> Place | None:
    """Return where a page begins, None for the first one."""
    if cursor is None:
        return None
    day, article, start = key_of(cursor, name, filters, 3)
    if order == "best" or not isinstance(article, str) or not isinstance(start, int):
        raise ProblemError(400, "A cursor belongs to order=newest.", parameter="cursor")
    return Place(day, article, start)


def asked_form(asked: Question) -> SearchForm:
    """Return the form of a question; raises ProblemError if nothing is asked."""
    form = asked.form()
    if form.is_empty:
        raise ProblemError(400, "There is nothing to search for: give q or another parameter.")
    return form


def _item(hit: Hit) -> dict[str, object]:
    item = asdict(hit)
    passage = item.pop("snippet")
    return item | {"passage": passage["text"], "marks": passage["marks"]}


_HIT: Final = {
    "article_id": ("VARCHAR", "Article"),
    "revision": ("INTEGER", "Its newest revision"),
    "score": ("DOUBLE", "Score of the match (BM25), comparable within one answer"),
    "title": ("VARCHAR", "Headline"),
    "url": ("VARCHAR", "Address"),
    "source_id": ("VARCHAR", "Publisher"),
    "published_at": ("TIMESTAMPTZ", "When it was published, UTC"),
    "language": ("VARCHAR", "ISO 639-1 code"),
    "speaker": ("VARCHAR", "The quoted speaker, if the question named one"),
    "passage": ("VARCHAR", "The passage that shows why it was found"),
    "marks": ("INTEGER[][]", "Half-open ranges of code points in the passage: the words found"),
}


def _search_schema(_: Connection) -> Schema:
    schema = rows_schema(columns_of(_HIT))
    schema["properties"]["matches"] = {
        "type": "integer",
        "description": "How many articles match; on the first page",
    }
    return schema


def columns_of(described: Mapping[str, tuple[str, str]]) -> dict[str, Schema]:
    """Return the schema of each column, of its type and description."""
    return {name: json_schema(kind, about) for name, (kind, about) in described.items()}


class StatementSearch(Question):
    """What is searched for in statements, and which of them to return."""

    limit: int = Field(
        20, ge=1, le=_MOST, description="Maximum number of statements", examples=[20]
    )
    cursor: Text | None = Field(None, description="Where the page before ended: its next")


def search_statements(page: Page, asked: StatementSearch) -> Response:
    """Return statements that have the words of a question themselves, newest first."""
    form = asked_form(asked)
    filters = form.chosen | {"q": form.q, "since": form.since, "until": form.until}
    after = _after("search statements", asked.cursor, filters, "newest")
    with searches(page).searching() as (con, months):
        page.at_cancel.append(con.interrupt)
        part = older_statements(con, months, form.tree(), after=after, most=asked.limit)
    return answer(
        {
            "items": [{name: getattr(hit, name) for name in _SAID} for hit in part.statements],
            "next": cursor_of("search statements", filters, part.after) if part.after else None,
            "snapshot": page.snapshot_name,
            "looked_at": part.looked_at,
        }
    )


_SAID: Final = {
    "statement": ("VARCHAR", "The words"),
    "speaker": ("VARCHAR", "Speaker"),
    "speaker_role": ("VARCHAR", "Role as written"),
    "kind": ("VARCHAR", "direct, indirect or mixed"),
    "confidence": ("DOUBLE", "How sure the speaker is, 0 to 1"),
    "fingerprint": ("VARCHAR", "Fingerprint of the words"),
    "article_id": ("VARCHAR", "Article"),
    "revision": ("INTEGER", "Its revision"),
    "start_char": ("INTEGER", "First character in the text of the article"),
    "end_char": ("INTEGER", "One past its last character"),
    "source_id": ("VARCHAR", "Publisher"),
    "published_on": ("DATE", "Day of publication, UTC"),
    "published_at": ("TIMESTAMPTZ", "When it was published, UTC"),
    "title": ("VARCHAR", "Headline"),
    "url": ("VARCHAR", "Address"),
    "language": ("VARCHAR", "ISO 639-1 code"),
}


def _statements_schema(_: Connection) -> Schema:
    schema = rows_schema(columns_of(_SAID))
    schema["properties"]["looked_at"] = {
        "type": "integer",
        "description": "In how many articles statements were looked for; a page may have few although"
        " there are more",
    }
    return schema


ENDPOINTS: Final = (
    Endpoint(
        path="/search",
        name="searchArticles",
        about="Articles that match a question, each with the passage that shows why.",
        parameters=Search,
        handler=search_articles,
        schema=_search_schema,
    ),
    Endpoint(
        path="/search/statements",
        name="searchStatements",
        about="Statements that have the words of a question themselves, newest first.",
        parameters=StatementSearch,
        handler=search_statements,
        schema=_statements_schema,
    ),
)
