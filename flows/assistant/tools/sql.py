"""The tool for own queries, in the same sandbox as those of the pages."""

from __future__ import annotations

from typing import Any, Final

import orjson
from pydantic import Field
from pydantic_core import to_jsonable_python

from flows.assistant.answers import Answer, Telling, Told
from flows.assistant.arguments import Arguments
from flows.assistant.library import Call
from flows.assistant.quoting import cut, note_of_cut
from flows.assistant.tool import Tool
from flows.web.scopes import Scope

_MOST: Final = 100
_MOST_SQL: Final = 20_000  # characters
_OF_VALUE: Final = 500  # characters of a text in a row
_OF_ROW, _LEAST = 4_000, 20  # characters of all texts in a row; of one of many
_COLUMNS, _NAME = 100, 60  # that are named; characters of a name
_ITEMS: Final = 20  # of a list in a row

# What is asked for most. The resource onrecord://dictionary has everything.
COLUMNS: Final = {
    "said": (
        "speaker", "speaker_role", "statement", "kind", "published_on", "source_id", "title", "url",
        "confidence", "fingerprint", "article_id", "revision", "start_char", "end_char",
    ),
    "said_mentions": ("speaker", "name", "statement", "published_on", "source_id", "url", "entity_id"),
    "mentioned": ("name", "kind", "published_on", "source_id", "title", "url", "article_id"),
    "latest_articles": (
        "article_id", "revision", "source_id", "title", "url", "published_on", "language", "words", "text",
    ),
    "stories": ("story_id", "headline", "articles", "sources", "first_at", "last_at", "people", "places"),
    "speakers": ("speaker", "statements", "sources", "last_on"),
}  # fmt: skip


class SqlArguments(Arguments):
    """The arguments of `sql`."""

    query: str = Field(min_length=1, max_length=_MOST_SQL, description="A query in DuckDB's SQL")
    limit: int = Field(20, ge=1, le=_MOST, description="Maximum number of rows")


class Rows(Answer):
    """The answer of `sql`."""

    columns: list[str] = Field(default_factory=list)
    types: list[str] = Field(default_factory=list)
    rows: list[list[Any]] = Field(default_factory=list)
    is_cut: bool = Field(default=False, description="Whether the query has more rows")


def sql(call: Call, asked: SqlArguments) -> Told:
    """Run a query."""
    with call.library.queries.lent() as reader, call.ended_by(reader.close):
        result = reader.ask(asked.query, most=asked.limit)
    columns, types = (
        [_shown(name, _NAME) for name in names[:_COLUMNS]]
        for names in (result.columns, result.types)
    )
    content = Rows(columns=columns, types=types, is_cut=result.is_cut)
    telling = Telling()
    telling.tell(f"Columns: {telling.quote(', '.join(columns), 1_000)}")
    chars = max(min(_OF_VALUE, _OF_ROW // max(len(result.columns), 1)), _LEAST)
    for row in to_jsonable_python(result.rows, fallback=str, bytes_mode="base64"):
        values = [_shown(value, chars) for value in row]
        text = orjson.dumps(values, default=str).decode()
        if not telling.add(_Row(values=values), telling.quote(text)):
            content.is_cut = True
            break
        content.rows.append(values)
    if result.rows and not content.rows:
        content.notes.append("The first row is longer than an answer may be: choose fewer columns.")
    if not result.rows:
        telling.tell("The query has no rows.")
    if content.is_cut and content.rows:
        content.notes.append(
            "The query has more rows: aggregate, choose fewer columns, or go on after the last key by WHERE."
        )
    return telling.answer(content)


class _Row(Arguments):
    """A row, to be measured."""

    values: list[Any]


def _shown(value: Any, chars: int) -> Any:
    """Return a value with long texts and lists cut."""
    if isinstance(value, str):
        text, left_out = cut(value, chars)
        return f"{text}…{note_of_cut(left_out)}" if left_out else text
    if isinstance(value, list):
        return [_shown(item, chars) for item in value[:_ITEMS]]
    if isinstance(value, dict):
        return {name: _shown(item, chars) for name, item in [*value.items()][:_ITEMS]}
    return value


TOOLS: Final = (
    Tool(
        name="sql",
        title="Query the warehouse",
        description=(
            "Run one read-only query in DuckDB's SQL on the newest snapshot: SELECT, FROM, WITH. No files,"
            " settings or writes. Use it for what the other tools do not answer. The most useful views: "
            + "; ".join(f"{view} ({', '.join(names)})" for view, names in COLUMNS.items())
            + ". The resource onrecord://dictionary lists all, onrecord://queries has examples."
        ),
        arguments=SqlArguments,
        content=Rows,
        run=sql,
        scope=Scope.SQL,
    ),
)
