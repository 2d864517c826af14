"""Full-text search over the published snapshot, best first (BM25, Robertson 1994).

All words of the question must occur, except those that most articles contain. If no
article has all of them, articles with some of them are returned. Words are compared by
their stem in the language of the article. The question is data: it is passed to DuckDB
only as a parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from warehouse.connect import attach_newest, open_file, translated
from warehouse.errors import IndexDamagedError, QueryError, WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.quoting import quoted
from warehouse.search_hits import Hit, Rank, read_hits
from warehouse.search_index import STEMMERS, UNDATED, Month, indexed_months, open_fts, search_folder
from warehouse.snippets import words_of

K1, B = 1.2, 0.75  # the usual values for BM25
MOST_WORDS = 32  # per question; a pasted article is not a question
COMMON = 10_000  # a word with more articles than this is expensive to search


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The words and filters of a search; a filter that is None is not applied.

    Attributes:
        text: Words in any order.
        speaker: Words of a name; the article must quote a speaker whose name has them all.
        since: First day of publication.
        until: Last day of publication.
        source: A source_id, or a part of one.
        language: ISO 639-1 code.
        limit: Maximum number of articles.
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
    """The hits, best first, and whether each has all words of the question.

    It is iterated, counted and indexed like its hits.
    """

    hits: tuple[Hit, ...]
    has_all_words: bool

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
        QueryError: The question has no word or too many words.
        SchemaTooOldError: An older onrecord published the snapshot.
        IndexDamagedError: A file of the index is missing or cannot be read.
        WarehouseDamagedError: The snapshot cannot be read.
    """
    words = sorted(words_of(question.text))
    if not words:
        raise QueryError(f"{question.text!r} has no word to search for: give at least one word")
    if len(words) > MOST_WORDS:
        raise QueryError(f"got {len(words)} words, expected at most {MOST_WORDS}: use fewer words")
    con, months = _opened(folder, question)
    try:
        with con, translated(folder.newest.resolve()):
            return _answer(con, months, question, words)
    except (duckdb.CatalogException, duckdb.BinderException):
        with open_file(folder.newest.resolve()):  # tells whether the snapshot is too old
            raise


def _answer(
    con: duckdb.DuckDBPyConnection,
    months: Sequence[Month],
    question: Question,
    words: Sequence[str],
) -> Answer:
    if not months:
        return Answer((), has_all_words=True)
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


def _opened(
    folder: DataFolder, question: Question
) -> tuple[duckdb.DuckDBPyConnection, list[Month]]:
    """Return a connection to the snapshot and the index, with the months that it has attached."""
    con = open_fts()
    try:
        attach_newest(con, folder, "snapshot")
        months = _attach_months(con, folder, question)
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    except BaseException:
        con.close()
        raise
    return con, months


def _attach_months(
    con: duckdb.DuckDBPyConnection, folder: DataFolder, question: Question
) -> list[Month]:
    """Attach the index of each month; try again if it was made anew meanwhile."""
    months = _months(folder, question)
    while (damaged := _attach(con, folder, months)) is not None:
        again = _months(folder, question)
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


def _ask(con: duckdb.DuckDBPyConnection, words: Sequence[str]) -> None:
    """Create the table `asked`: number and term of each word for each stemmer."""
    con.execute(
        "CREATE TEMP TABLE asked AS SELECT number, stemmer,"
        " strip_accents(stem(nfc_normalize(word), stemmer)) AS term"
        " FROM (SELECT unnest(?) AS word, unnest(range(?)) AS number), (SELECT unnest(?) AS stemmer)",
        [list(words), len(words), sorted({*STEMMERS.values(), "none"})],
    )


