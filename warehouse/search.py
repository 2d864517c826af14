"""Full-text search over the published snapshot, best first (BM25, Robertson 1994).

All words of the question must occur, but for those that most articles have; where no
article has them all, those with some of them are found. Each word is compared by its stem in the article's own language. The
question is data: it only ever reaches DuckDB as a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from warehouse.errors import QueryError, WarehouseMissingError
from warehouse.extension import open_fts, quoted
from warehouse.folder import DataFolder
from warehouse.search_hits import Hit, Rank, read_hits
from warehouse.search_index import STEMMERS, UNDATED, Month, indexed_months, search_folder
from warehouse.snippets import words_of

K1, B = 1.2, 0.75  # the customary values for BM25
MOST_WORDS = 32  # of a question; a pasted article is none
COMMON = 10_000  # articles with a word, from which on it is costly to look at them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is searched for; filters that are None let everything through.

    Attributes:
        text: Words in any order.
        speaker: Words of a name: the article quotes a speaker who has them all.
        since: First day of publication.
        until: Last day of publication.
        source: A source_id, or the start or end of one.
        language: ISO 639-1 code.
        limit: Most articles to return.
    """

    text: str
    speaker: str | None = None
    since: date | None = None
    until: date | None = None
    source: str | None = None
    language: str | None = None
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits, best first, and whether each of them has all words of the question."""

    hits: tuple[Hit, ...]
    has_all_words: bool


def search(folder: DataFolder, question: Question) -> Answer:
    """Return the articles that answer `question`, best first.

    Raises:
        WarehouseMissingError: Nothing was published yet, or nothing was indexed.
        QueryError: The question has no word, or too many.
    """
    words = sorted(words_of(question.text))
    if not words:
        raise QueryError(f"nothing to search for in {question.text!r}: give at least one word")
    if len(words) > MOST_WORDS:
        raise QueryError(f"got {len(words)} words, expected at most {MOST_WORDS}: use fewer")
    months = _months(folder, question)
    if not months:
        return Answer((), has_all_words=True)
    with _opened(folder, months) as con:
        _ask(con, words)
        need = _weigh(con, months)
        ranks = _ranked(con, months, question, need=need)
        has_all = bool(ranks) or need == 1
        if not has_all:
            ranks = _ranked(con, months, question, need=1)
        return Answer(tuple(read_hits(con, ranks, question.speaker)), has_all_words=has_all)


def _months(folder: DataFolder, question: Question) -> list[Month]:
    if not folder.newest.exists():
        raise WarehouseMissingError(folder.newest)
    first = f"{question.since:%Y-%m}" if question.since else ""
    last = f"{question.until:%Y-%m}" if question.until else "9999-99"
    is_dated = bool(question.since or question.until)
    return [
        month
        for month in indexed_months(folder)
        if (not is_dated if month.month == UNDATED else first <= month.month <= last)
    ]


def _opened(folder: DataFolder, months: Sequence[Month]) -> duckdb.DuckDBPyConnection:
    con = open_fts()
    place = search_folder(folder)
    con.execute(f"ATTACH {quoted(folder.newest.resolve())} AS snapshot (READ_ONLY)")
    for number, month in enumerate(months):
        con.execute(f"ATTACH {quoted(place / month.file)} AS m{number} (READ_ONLY)")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def _ask(con: duckdb.DuckDBPyConnection, words: Sequence[str]) -> None:
    """Make the table `asked`: each word by its number, and its term for each stemmer."""
    con.execute(
        "CREATE TEMP TABLE asked AS SELECT number, stemmer,"
        " strip_accents(stem(nfc_normalize(word), stemmer)) AS term"
        " FROM (SELECT unnest(?) AS word, unnest(range(?)) AS number), (SELECT unnest(?) AS stemmer)",
        [list(words), len(words), sorted({*STEMMERS.values(), "none"})],
    )


def _weigh(con: duckdb.DuckDBPyConnection, months: Sequence[Month]) -> int:
    """Make the table `weights` of the words that tell articles apart; return how many count.

    A word of most articles ("the") tells nothing and costs most: in a large warehouse it is
    left out, unless it is the rarest of them. A word that occurs nowhere counts.
    """
    terms = _terms(con)
    marks = ", ".join("?" * len(terms))
    parts = " UNION ALL ".join(
        f"SELECT term, articles FROM m{number}.terms WHERE term IN ({marks})"
        for number in range(len(months))
    )
    articles = sum(month.articles for month in months)
    common = max(COMMON, articles // 2)
    con.execute(
        f"CREATE TEMP TABLE weights AS WITH terms AS ({parts}), counted AS (SELECT number,"
        " coalesce(sum(articles), 0) AS articles FROM (SELECT DISTINCT number, term FROM asked)"
        " LEFT JOIN terms USING (term) GROUP BY number)"
        " SELECT number, ln(1 + greatest(0, ? - articles + 0.5) / (articles + 0.5)) AS weight"
        " FROM counted"
        " WHERE articles <= greatest(?, (SELECT min(articles) FROM counted))",
        [*terms * len(months), articles, common],
    )
    con.execute("DELETE FROM asked WHERE number NOT IN (SELECT number FROM weights)")
    row = con.execute("SELECT count(*) FROM weights").fetchone()
    return int(row[0]) if row else 0


def _terms(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in con.execute("SELECT DISTINCT term FROM asked").fetchall()]


def _ranked(
    con: duckdb.DuckDBPyConnection, months: Sequence[Month], question: Question, *, need: int
) -> list[Rank]:
    terms = _terms(con)
    marks = ", ".join("?" * len(terms))
    parts = " UNION ALL ".join(
        f"SELECT article_id, revision, source_id, published_on, language, words, number, times"
        f" FROM m{number}.postings"
        f" JOIN m{number}.documents AS documents USING (document)"
        f" JOIN asked ON asked.term = postings.term AND asked.stemmer = documents.stemmer"
        f" WHERE postings.term IN ({marks})"
        for number in range(len(months))
    )
    where, values = _filters(question)
    articles = sum(month.articles for month in months)
    mean_words = max(1.0, sum(month.words for month in months) / max(1, articles))
    rows = con.execute(
        f"SELECT article_id, revision, sum(weight * times * (? + 1)"
        "  / (times + ? * (1 - ? + ? * words / ?))) AS score"
        f" FROM ({parts}) JOIN weights USING (number)"
        f" WHERE {where}"
        " GROUP BY article_id, revision HAVING count(*) >= ?"
        " ORDER BY score DESC, article_id LIMIT ?",
        [K1, K1, B, B, mean_words, *terms * len(months), *values, need, question.limit],
    ).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def _filters(question: Question) -> tuple[str, list[object]]:
    conditions: list[tuple[str, object]] = []
    if question.since:
        conditions.append(("published_on >= ?", question.since))
    if question.until:
        conditions.append(("published_on <= ?", question.until))
    if question.language:
        conditions.append(("language = ?", question.language.lower()))
    if question.source:
        conditions.append(("contains(source_id, ?)", question.source.lower()))
    if question.speaker:
        names = sorted(words_of(question.speaker))
        speaks = " AND ".join(["contains(lower(speaker), ?)"] * len(names)) or "true"
        quoted_in = f"SELECT (article_id, revision) FROM snapshot.quotations WHERE {speaks}"
        conditions.append((f"(article_id, revision) IN ({quoted_in})", names))
    values = [
        value
        for _, given in conditions
        for value in (given if isinstance(given, list) else [given])
    ]
    return " AND ".join(condition for condition, _ in conditions) or "true", values
