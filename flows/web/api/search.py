"""Endpoints that search: matches of a question, and how many there are over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date
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
from warehouse.search_counts import Range, count_articles, count_matches
from warehouse.search_explore import Asked, Shown, read_part
from warehouse.search_hits import Hit
from warehouse.search_index import UNDATED, Month
from warehouse.search_matches import Matches, find_matches
from warehouse.search_statements import MOST_ARTICLES, find_statements, with_titles

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
    form = _form(asked)
    filters = form.chosen | {"q": form.q, "since": form.since, "until": form.until}
    after = _after(asked, filters)
    with searches(page).searching() as (con, months):
        page.at_cancel.append(con.interrupt)
        found = _found(con, months, form, asked, after)
    content: dict[str, object] = {
        "items": [_item(hit) for hit in found.hits],
        "next": cursor_of("search", filters, found.last) if found.last else None,
        "snapshot": page.snapshot_name,
    }
    if after is None:  # a later page looks only at the days that are left
        content |= {"matches": found.matches.count, "is_cut": found.matches.is_cut}
    return answer(content)


# The day of the last match, and the keys of the matches of that day so far, with spaces between.
_Place = tuple[date | None, str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A page of matches.

    Attributes:
        hits: The matches.
        matches: All matches of the days that were looked at.
        last: Where the page ends, None if it is the last one.
    """

    hits: list[Hit]
    matches: Matches
    last: _Place | None


def _after(asked: Search, filters: Mapping[str, object]) -> _Place | None:
    if asked.cursor is None:
        return None
    day, seen = key_of(asked.cursor, "search", filters, 2)
    if not isinstance(seen, str) or asked.order == "best":
        raise ProblemError(400, "A cursor belongs to order=newest.", parameter="cursor")
    return day, seen


def _found(
    con: Connection, months: Sequence[Month], form: SearchForm, asked: Search, after: _Place | None
) -> _Found:
    """Return the page of matches after a place; matches without a day come last.

    A page begins with the day of the place: newer days are not looked at again.
    """
    day, seen = (after[0], after[1].split()) if after else (None, [])
    is_undated = after is not None and day is None
    narrowed = form if day is None else replace(form, until=day)
    matches = find_matches(con, months, narrowed.tree())
    first = matches.count - _undated(con, matches) + len(seen) if is_undated else 0
    shown = Shown(
        first=first,
        most=asked.limit + 1 + (0 if is_undated else len(seen)),
        is_newest_first=asked.order == "newest",
    )
    hits = next(read_part(con, Asked(narrowed.tree(), matches), shown, shown.most), [])
    hits = [hit for hit in hits if hit.article_id not in seen]
    if asked.order == "best":
        return _Found(hits[: asked.limit], matches, None)
    last = None
    if len(hits) > asked.limit:
        last = _place(hits[: asked.limit], day, seen)
    elif day is not None and form.until is None and form.since is None:
        # Only days up to that of the place were looked at, so no undated match was found.
        everything = find_matches(con, months, form.tree())
        last = (None, "") if _undated(con, everything) else None
    return _Found(hits[: asked.limit], matches, last)


def _place(hits: Sequence[Hit], day: date | None, seen: Sequence[str]) -> _Place:
    """Return where a page ends, after one that ended on `day`."""
    last = _day(hits[-1])
    keys = [hit.article_id for hit in hits if _day(hit) == last]
    return last, " ".join([*seen, *keys] if last == day else keys)


def _form(asked: Question) -> SearchForm:
    form = asked.form()
    if form.is_empty:
        raise ProblemError(400, "There is nothing to search for: give q or another parameter.")
    return form


def _undated(con: Connection, matches: Matches) -> int:
    """Return how many matches have no day; they come last."""
    places = [at for at, month in enumerate(matches.months) if month.month == UNDATED]
    row = con.execute(
        "SELECT count(*) FROM matches WHERE list_contains($places, month)", {"places": places}
    ).fetchone()
    return int(row[0]) if row else 0


def _day(hit: Hit) -> date | None:
    return hit.published_at and hit.published_at.astimezone(UTC).date()


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
    schema = rows_schema(_columns(_HIT))
    schema["properties"]["matches"] = {
        "type": "integer",
        "description": "How many articles match; on the first page",
    }
    schema["properties"]["is_cut"] = {
        "type": "boolean",
        "description": "Whether there may be more, because only the newest texts were read",
    }
    return schema


def _columns(described: Mapping[str, tuple[str, str]]) -> dict[str, Schema]:
    return {name: json_schema(kind, about) for name, (kind, about) in described.items()}


class StatementSearch(Question):
    """What is searched for in statements."""

    order: Literal["newest", "best"] = Field(
        "best", description="Order of the articles that are looked at"
    )
    limit: int = Field(
        20, ge=1, le=_MOST, description="Maximum number of statements", examples=[20]
    )


def search_statements(page: Page, asked: StatementSearch) -> Response:
    """Return statements that have the words of a question themselves."""
    form = _form(asked)
    is_newest_first = asked.order == "newest"
    with searches(page).searching() as (con, months):
        page.at_cancel.append(con.interrupt)
        tree = form.tree()
        matches = find_matches(con, months, tree)
        found = find_statements(con, tree, matches, is_newest_first=is_newest_first)
        hits = with_titles(con, found[: asked.limit])
    items = [{name: getattr(hit, name) for name in _SAID} for hit in hits]
    return answer(
        {
            "items": items,
            "next": None,
            "snapshot": page.snapshot_name,
            "statements": len(found),
            "looked_at": min(matches.count, MOST_ARTICLES),
            "matches": matches.count,
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
    "source_id": ("VARCHAR", "Publisher"),
    "published_on": ("DATE", "Day of publication, UTC"),
    "published_at": ("TIMESTAMPTZ", "When it was published, UTC"),
    "title": ("VARCHAR", "Headline"),
    "url": ("VARCHAR", "Address"),
    "language": ("VARCHAR", "ISO 639-1 code"),
}


def _statements_schema(_: Connection) -> Schema:
    schema = rows_schema(_columns(_SAID))
    schema["properties"] |= {
        "statements": {"type": "integer", "description": "How many statements have the words"},
        "looked_at": {
            "type": "integer",
            "description": "In how many articles they were looked for",
        },
        "matches": {"type": "integer", "description": "How many articles match"},
    }
    return schema


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
        about="Statements that have the words of a question themselves.",
        parameters=StatementSearch,
        handler=search_statements,
        schema=_statements_schema,
    ),
    Endpoint(
        path="/counts",
        name="countOverTime",
        about="How many articles match by day, week or month, and their share of all articles.",
        parameters=Counts,
        handler=count_over_time,
        schema=_counts_schema,
    ),
)
