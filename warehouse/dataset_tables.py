"""The tables of a data set: their rows, columns, keys and what `--no-text` leaves out.

The queries are in `datasets/`, one per table, or in `exports/` where both are the same. The meaning
of a column is the comment of the column that it is taken from.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from warehouse.migrate import inherited
from warehouse.relations import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """One table of a data set.

    Attributes:
        name: Its name, and that of its file and query.
        relation: The table of the warehouse whose rows it has; a view if its rows are of several.
        view: The view that it reads, whose comment says what the rows are.
        key: Columns that identify a row.
        links: Columns that name a row of another table: column, table, its column.
        text: Columns that hold sentences and phrases of the article, which `--no-text` leaves
            out.
        undigested: Columns that the content digest leaves out, because they depend on when
            and in which order pages were acquired.
    """

    name: str
    relation: str
    view: str
    key: tuple[str, ...]
    links: tuple[tuple[str, str, str], ...] = ()
    text: tuple[str, ...] = ()
    undigested: tuple[str, ...] = ()


_SPAN = ("article_id", "start_char", "end_char")
_ARTICLE = ("article_id", "articles", "article_id")
_SOURCE = ("source_id", "sources", "source_id")

TABLES = (
    DataTable(
        name="sources",
        relation="sources",
        view="sources",
        key=("source_id",),
        undigested=("name", "home_url", "country", "language"),  # of its first page
    ),
    DataTable(
        name="articles",
        relation="articles",
        view="latest_articles",
        key=("article_id",),
        links=(_SOURCE,),
        text=("text", "description"),
        undigested=("fetched_at",),
    ),
    DataTable(
        name="quotations",
        relation="quotations",
        view="latest_quotations",
        key=_SPAN,
        links=(_ARTICLE, _SOURCE, ("speaker_entity_id", "entities", "entity_id")),
        text=("statement", "text", "speaker_text"),
    ),
    DataTable(
        name="no_comments",
        relation="no_comments",
        view="latest_no_comments",
        key=_SPAN,
        links=(_ARTICLE, _SOURCE, ("asked_entity_id", "entities", "entity_id")),
        text=("text", "about", "asked_text"),
    ),
    DataTable(
        name="mentions",
        relation="mentions",
        view="latest_mentions",
        key=_SPAN,
        links=(_ARTICLE, _SOURCE, ("entity_id", "entities", "entity_id")),
    ),
    DataTable(name="entities", relation="entities", view="entities", key=("entity_id",)),
    DataTable(
        name="dates",
        relation="date_mentions",
        view="latest_date_mentions",
        key=_SPAN,
        links=(_ARTICLE, _SOURCE),
    ),
    DataTable(
        name="keyphrases",
        relation="keyphrases",
        view="latest_keyphrases",
        key=_SPAN,
        links=(_ARTICLE, _SOURCE, ("entity_id", "entities", "entity_id")),
    ),
    DataTable(
        name="topics",
        relation="article_topics",
        view="latest_topics",
        key=("article_id", "topic_code"),
        links=(_ARTICLE, _SOURCE),
    ),
    # Stories and clusters are named after the article that was loaded first, and an article is
    # compared with those that were loaded before it.
    DataTable(
        name="stories",
        relation="stories",
        view="stories",
        key=("story_id",),
        links=(("central_article_id", "articles", "article_id"),),
        undigested=(
            "story_id", "headline", "texts", "people", "places", "language", "url",
            "central_article_id", "follows_story_id",
        ),
    ),
    DataTable(
        name="story_articles",
        relation="story_members",
        view="story_articles",
        key=("article_id",),
        links=(_ARTICLE, _SOURCE, ("story_id", "stories", "story_id")),
        undigested=("story_id", "is_copy", "cluster_id", "similarity", "is_central"),
    ),
    DataTable(
        name="clusters",
        relation="clusters",
        view="clusters",
        key=("article_id",),
        links=(_ARTICLE, _SOURCE),
        text=("added", "cut"),
        undigested=(
            "cluster_id", "copied_article_id", "similarity", "containment", "words_added",
            "words_cut", "added", "cut",
        ),
    ),
)  # fmt: skip

# Units that the comments state in words, by a sign in the comment of a number.
_UNITS = (
    (re.compile(r"0 to 1\b|^1 for a stated instant"), "share"),
    (re.compile(r"^Degrees "), "degree"),
    (re.compile(r"\b[Ss]econds\b"), "second"),
    (re.compile(r"^(?:First|One past the last) character "), "Unicode code point"),
    (re.compile(r"^Words "), "word"),
    (re.compile(r"\bbytes\b"), "byte"),
)
_NUMBERS = ("INTEGER", "BIGINT", "DOUBLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataColumn:
    """A column of a data set.

    Attributes:
        type: Its DuckDB type.
        meaning: What it says, from the comment in the warehouse.
        unit: Unit of a number, if its comment states one.
        is_required: Whether every row has a value.
    """

    name: str
    type: str
    meaning: str
    unit: str | None
    is_required: bool


def query_of(table: DataTable) -> str:
    """Return the SQL of all rows and columns of a table: its own, or that of the export."""
    package, file = importlib.resources.files("warehouse"), f"{table.name}.sql"
    own = package.joinpath("datasets", file)
    script = own if own.is_file() else package.joinpath("exports", file)
    return script.read_text("utf-8")


def columns_of(
    con: duckdb.DuckDBPyConnection,
    table: DataTable,
    relations: Iterable[Relation],
    *,
    has_text: bool,
) -> tuple[DataColumn, ...]:
    """Return the columns of a table with their meaning, in the order of its query.

    Args:
        con: Connection to the snapshot.
        table: The table.
        relations: The dictionary of the snapshot.
        has_text: Whether the columns with texts are among them.
    """
    query = query_of(table)
    types = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {query}").fetchall()}
    meanings = _meanings(relations, table, query, types)
    required = _required(con, table.relation)
    return tuple(
        DataColumn(
            name=name,
            type=kind,
            meaning=meanings[name],
            unit=_unit(kind, meanings[name]),
            is_required=name in required,
        )
        for name, kind in types.items()
        if has_text or name not in table.text
    )


def comment_of(relations: Iterable[Relation], table: DataTable) -> str:
    """Return what the rows of a table are, as the dictionary of the snapshot says."""
    return next(one.comment for one in relations if one.name == table.view)


def _meanings(
    relations: Iterable[Relation], table: DataTable, query: str, names: Iterable[str]
) -> dict[str, str]:
    comments: dict[str, dict[str, str | None]] = {
        relation.name: {column.name: column.comment for column in relation.columns}
        for relation in relations
    }
    asked = f"{table.name} of a data set"
    return inherited(comments | {asked: dict.fromkeys(names)}, asked, query)


def _required(con: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    found = con.execute(
        "SELECT column_name FROM duckdb_columns()"
        " WHERE schema_name = 'main' AND table_name = ? AND NOT is_nullable",
        [relation],
    ).fetchall()
    return {name for (name,) in found}


def _unit(kind: str, meaning: str) -> str | None:
    if kind not in _NUMBERS:
        return None
    return next((unit for sign, unit in _UNITS if sign.search(meaning)), None)
