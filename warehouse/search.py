"""Full-text search over the published snapshot, best first.

The question is a text in the language of `warehouse.search_syntax`. Words without an operator
must all occur, except those that most articles contain. If no article has all of them, articles
with some of them are returned. Words are compared by their stem in the language of the article.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from warehouse.connect import attach_newest, open_file, translated
from warehouse.errors import IndexDamagedError, SearchSyntaxError, WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.quoting import quoted
from warehouse.search_hits import Hit, read_hits
from warehouse.search_index import UNDATED, Month, indexed_months, open_fts, search_folder
from warehouse.search_nearest import Suggestion, suggest
from warehouse.search_ranking import Order, rank
from warehouse.search_syntax import check_length, parse_question
from warehouse.search_tree import (
    All,
    Days,
    Field,
    Name,
    Node,
    all_of,
    conjuncts,
    wanted_speakers,
    with_some_words,
    words_in_order,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The text and filters of a search; a filter that is None or empty is not applied.

    Attributes:
        text: What to search for; it may be empty if there is a filter.
        speaker: Words of a name; the article must quote a speaker whose name has them all.
        since: First day of publication.
        until: Last day of publication.
        source: A source_id, or a part of one.
        language: ISO 639-1 code.
        limit: Maximum number of articles.
        is_newest_first: Sort by day instead of by score.
    """

    text: str
    speaker: str | None = None
    since: date | None = None
    until: date | None = None
    source: str | None = None
    language: str | None = None
    limit: int = 10
    is_newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits, best first, and whether each has all words of the question.

    It is iterated, counted and indexed like its hits.

    Attributes:
        hits: The articles that were found.
        has_all_words: False if no article has all words, and the hits have some of them.
        suggestions: What was written and does not occur, with the nearest words or names that do;
            only if no article has all words.
    """

    hits: tuple[Hit, ...]
    has_all_words: bool
    suggestions: tuple[Suggestion, ...] = ()

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def __getitem__(self, at: int) -> Hit:
        return self.hits[at]


def search(folder: DataFolder, question: Question) -> Answer:
    """Return the articles that match a question, best first.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        SearchSyntaxError: The question has no word or too many, or cannot be read.
        SchemaTooOldError: An older onrecord published the snapshot.
        IndexDamagedError: A file of the index is missing or cannot be read.
        WarehouseDamagedError: The snapshot cannot be read.
    """
    tree = question_tree(question)
    con, months = open_index(folder, tree)
    try:
        with con, translated(folder.newest.resolve()):
            return _answer(con, months, question, tree)
    except (duckdb.CatalogException, duckdb.BinderException):
        with open_file(folder.newest.resolve()):  # tells whether the snapshot is too old
            raise


def _answer(
    con: duckdb.DuckDBPyConnection, months: Sequence[Month], question: Question, tree: Node
) -> Answer:
    order = Order(limit=question.limit, is_newest_first=question.is_newest_first)
    ranks = rank(con, months, tree, order)
    speakers = wanted_speakers(tree)
    if ranks:
        return Answer(tuple(read_hits(con, ranks, speakers)), has_all_words=True)
    nearest = tuple(suggest(con, len(months), tree))
    if (relaxed := with_some_words(tree)) is None:
        return Answer((), has_all_words=True, suggestions=nearest)
    hits = read_hits(con, rank(con, months, relaxed, order), speakers)
    return Answer(tuple(hits), has_all_words=False, suggestions=nearest)


def question_tree(question: Question) -> Node:
    """Return the tree of a question: its text and its filters.

    Raises:
        SearchSyntaxError: The text cannot be read; the message says at which character.
    """
    filters = _filters(question)
    if filters and not question.text.strip():
        return all_of(filters)
    return all_of([parse_question(question.text), *filters])


def _filters(question: Question) -> list[Node]:
    fields: dict[Name, str | None] = {
        "speaker": question.speaker,
        "source": question.source,
        "language": question.language,
    }
    found: list[Node] = []
    for name, value in fields.items():
        if not value:
            continue
        check_length(name, value)
        if not words_in_order(value):
            raise SearchSyntaxError(f"{name}: got {value!r}, expected at least one word")
        found.append(Field(name, value))
    if question.since or question.until:
        found.append(Days(question.since, question.until))
    return found


def _months(folder: DataFolder, tree: Node) -> list[Month]:
    """Return the months that may have hits: those with a day that each hit must have."""
    if not folder.newest.exists():
        raise WarehouseMissingError(folder.newest)
    days = [node for node in conjuncts(tree) if isinstance(node, Days)]
    first = max((f"{one.since:%Y-%m}" for one in days if one.since), default="")
    last = min((f"{one.until:%Y-%m}" for one in days if one.until), default="9999-99")
    is_dated = bool(days)
    return [
        month
        for month in indexed_months(folder)
        if (not is_dated if month.month == UNDATED else first <= month.month <= last)
    ]


def open_index(folder: DataFolder, tree: Node) -> tuple[duckdb.DuckDBPyConnection, list[Month]]:
    """Return a connection to the snapshot and the index, with the months that it has attached.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        IndexDamagedError: A file of the index is missing or cannot be read.
    """
    return _open_index(folder, tree, {})


def open_whole_index(
    folder: DataFolder, *, memory: str
) -> tuple[duckdb.DuckDBPyConnection, list[Month]]:
    """Return a connection like that of `open_index` with all months, for many searches.

    Args:
        folder: The data folder.
        memory: What all searches together may use, as DuckDB writes it; the disk is not used.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        IndexDamagedError: A file of the index is missing or cannot be read.
    """
    limits = {"memory_limit": memory, "temp_directory": "", "TimeZone": "UTC"}
    return _open_index(folder, All(()), limits)


def _open_index(
    folder: DataFolder, tree: Node, limits: Mapping[str, str]
) -> tuple[duckdb.DuckDBPyConnection, list[Month]]:
    con = open_fts()
    try:
        attach_newest(con, folder, "snapshot")
        months = _attach_months(con, folder, tree)
        for name, value in limits.items():
            con.execute(f"SET GLOBAL {name} = '{value}'")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    except BaseException:
        con.close()
        raise
    return con, months


def _attach_months(con: duckdb.DuckDBPyConnection, folder: DataFolder, tree: Node) -> list[Month]:
    """Attach the index of each month; try again if it was made anew meanwhile."""
    months = _months(folder, tree)
    while (damaged := _attach(con, folder, months)) is not None:
        again = _months(folder, tree)
        if again == months:
            raise damaged
        for number in range(len(months)):
            con.execute(f"DETACH DATABASE IF EXISTS m{number}")
        months = again
    return months


def _attach(
    con: duckdb.DuckDBPyConnection, folder: DataFolder, months: Sequence[Month]
) -> IndexDamagedError | None:
    """Attach the index of each month as `m0`, `m1`, ...; return what is wrong with a file."""
    place = search_folder(folder)
    for number, month in enumerate(months):
        try:
            con.execute(f"ATTACH {quoted(place / month.file)} AS m{number} (READ_ONLY)")
        except duckdb.Error as exc:
            return IndexDamagedError(place, str(exc).partition("\n")[0])
    return None
