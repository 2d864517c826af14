"""Endpoints about one thing: an article, a statement, a speaker, an entity, a story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from starlette.responses import Response

from flows.web.api.endpoints import Endpoint, answer
from flows.web.api.parameters import Parameters
from flows.web.page import Page, PageNotFoundError
from flows.web.pages.stories import state_of_story
from flows.web.selection import Near, Selection
from flows.web.statement_places import find_statement, with_articles
from flows.web.story_states import days_of_story
from warehouse.conditions import Connection
from warehouse.json_schema import Schema, json_schema
from warehouse.relations import describe_query, read_dictionary
from warehouse.sql_files import read_sql

_ROLES: Final = 20
_MOST: Final = 100
_Parts = Mapping[str, object]


def show_article(page: Page) -> _Parts:
    """Return an article with what was found in its text."""
    key = page.request.path_params["article_id"]
    article = page.row("article", near=Near("articles", "article", [key]), article_id=key)
    if article is None:
        raise PageNotFoundError(f"There is no article {key}: /api/v1/articles lists all of them.")
    revision = {
        "article_id": article["article_id"],
        "revision": article["revision"],
        "day": article["published_on"],
    }
    return {
        "article": article,
        "statements": page.rows("statements_of_article", **revision),
        "names": page.rows("names_in_article", **revision),
        "dates": page.rows("days_in_article", **revision),
        "topics": page.rows("topics_of_article", **revision),
        "keyphrases": page.rows("keyphrases_of_article", **revision),
        "copies": page.rows("copies_of_article", article_id=key, most=_MOST),
        "story": page.row("story_of_article", article_id=key),
    }


def show_statement(page: Page) -> _Parts:
    """Return where a statement was printed, in all its wordings."""
    key = page.request.path_params["statement_id"]
    found = find_statement(page, key)
    if not found.places:
        others = ", ".join(sorted(set(found.elsewhere.values()))) or "none"
        raise PageNotFoundError(
            f"There is no statement {key}. Statements that its words belong to: {others}."
        )
    return {
        "statement_id": key,
        "wordings": found.wordings,
        "is_cut": found.is_cut,
        "appearances": with_articles(page, found.places),
    }


def show_speaker(page: Page) -> _Parts:
    """Return how often somebody is quoted, and in which roles."""
    name = page.request.path_params["speaker"]
    span = page.span("span_of_speaker", "speaker", name, count="statements", speaker=name)
    if span is None:
        raise PageNotFoundError(
            f"Nobody named {name} is quoted. Names are matched letter by letter: /api/v1/speakers"
            " finds a part of one."
        )
    said = page.select(
        "said_by", "statements_of_speaker", near=Near("latest_quotations", "speaker", [name]), speaker=name, bare=None, weeks=[],
        since=span["first_on"], until=span["last_on"],
    )  # fmt: skip
    return {
        "speaker": name,
        "span": span,
        "facts": page.row("facts_of_speaker", of=said),
        "roles": page.rows("roles_of_speaker", of=said, most=_ROLES),
    }


def show_entity(page: Page) -> _Parts:
    """Return an entity, how often it is named, and what is named with it."""
    key = page.request.path_params["entity_id"]
    entity = page.row("entity_by_key", entity=key)
    if entity is None:
        raise PageNotFoundError(f"There is no entity {key}: /api/v1/entities finds names.")
    span = page.span("span_of_entity", "entity", key, count="mentions", entity=key)
    return {"entity": entity, "span": span}


def show_story(page: Page) -> _Parts:
    """Return a story: its articles, statements and names."""
    state = state_of_story(page, page.request.path_params["story_id"])
    days = days_of_story(state)
    key = state["story_id"]
    return {
        "story": state,
        "articles": page.rows("articles_of_story", story=key, most=_MOST * 10, **days),
        "statements": page.rows("statements_of_story", story=key, most=_MOST, **days),
        "names": page.rows("names_of_story", story=key, most=_ROLES, **days),
    }


def _respond(read: Callable[[Page], _Parts], page: Page, _: Parameters) -> Response:
    return answer({**read(page), "snapshot": page.snapshot_name})


def _schema(one: Mapping[str, str], several: Mapping[str, str], con: Connection) -> Schema:
    """Return the schema of an answer of rows of queries.

    Args:
        one: Names of parts that are one row, with their queries.
        several: Names of parts that are several rows, with their queries.
        con: A connection to a warehouse.
    """
    comments = {
        column.name: column.comment
        for relation in reversed(read_dictionary(con))
        for column in relation.columns
        if column.comment
    }
    rows: dict[str, Schema] = {}
    for part, query in {**one, **several}.items():
        properties = {
            name: json_schema(kind, comments.get(name, ""))
            for name, kind in describe_query(con, _whole(query)).items()
        }
        rows[part] = {"type": "object", "properties": properties}
    return {
        "type": "object",
        "properties": {
            **{part: {**rows[part], "type": ["object", "null"]} for part in one},
            **{part: {"type": "array", "items": rows[part]} for part in several},
            "snapshot": {"type": "string", "description": "The snapshot that was read"},
        },
    }


def _whole(query: str) -> str:
    """Return the SQL of a query of the pages, with the rows that it reads from another one."""
    sql = read_sql("pages", query)
    if "said_by" in sql:
        return Selection("said_by", read_sql("pages", "statements_of_speaker")).before(sql)
    return sql


def _endpoint(
    path: str,
    *,
    name: str,
    about: str,
    read: Callable[[Page], _Parts],
    part: tuple[str, str, str],
    one: Mapping[str, str],
    several: Mapping[str, str],
) -> Endpoint:
    key, what, example = part
    return Endpoint(
        path=path,
        name=name,
        about=about,
        handler=partial(_respond, read),
        schema=partial(_schema, one, several),
        parts={key: (what, example)},
    )


ENDPOINTS: Final = (
    _endpoint(
        "/articles/{article_id}",
        name="getArticle",
        about="An article with its text, its archive digest (sha256), and what was found in it.",
        read=show_article,
        part=("article_id", "Key of an article", "a1-0f343b0931126a20f133d67c"),
        one={"article": "article", "story": "story_of_article"},
        several={
            "statements": "statements_of_article",
            "names": "names_in_article",
            "dates": "days_in_article",
            "topics": "topics_of_article",
            "keyphrases": "keyphrases_of_article",
            "copies": "copies_of_article",
        },
    ),
    _endpoint(
        "/statements/{statement_id}",
        name="getStatement",
        about="Where a statement was printed, in all its wordings, by time.",
        read=show_statement,
        part=("statement_id", "Fingerprint of the statement or of one of its wordings", "q1-5f1e"),
        one={},
        several={"appearances": "appearances_of_statement"},
    ),
    _endpoint(
        "/speakers/{speaker:path}",
        name="getSpeaker",
        about="How often somebody is quoted, and in which roles.",
        read=show_speaker,
        part=("speaker", "Name of a speaker", "Ana Ruiz"),
        one={"span": "span_of_speaker", "facts": "facts_of_speaker"},
        several={"roles": "roles_of_speaker"},
    ),
    _endpoint(
        "/entities/{entity_id}",
        name="getEntity",
        about="An entity, and how often it is named.",
        read=show_entity,
        part=("entity_id", "Key of an entity", "n1-5f1e"),
        one={"entity": "entity_by_key", "span": "span_of_entity"},
        several={},
    ),
    _endpoint(
        "/stories/{story_id}",
        name="getStory",
        about="A story: its articles, statements and names.",
        read=show_story,
        part=("story_id", "Key of a story", "s1-5f1e"),
        one={"story": "state_of_story"},
        several={
            "articles": "articles_of_story",
            "statements": "statements_of_story",
            "names": "names_of_story",
        },
    ),
)
