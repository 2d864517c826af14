"""Queries about stories, for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import duckdb

from warehouse.sql_files import read_sql

_STATEMENTS: Final = 20  # of one story that is shown with all its articles


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryQuestion:
    """Which stories are asked for.

    Attributes:
        since: First day on which they have an article.
        until: Last day on which they have an article.
        source: Part of the name of a source that has one of their articles.
        limit: Maximum number of stories.
    """

    since: date | None = None
    until: date | None = None
    source: str | None = None
    limit: int = 10


class ToldStatement(NamedTuple):
    """A statement of a story, with how many articles of how many outlets repeat it."""

    story_id: str
    speaker: str
    statement: str
    articles: int
    sources: int


class ToldArticle(NamedTuple):
    """An article of a story."""

    published_at: datetime | None
    source_id: str
    title: str | None
    is_copy: bool
    is_central: bool
    url: str | None
    article_id: str


class ToldChange(NamedTuple):
    """A merge, a split, or a story that follows another one."""

    kind: str
    story_id: str
    other_story_id: str
    articles: int
    changed_at: datetime


class ToldStory(NamedTuple):
    """A story, as in the view `stories`."""

    story_id: str
    headline: str | None
    articles: int
    texts: int
    sources: int
    first_at: datetime
    last_at: datetime
    people: list[str]
    places: list[str]
    language: str | None
    url: str | None
    follows_story_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeStory:
    """A story with its articles by time, its statements and what happened to it."""

    story: ToldStory
    articles: list[ToldArticle]
    statements: list[ToldStatement]
    changes: list[ToldChange]


def find_stories(
    con: duckdb.DuckDBPyConnection, question: StoryQuestion
) -> list[tuple[ToldStory, ToldStatement | None]]:
    """Return stories of several articles, each with its most repeated statement.

    Those of the most outlets come first. A statement that one article alone has is none.
    """
    asked = {
        "since": question.since,
        "until": question.until,
        "source": question.source,
        "most": question.limit,
    }
    stories = [ToldStory(*row) for row in _rows(con, "shown_stories", asked)]
    keys = [story.story_id for story in stories]
    repeated = {one.story_id: one for one in _statements(con, keys, least=2, most=1)}
    return [(story, repeated.get(story.story_id)) for story in stories]


def find_story(con: duckdb.DuckDBPyConnection, key: str) -> WholeStory | None:
    """Return a story, None if there is none with this key.

    The key of a story that became part of another one returns that one.
    """
    rows = _rows(con, "shown_story", {"story": key})
    if not rows:
        return None
    story = ToldStory(*rows[0])
    asked = {"story": story.story_id}
    return WholeStory(
        story=story,
        articles=[ToldArticle(*row) for row in _rows(con, "shown_articles", asked)],
        statements=_statements(con, [story.story_id], least=1, most=_STATEMENTS),
        changes=[ToldChange(*row) for row in _rows(con, "shown_changes", asked)],
    )


def _statements(
    con: duckdb.DuckDBPyConnection, stories: Sequence[str], *, least: int, most: int
) -> list[ToldStatement]:
    asked = {"stories": [*stories], "least": least, "most": most}
    return [ToldStatement(*row) for row in _rows(con, "shown_statements", asked)]


def _rows(
    con: duckdb.DuckDBPyConnection, name: str, asked: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    return con.execute(read_sql("stories", name), asked).fetchall()
