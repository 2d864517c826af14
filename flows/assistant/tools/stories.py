"""The tool for stories: what several articles report about one event."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from pydantic import Field

from flows.assistant.answers import Answer, Telling, Told, at_minute, told_article
from flows.assistant.arguments import Listed, Name, OfDays
from flows.assistant.cursors import cursor_of, key_of
from flows.assistant.evidence import evidence_of, newest
from flows.assistant.library import Call
from flows.assistant.problems import CallError
from flows.assistant.quoting import cut
from flows.assistant.rows import ArticleRow, StoryRow, StoryStatementRow
from flows.assistant.tool import Tool
from flows.printable import number
from flows.web.reading import Reading, Row
from flows.web.story_states import days_of_story, with_headlines

_DAYS: Final = 7  # of the list, unless others are asked for
_MOST_STORIES: Final = 1_000
_MOST_ARTICLES: Final = 2_000
_MOST_MERGES: Final = 100
_STATEMENTS: Final = 5
_OF_STATEMENT: Final = 240  # characters


class StoryArguments(Listed, OfDays):
    """The arguments of `story`."""

    story_id: Name = Field("", description="A story to show; without it, stories are listed")
    source: Name = Field("", description="Of the list: part of the name of a source that has it")
    named: Name = Field("", description="Of the list: part of the name of a person or place in it")


class Stories(Answer):
    """The answer of `story`: a list, or one story with its articles by time, the first one first."""

    since: date | None = None
    until: date | None = None
    stories: list[StoryRow] = Field(default_factory=list)
    story_id: str | None = None
    all_articles: int = 0
    outlets: int = 0
    articles: list[ArticleRow] = Field(default_factory=list)
    statements: list[StoryStatementRow] = Field(
        default_factory=list, description="The most repeated ones"
    )


def story(call: Call, asked: StoryArguments) -> Told:
    """List stories, or show one."""
    with call.reading() as reading:
        return _one(reading, asked) if asked.story_id else _list(reading, asked)


def _list(reading: Reading, asked: StoryArguments) -> Told:
    last = reading.row("newest_day", asked_on=None)
    if last is None:
        raise CallError(None, "no article has a day", "There are no stories yet.")
    until = asked.until or last["published_on"]
    since = asked.since or until - timedelta(_DAYS - 1)
    rows = reading.rows(
        "stories_of_days", since=since, until=until, outlet=asked.source.lower(),
        named=asked.named.lower(), most=_MOST_STORIES, skip=0,
    )  # fmt: skip
    after = key_of(asked.cursor, asked, int, int, str) if asked.cursor else None
    waiting = [row for row in rows if after is None or _key(row) > _sorted(*after)]
    content = Stories(since=since, until=until)
    telling = Telling()
    telling.tell(
        f"{number(len(rows), 'story', 'stories')} from {since} to {until}, those of the most outlets first."
    )
    for at, found in enumerate(with_headlines(reading, waiting[: asked.limit])):
        row = StoryRow(
            **{name: found[name] for name in StoryRow.model_fields if name != "sources"},
            sources=found["sources_of_days"],
        )
        if not telling.add(row, _told_story(telling, row, f"{at + 1}.")):
            break
        content.stories.append(row)
    if len(content.stories) < len(waiting):
        end = waiting[len(content.stories) - 1]
        content.cursor = cursor_of(asked, end["sources_of_days"], end["articles_of_days"], end["story_id"])  # fmt: skip
    return telling.answer(content)


def _key(row: Row) -> tuple[int, int, str]:
    return _sorted(row["sources_of_days"], row["articles_of_days"], row["story_id"])


def _sorted(sources: int, articles: int, story_id: str) -> tuple[int, int, str]:
    """Return what a story is sorted by."""
    return -sources, -articles, story_id


def _told_story(telling: Telling, row: StoryRow, head: str) -> str:
    names = ", ".join([*row.people, *row.places])
    return (
        f"{head} {telling.quote(row.headline, 200)}\n"
        f"   {row.articles} articles ({row.texts} no copies), {number(row.sources, 'outlet')}, {at_minute(row.first_at)} to"
        f" {at_minute(row.last_at)} | names {telling.quote(names, 200)} | story_id {row.story_id}"
    )


def _one(reading: Reading, asked: StoryArguments) -> Told:
    state = _state(reading, asked.story_id)
    key, days = state["story_id"], days_of_story(state)
    rows = reading.rows("articles_of_story", story=key, most=_MOST_ARTICLES, **days)
    content = Stories(
        story_id=key,
        since=days["since"],
        until=days["until"],
        all_articles=len(rows),
        outlets=len({row["source_id"] for row in rows}),
    )
    telling = Telling()
    if key != asked.story_id:
        content.notes.append(f"The story {asked.story_id} became part of this one.")
    telling.tell(
        f"Story {key}: {number(content.all_articles, 'article')} of {number(content.outlets, 'outlet')}, by time:"
        " the first one had it first, as far as hours are known."
    )
    _tell_articles(reading, telling, content, asked, rows)
    if asked.cursor is None:
        found = reading.rows("statements_of_story", story=key, most=_STATEMENTS, **days)
        _tell_statements(telling, content, found)
    return telling.answer(content)


def _state(reading: Reading, asked: str) -> Row:
    """Return the newest state of a story, or of the one that it is part of now."""
    key = asked
    for _ in range(_MOST_MERGES):
        state = reading.row("state_of_story", story=key)
        if state is None:
            break
        if state["into_story_id"] is None:
            return state
        key = state["into_story_id"]
    raise CallError(
        "story_id", f"there is no story {asked[:100]!r}",
        "Call `story` without story_id to list the stories of some days.",
    )  # fmt: skip


def _tell_articles(
    reading: Reading, telling: Telling, content: Stories, asked: StoryArguments, rows: list[Row]
) -> None:
    after = key_of(asked.cursor, asked, str, str) if asked.cursor else None
    waiting = [row for row in rows if after is None or _time_key(row) > after]
    shown = waiting[: asked.limit]
    evidence = evidence_of(reading, [(row["article_id"], None) for row in shown])
    for place, found in enumerate(shown, len(rows) - len(waiting) + 1):
        row = _article(found, newest(evidence, found["article_id"]))
        copy = ", copy" if row.is_copy else ""
        head = f"{place}. {at_minute(found['appeared_at'])}{copy}"
        if not telling.add(row, told_article(telling, row, head)):
            break
        content.articles.append(row)
    if len(content.articles) < len(waiting):
        content.cursor = cursor_of(asked, *_time_key(waiting[len(content.articles) - 1]))


def _time_key(row: Row) -> list[str]:
    return [row["appeared_at"].isoformat(), row["article_id"]]


def _article(row: Row, proof: dict[str, Any]) -> ArticleRow:
    known = {"published_on": None, "url": None, "sha256": None} | proof
    own = {name: row[name] for name in ("article_id", "title", "source_id", "published_at", "is_copy")}  # fmt: skip
    return ArticleRow(**{**known, **own, "revision": row["revision"]})


def _tell_statements(telling: Telling, content: Stories, rows: list[Row]) -> None:
    for at, found in enumerate(rows):
        words, _ = cut(found["statement"], _OF_STATEMENT)
        row = StoryStatementRow(
            **{name: found[name] for name in StoryStatementRow.model_fields if name != "statement"},
            statement=words,
        )
        who = ", ".join(
            part for part in (row.speaker or "somebody unnamed", row.speaker_role) if part
        )
        text = (
            f"- said in {number(row.articles, 'article')} of {number(row.sources, 'outlet')}, first in {row.source_id}"
            f" (article_id {row.article_id}): {telling.quote(f'{who}: {words}')} | statement_id {row.statement_id}"
        )
        if not telling.add(row, text):
            content.notes.append(f"{len(rows) - at} repeated statements are left out.")
            return
        content.statements.append(row)


TOOLS: Final = (
    Tool(
        name="story",
        title="Stories",
        description=(
            "List the stories (several articles about one event) of some days, by default of the newest week;"
            " or, with story_id, show one: its articles by time, who had it first, and what several repeat."
        ),
        arguments=StoryArguments,
        content=Stories,
        run=story,
    ),
)
