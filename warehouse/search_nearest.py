"""What a question may have meant: the nearest words and names that do occur.

Nearness is the number of letters to add, remove, replace or swap (Damerau-Levenshtein).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from warehouse.search_tree import Field, Leaf, Node, Passage, Word, leaves, words_in_order

MOST_SUGGESTED = 3  # for each word
_LETTERS_PER_SLIP = 4  # a longer word may have one more wrong letter
_SHORTEST = 4  # letters; almost every shorter word is near to another one


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word or name that does not occur, and the nearest that do, nearest first."""

    written: str
    nearest: tuple[str, ...]


def suggest(con: duckdb.DuckDBPyConnection, months: int, tree: Node) -> Iterator[Suggestion]:
    """Yield a suggestion for each word or name of a question that does not occur.

    Args:
        con: A connection after `warehouse.search_ranking.rank` with the same tree.
        months: Number of months that are attached.
        tree: The question.
    """
    wanted = dict.fromkeys(leaf for leaf, is_wanted in leaves(tree) if is_wanted)
    for written in dict.fromkeys(word for leaf in wanted for word in _words(leaf)):
        if months and len(written) >= _SHORTEST and not _occurs(con, written):
            yield from _suggestion(written, _nearest_words(con, months, written))
    for leaf in wanted:
        if isinstance(leaf, Field) and leaf.name in _NAMES:
            written = " ".join(words_in_order(leaf.value))
            if len(written) >= _SHORTEST:
                yield from _suggestion(leaf.value, _nearest_names(con, leaf.name, written))


def _words(leaf: Leaf) -> list[str]:
    if isinstance(leaf, Word):
        return [leaf.text]
    if isinstance(leaf, Passage):
        return [part.text for part in leaf.parts if not part.is_beginning]
    return []


def _suggestion(written: str, nearest: list[str]) -> Iterator[Suggestion]:
    if nearest:
        yield Suggestion(written, tuple(nearest))


def _occurs(con: duckdb.DuckDBPyConnection, word: str) -> bool:
    rows = con.execute(
        "SELECT 1 FROM words JOIN terms USING (number) WHERE word = ? AND NOT is_beginning LIMIT 1",
        [word],
    ).fetchall()
    return bool(rows)


def _nearest_words(con: duckdb.DuckDBPyConnection, months: int, written: str) -> list[str]:
    """Return words of the index; a stem is shown as the most frequent of its words."""
    terms = " UNION ALL ".join(
        f"SELECT {month} AS month, number, term, stemmer, articles FROM m{month}.terms"
        for month in range(months)
    )
    rows = con.execute(
        _NEAREST_TERMS.format(terms=terms),
        {"written": written, "slips": _slips(written), "most": MOST_SUGGESTED},
    ).fetchall()
    found = [_shown(con, *row) for row in rows]
    return list(dict.fromkeys(word for word in found if word))


def _shown(
    con: duckdb.DuckDBPyConnection, month: int, number: int, term: str, stemmer: str
) -> str | None:
    """Return a word with this stem, from one of the articles that have it."""
    row = con.execute(
        _WORD_OF_TERM.format(month=month), {"number": number, "term": term, "stemmer": stemmer}
    ).fetchone()
    return str(row[0]) if row else None


def _nearest_names(con: duckdb.DuckDBPyConnection, name: str, written: str) -> list[str]:
    rows = con.execute(
        _NEAREST_NAMES.format(names=_NAMES[name]),
        {"written": written, "slips": _slips(written), "most": MOST_SUGGESTED},
    ).fetchall()
    is_known = any(slips == 0 for _, slips in rows)
    return [] if is_known else [name for name, _ in rows]


def _slips(written: str) -> int:
    return max(1, len(written) // _LETTERS_PER_SLIP)


# The stem of what was written is compared with the stems: "ferrys" is near to "ferri" (ferries).
_NEAREST_TERMS = """
WITH stems AS (
    SELECT stemmer, strip_accents(stem($written, stemmer)) AS stem
    FROM (SELECT DISTINCT stemmer FROM asked)
), known AS (
    SELECT term, stemmer, arg_max(month, articles) AS month, arg_max(number, articles) AS number, sum(articles) AS articles
    FROM ({terms})
    WHERE abs(length(term) - length($written)) <= $slips + 3
    GROUP BY term, stemmer
)
SELECT month, number, term, stemmer
FROM (
    SELECT known.*, damerau_levenshtein(known.term, stems.stem) AS slips
    FROM known
    INNER JOIN stems USING (stemmer)
    WHERE abs(length(known.term) - length(stems.stem)) <= $slips
)
WHERE slips <= $slips
ORDER BY slips, articles DESC, term
LIMIT $most
"""
_WORD_OF_TERM = """
SELECT word
FROM (
    SELECT unnest(regexp_extract_all(
        lower(nfc_normalize(concat_ws(' ', articles.title, articles.text))), '[\\p{{L}}\\p{{M}}\\p{{N}}]+'
    )) AS word
    FROM snapshot.articles AS articles
    SEMI JOIN (
        SELECT documents.article_id, documents.revision, documents.published_on
        FROM m{month}.postings AS postings
        INNER JOIN m{month}.documents AS documents USING (document)
        WHERE postings.term = $number
        LIMIT 20
    ) AS chosen
        ON chosen.article_id = articles.article_id
        AND chosen.revision = articles.revision
        AND chosen.published_on IS NOT DISTINCT FROM articles.published_on
)
WHERE strip_accents(stem(word, $stemmer)) = $term
GROUP BY word
ORDER BY count(*) DESC, word
LIMIT 1
"""
# A part of a name may be written alone, so each part is compared, too.
_NEAREST_NAMES = """
SELECT name, slips
FROM (
    SELECT
        name,
        articles,
        list_min(list_transform(
            list_prepend(plain, string_split(plain, ' ')), lambda part: damerau_levenshtein(part, $written)
        )) AS slips
    FROM (
        SELECT name, count(*) AS articles, any_value(strip_accents(lower(name))) AS plain
        FROM ({names})
        WHERE name IS NOT NULL
        GROUP BY name
    )
)
WHERE slips <= $slips
ORDER BY slips, articles DESC, name
LIMIT $most
"""
_NAMES = {
    "speaker": "SELECT speaker AS name FROM snapshot.latest_quotations WHERE act = 'speech'",
    "entity": "SELECT name FROM snapshot.entities",
}
