"""The words and phrases that occur most often in a sample of the matches.

A question has the same sample each time. Texts are large, and those of one day lie together, so a
sample consists of up to eight runs of neighbours, at the same distances from each other in the order
of the days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import duckdb

from warehouse.queries import ITEMS, items
from warehouse.search_matches import Matches, documents, rows_of
from warehouse.search_terms import make
from warehouse.sql_files import read_sql

_KEYS: Final = "article_id, revision, published_on, source_id, language"
_RUNS: Final = 8
_FOUND_BY_NUMBER: Final = 50  # rows that DuckDB finds without reading all
_TEXTS: Final = "CREATE OR REPLACE TEMP TABLE sampled (article_id VARCHAR, language VARCHAR, text VARCHAR)"  # fmt: skip
_PHRASES: Final = "CREATE OR REPLACE TEMP TABLE sampled (article_id VARCHAR, phrase VARCHAR, occurrences INTEGER)"  # fmt: skip
_STOPS: Final = "CREATE OR REPLACE TEMP TABLE stops (language VARCHAR, word VARCHAR)"


class Stopped(NamedTuple):
    """The words of a language that are not counted.

    Attributes:
        words: Function words in lower case.
        letters: Shorter words and those of this length are not counted either.
    """

    words: frozenset[str]
    letters: int = 1


class Counted(NamedTuple):
    """A word or phrase: how often it occurs, and in how many articles."""

    text: str
    occurrences: int
    articles: int


@dataclass(frozen=True, slots=True)
class Top:
    """What occurs most often in a sample.

    Attributes:
        counted: The words or phrases, the most frequent first.
        articles: How many articles the sample has.
    """

    counted: tuple[Counted, ...] = ()
    articles: int = 0


def top_words(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    stopped: Callable[[str], Stopped],
    *,
    sampled: int,
    most: int,
) -> Top:
    """Return the words that occur most often in a sample, in lower case, without numbers.

    Args:
        con: The connection that has the table `matches` (see `warehouse.search_matches`).
        matches: What was told of the matches.
        stopped: Returns the words of a language that are not counted; it gets an ISO 639-1 code,
            or nothing if the language is not known.
        sampled: How many articles are read.
        most: How many words are wanted.
    """
    con.execute(_TEXTS)
    articles = 0
    for length in _each_run(con, matches, sampled):
        articles += length
        found = rows_of(con, "looked", "articles", None)
        if length <= _FOUND_BY_NUMBER:
            found = f"snapshot.articles AS found WHERE rowid IN (SELECT found.rowid FROM {found})"
        con.execute(
            f"INSERT INTO sampled SELECT found.article_id, found.language, found.text FROM {found}"
        )
    languages = con.execute("SELECT DISTINCT coalesce(language, '') FROM sampled").fetchall()
    con.execute(_STOPS)
    letters: dict[str, int] = {}
    for (language,) in languages:
        words, letters[language] = stopped(language)
        con.execute(f"INSERT INTO stops SELECT ?, {ITEMS}", [language, items(words)])
    sql = read_sql("searches", "words_of_sample")
    rows = con.execute(sql, {"letters": letters, "most": most}).fetchall()
    return Top(tuple(Counted(*row) for row in rows), articles)


def top_phrases(
    con: duckdb.DuckDBPyConnection, matches: Matches, *, sampled: int, most: int
) -> Top:
    """Return the keyphrases of the most articles of a sample; arguments as for `top_words`."""
    con.execute(_PHRASES)
    articles = 0
    for length in _each_run(con, matches, sampled):
        articles += length
        found = rows_of(con, "looked", "keyphrases", "keyphrases")
        con.execute(
            "INSERT INTO sampled SELECT found.article_id, found.phrase, found.occurrences"
            f" FROM {found}"
        )
    rows = con.execute(read_sql("searches", "phrases_of_sample"), {"most": most}).fetchall()
    return Top(tuple(Counted(*row) for row in rows), articles)


def _each_run(con: duckdb.DuckDBPyConnection, matches: Matches, sampled: int) -> Iterator[int]:
    """Create the table `looked` of each run of neighbours, and yield how many there are."""
    if not matches.count:
        return
    rows = con.execute("SELECT month, count(*) FROM matches GROUP BY month").fetchall()
    counts = sorted((matches.months[at].month, at, count) for at, count in rows)
    for first, length in _runs(matches.count, sampled):
        make(con, "looked", *_run(counts, first, length))
        yield length


def _runs(count: int, most: int) -> list[tuple[int, int]]:
    """Return the first place and the length of each run of a sample.

    >>> _runs(3, 16), _runs(800, 16)[:3], _runs(12, 4)
    ([(0, 3)], [(49, 2), (149, 2), (249, 2)], [(1, 2), (5, 1), (9, 1)])
    """
    runs = min(_RUNS, count // most, most) or 1
    distance = count // runs
    lengths = [min(most // runs + (at < most % runs), distance) for at in range(runs)]
    return [(distance * at + (distance - length) // 2, length) for at, length in enumerate(lengths)]


def _run(
    counts: list[tuple[str, int, int]], first: int, length: int
) -> tuple[str, dict[str, object]]:
    """Return the query for neighbours in the order of the days, and its parameters.

    Args:
        counts: Name, number and number of matches of each month, in the order of the names.
        first: Place of the first article.
        length: How many are wanted.
    """
    months: list[int] = []
    before, skipped = 0, 0
    for _, at, count in counts:
        if before < first + length and first < before + count:
            skipped = skipped if months else first - before
            months.append(at)
        before += count
    sql = (
        f"SELECT {_KEYS} FROM matches JOIN ({documents(months, _KEYS)}) AS documents"
        " USING (month, document)"
        " ORDER BY published_on, month, document LIMIT $length OFFSET $skipped"
    )
    return sql, {"length": length, "skipped": skipped}