def _weigh(con: duckdb.DuckDBPyConnection, months: Sequence[Month]) -> int:
    """Create the table `weights` of the distinguishing words; return how many.

    A word that most articles contain ("the") distinguishes nothing and is the most expensive.
    In a large warehouse it is left out, unless it is the rarest of the question. A word
    without articles is kept.
    """
    rows = con.execute("SELECT DISTINCT term FROM asked ORDER BY term").fetchall()
    values: dict[str, object] = {f"term{at}": term for at, (term,) in enumerate(rows)}
    marks = ", ".join(f"${name}" for name in values)
    terms = " UNION ALL ".join(
        f"SELECT {month} AS month, number AS code, term, stemmer, articles"
        f" FROM m{month}.terms WHERE term IN ({marks})"
        for month in range(len(months))
    )
    con.execute(
        "CREATE TEMP TABLE terms AS SELECT month, code, number, articles"
        f" FROM ({terms}) JOIN asked USING (term, stemmer)",
        values,
    )
    articles = sum(month.articles for month in months)
    con.execute(
        "CREATE TEMP TABLE weights AS WITH counted AS (SELECT number,"
        " coalesce(sum(articles), 0) AS articles FROM (SELECT DISTINCT number FROM asked)"
        " LEFT JOIN terms USING (number) GROUP BY number)"
        " SELECT number, ln(1 + greatest(0, ? - articles + 0.5) / (articles + 0.5)) AS weight"
        " FROM counted"
        " WHERE articles <= greatest(?, (SELECT min(articles) FROM counted))",
        [articles, max(COMMON, articles // 2)],
    )
    con.execute("DELETE FROM asked WHERE number NOT IN (SELECT number FROM weights)")
    row = con.execute("SELECT count(*) FROM weights").fetchone()
    return int(row[0]) if row else 0


def _ranked(
    con: duckdb.DuckDBPyConnection, months: Sequence[Month], question: Question, *, need: int
) -> list[Rank]:
    """Return the best articles; for equal scores the newest months come first."""
    postings = _postings(con, need)
    if not postings:
        return []
    articles = sum(month.articles for month in months)
    mean_words = max(1.0, sum(month.words for month in months) / max(1, articles))
    scored = (
        "SELECT month, document, sum(weight * times * ($k + 1)"
        "  / (times + $k * (1 - $b + $b * words / $mean))) AS score"
        f" FROM ({postings}) JOIN terms USING (month, code) JOIN weights USING (number)"
        " GROUP BY month, document HAVING count(*) >= $need"
    )
    values: dict[str, object] = {"k": K1, "b": B, "mean": mean_words, "need": need}
    allowed, filters = _allowed(months, question)
    if allowed:  # speakers are searched only in the articles with the words
        con.execute(f"CREATE OR REPLACE TEMP TABLE scored AS {scored}", values)
        scored, values = f"FROM scored {allowed}", filters
    rows = con.execute(
        f"FROM ({scored}) ORDER BY score DESC, month DESC, document LIMIT $limit",
        values | {"limit": question.limit},
    ).fetchall()
    return _named(con, rows)


def _postings(con: duckdb.DuckDBPyConnection, need: int) -> str:
    """Return a query for the postings of the months with at least `need` of the words."""
    rows = con.execute(
        "SELECT month, list(DISTINCT code ORDER BY code) FROM terms SEMI JOIN weights"
        " USING (number) GROUP BY month HAVING count(DISTINCT number) >= ? ORDER BY month",
        [need],
    ).fetchall()
    return " UNION ALL ".join(
        f"SELECT {month} AS month, term AS code, document, times, words"
        f" FROM m{month}.postings WHERE term IN ({', '.join(map(str, codes))})"
        for month, codes in rows
    )


def _named(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[int, int, float]]) -> list[Rank]:
    """Return ranked articles by their keys instead of month and document numbers."""
    keys: dict[tuple[int, int], tuple[str, int, date | None]] = {}
    for month in {row[0] for row in rows}:
        wanted = [document for at, document, _ in rows if at == month]
        marks = ", ".join("?" * len(wanted))
        found = con.execute(
            f"SELECT document, article_id, revision, published_on FROM m{month}.documents"
            f" WHERE document IN ({marks})",
            wanted,
        ).fetchall()
        keys |= {(month, row[0]): (row[1], row[2], row[3]) for row in found}
    return [(*keys[month, document], score) for month, document, score in rows]


def _allowed(months: Sequence[Month], question: Question) -> tuple[str, dict[str, object]]:
    """Return a join that keeps the articles that pass the filters, and its parameters."""
    values: dict[str, object] = {}
    conditions = []
    for name, condition, value in (
        ("since", "published_on >= $since", question.since),
        ("until", "published_on <= $until", question.until),
        ("language", "language = $language", question.language and question.language.lower()),
        ("source", "contains(source_id, $source)", question.source and question.source.lower()),
    ):
        if value:
            conditions.append(condition)
            values[name] = value
    quoted_in = ""
    if question.speaker:
        names = {f"name{at}": word for at, word in enumerate(sorted(words_of(question.speaker)))}
        speaks = " AND ".join(f"contains(lower(speaker), ${name})" for name in names) or "true"
        quoted_in = (
            "SEMI JOIN (FROM snapshot.latest_quotations AS quotations"
            f" WHERE quotations.act = 'speech' AND {speaks}) AS said USING (article_id, revision)"
        )
        values |= names
    if not (values or quoted_in):
        return "", values
    parts = " UNION ALL ".join(
        f"SELECT {number} AS month, * FROM m{number}.documents" for number in range(len(months))
    )
    where = " AND ".join(conditions) or "true"
    join = (
        f"SEMI JOIN (SELECT month, document FROM ({parts}) SEMI JOIN scored"
        f" USING (month, document) {quoted_in} WHERE {where}) AS allowed USING (month, document)"
    )
    return join, values
