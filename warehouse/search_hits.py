"""Search hits: articles, each with a passage that shows why it was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from warehouse.search_filters import speaks
from warehouse.search_index import STEMMERS
from warehouse.snippets import Snippet, snippet, words_of

Rank = tuple[str, int, date | None, float]  # article_id, revision, published_on, score
_Key = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found.

    Attributes:
        score: BM25, comparable within one answer.
        speaker: The quoted speaker, if the question named one.
        snippet: A passage with the words, from the speaker's statement if the question named
            a speaker.
    """

    article_id: str
    revision: int
    score: float
    title: str | None
    url: str | None
    source_id: str
    published_at: datetime | None
    language: str | None
    speaker: str | None
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class _Passage:
    text: str
    speaker: str | None = None


def read_hits(
    con: duckdb.DuckDBPyConnection,
    ranks: Sequence[Rank],
    speakers: Sequence[str],
    forms: dict[str, set[str]] | None = None,
) -> list[Hit]:
    """Return the hits for ranked articles, in the same order.

    Args:
        con: A connection with the tables of `warehouse.search_terms` and the database
            `snapshot`.
        ranks: Ranked articles; those that the snapshot lacks are left out.
        speakers: Words of the names of speakers; none if the question named nobody.
        forms: Gets the forms that each searched word has in the articles, if it is given.
    """
    if not ranks:
        return []
    articles = _articles(con, ranks)
    statements = _statements(con, ranks, speakers) if speakers else {}
    passages = {key: statements.get(key, [_Passage(row["text"])]) for key, row in articles.items()}
    texts = [passage.text for several in passages.values() for passage in several]
    languages = {row["language"] for row in articles.values()}
    if forms is not None:
        texts += [f"{row['title']}\n{row['text']}" for row in articles.values()]
    numbers = word_numbers(con, texts, languages)
    found = _wanted(con, numbers)
    if forms is not None:
        forms |= _forms(con, numbers)
    hits = []
    for ident, revision, _, score in ranks:
        if (row := articles.get((ident, revision))) is not None:
            best = _best(passages[ident, revision], found)
            del row["text"]
            shown = snippet(best.text, found)
            hits.append(Hit(**row, score=round(score, 3), speaker=best.speaker, snippet=shown))
    return hits


def _best(passages: Sequence[_Passage], found: set[str]) -> _Passage:
    """Return the passage with the most different words of the question, the first of equals."""
    if len(passages) == 1:
        return passages[0]
    return max(passages, key=lambda passage: len(words_of(passage.text) & found))


# Rows are found by day and key before other columns are read: texts are large, and a scan would
# unpack all of them. Days are fewer and shorter than keys, so they are compared first.
def _articles(con: duckdb.DuckDBPyConnection, ranks: Sequence[Rank]) -> dict[_Key, dict[str, Any]]:
    columns = ("article_id", "revision", "title", "coalesce(url, canonical_url) AS url", "source_id",
               "published_at", "language", "text")  # fmt: skip
    where, values = _found(ranks)
    rows = con.execute(
        f"SELECT {', '.join(columns)} FROM snapshot.articles WHERE rowid IN"
        f" (SELECT rowid FROM snapshot.articles WHERE {where})",
        values,
    )
    names = [column[0] for column in rows.description or []]
    return {(row[0], row[1]): dict(zip(names, row, strict=True)) for row in rows.fetchall()}


def read_titles(
    con: duckdb.DuckDBPyConnection, ranks: Sequence[Rank]
) -> dict[_Key, tuple[str | None, str | None]]:
    """Return headline and URL of articles, by their keys."""
    if not ranks:
        return {}
    where, values = _found(ranks)
    rows = con.execute(
        "SELECT article_id, revision, title, coalesce(url, canonical_url) FROM snapshot.articles"
        f" WHERE {where}",
        values,
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows.fetchall()}


def _statements(
    con: duckdb.DuckDBPyConnection, ranks: Sequence[Rank], speakers: Sequence[str]
) -> dict[_Key, list[_Passage]]:
    where, values = _found(ranks)
    rows = con.execute(
        "SELECT article_id, revision, statement, speaker FROM snapshot.latest_quotations"
        f" WHERE act = 'speech' AND {where} ORDER BY article_id, revision, start_char",
        values,
    ).fetchall()
    found: dict[_Key, list[_Passage]] = {}
    for ident, revision, statement, name in rows:
        if speaks(name, speakers):
            found.setdefault((ident, revision), []).append(_Passage(statement, name))
    return found


def _wanted(con: duckdb.DuckDBPyConnection, numbers: Mapping[str, AbstractSet[int]]) -> set[str]:
    """Return the words that the question asks for, without those that an article must not have."""
    rows = con.execute("SELECT number FROM words WHERE is_wanted").fetchall()
    wanted = {row[0] for row in rows}
    return {word for word, asked in numbers.items() if asked & wanted}


def forms_in(
    con: duckdb.DuckDBPyConnection, texts: Sequence[str], languages: set[str | None]
) -> dict[str, set[str]]:
    """Return the forms of each searched word: the word itself and those that the texts have.

    A word that is too common to be searched is left out.
    """
    return _forms(con, word_numbers(con, texts, languages))


def _forms(
    con: duckdb.DuckDBPyConnection, numbers: Mapping[str, AbstractSet[int]]
) -> dict[str, set[str]]:
    rows = con.execute(
        "SELECT number, word FROM words SEMI JOIN weights USING (number) WHERE NOT is_beginning"
    ).fetchall()
    return {
        word: {word, *(form for form, asked in numbers.items() if number in asked)}
        for number, word in rows
    }


def word_numbers(
    con: duckdb.DuckDBPyConnection, texts: Sequence[str], languages: set[str | None]
) -> dict[str, set[int]]:
    """Return the numbers of the searched words with which a word of `texts` agrees.

    A word agrees if it has the same stem in one of these languages, or a searched beginning.
    Words that agree with none are left out.
    """
    words = sorted({word for text in texts for word in words_of(text)})
    stemmers = sorted({STEMMERS.get(language or "", "none") for language in languages})
    rows = con.execute(
        "WITH texts AS MATERIALIZED ("
        # One string: DuckDB takes ten times as long to receive a list of thousands.
        "  SELECT unnest(string_split($words, ' ')) AS word),"
        " stems AS (SELECT word, stemmer, strip_accents(stem(nfc_normalize(word), stemmer)) AS term"
        "  FROM texts, (SELECT unnest($stemmers) AS stemmer))"
        " SELECT word, list(DISTINCT number) FROM ("
        "  SELECT stems.word, asked.number FROM stems JOIN asked USING (stemmer, term)"
        "  UNION ALL SELECT texts.word, prefixes.number FROM texts"
        "  JOIN prefixes ON starts_with(strip_accents(texts.word), prefixes.prefix)"
        " ) GROUP BY word",
        {"words": " ".join(words), "stemmers": stemmers},
    ).fetchall()
    return {word: set(numbers) for word, numbers in rows}


def _found(ranks: Sequence[Rank]) -> tuple[str, list[object]]:
    """Return a condition for the rows of these articles, and its parameters."""
    days = sorted({day for _, _, day, _ in ranks if day})
    conditions = [f"published_on IN ({', '.join('?' * len(days))})"] if days else []
    if any(day is None for _, _, day, _ in ranks):
        conditions.append("published_on IS NULL")
    marks = ", ".join("?" * len(ranks))
    where = f"({' OR '.join(conditions)}) AND article_id IN ({marks})"
    return where, [*days, *(ident for ident, _, _, _ in ranks)]
