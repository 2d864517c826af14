"""The words of a question in the index: their terms, and how much each of them tells.

`find_terms` creates temporary tables, which replace those of the question before:

    words     number and text of each word or beginning
    asked     number and term of each word for each stemmer
    prefixes  number and letters of each beginning
    terms     month, code, number and articles of each term found
    weights   number and weight of each word that is searched
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from warehouse.search_index import STEMMERS, Month, number_of
from warehouse.search_tree import Leaf, Node, Part, Passage, Word, conjuncts, leaves

COMMON = 10_000  # a word with more articles than this is expensive to search
_LONGEST_ENDING = 5  # letters that a stemmer removes: "strategies" becomes "strategi"

_WORDS = """
SELECT number, word, is_beginning, is_wanted, is_loose
FROM (
    SELECT
        unnest(range(len(CAST($words AS VARCHAR[])))) AS number,
        unnest(CAST($words AS VARCHAR[])) AS word,
        unnest(CAST($beginnings AS BOOLEAN[])) AS is_beginning,
        unnest(CAST($wanted AS BOOLEAN[])) AS is_wanted,
        unnest(CAST($loose AS BOOLEAN[])) AS is_loose
)
"""
_WEIGHTS = """
WITH counted AS (
    SELECT words.number, words.is_wanted, words.is_loose, coalesce(sum(terms.articles), 0) AS articles
    FROM words
    LEFT JOIN terms USING (number)
    GROUP BY ALL
)
SELECT
    number,
    CASE WHEN is_wanted THEN ln(1 + greatest(0, $articles - articles + 0.5) / (articles + 0.5)) ELSE 0 END AS weight
FROM counted
WHERE NOT is_loose OR articles <= greatest($common, (SELECT min(articles) FROM counted WHERE is_loose))
"""
_BEGUN = f"""
UNION ALL
SELECT {{month}}, terms.number, prefixes.number, terms.articles
FROM m{{month}}.terms AS terms, prefixes
WHERE starts_with(terms.term, prefixes.prefix)
    OR starts_with(terms.term, regexp_replace(prefixes.prefix, 'y$', 'i'))
    OR starts_with(prefixes.prefix, terms.term)
    AND length(terms.term) >= greatest(3, length(prefixes.prefix) - {_LONGEST_ENDING})
"""
_ASKED = """
SELECT number, stemmer, is_wanted, strip_accents(stem(word, stemmer)) AS term
FROM words, (SELECT unnest($stemmers) AS stemmer)
WHERE NOT is_beginning
"""
_PREFIXES = """
SELECT number, is_wanted, strip_accents(word) AS prefix
FROM words
WHERE is_beginning
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a question.

    Attributes:
        numbers: Number of each word; as in the temporary tables.
        kept: Numbers of the words that are searched; the others are too common.
    """

    numbers: dict[Part, int]
    kept: frozenset[int]

    def searched(self, leaf: Leaf) -> list[int]:
        """Return the numbers of the words that are searched for a leaf."""
        return sorted({self.numbers[part] for part in parts_of(leaf)} & self.kept)


def parts_of(leaf: Leaf) -> tuple[Part, ...]:
    """Return the words that an article must have for a leaf."""
    if isinstance(leaf, Word):
        return (Part(leaf.text),)
    return leaf.parts if isinstance(leaf, Passage) else ()


def find_terms(con: duckdb.DuckDBPyConnection, months: Sequence[Month], tree: Node) -> Terms:
    """Look up the words of a question and create the temporary tables.

    A word that most articles contain ("the") distinguishes nothing and is the most expensive.
    In a large warehouse it is left out, unless it is the rarest of the question. A word without
    articles is kept.
    """
    numbers = _number(con, tree)
    make(
        con,
        "terms",
        _terms(con, len(months), has_beginnings=any(part.is_beginning for part in numbers)),
    )
    articles = sum(month.articles for month in months)
    make(con, "weights", _WEIGHTS, {"articles": articles, "common": max(COMMON, articles // 2)})
    con.execute("DELETE FROM asked WHERE number NOT IN (SELECT number FROM weights)")
    rows = con.execute("SELECT number FROM weights").fetchall()
    return Terms(numbers, frozenset(row[0] for row in rows))


def make(
    con: duckdb.DuckDBPyConnection, table: str, sql: str, values: dict[str, object] | None = None
) -> None:
    """Create a temporary table from a query; it replaces one of the same name."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}", values or {})


def _number(con: duckdb.DuckDBPyConnection, tree: Node) -> dict[Part, int]:
    """Create the tables `words`, `asked` and `prefixes`; return the number of each word."""
    wanted: dict[Part, bool] = {}
    for leaf, is_wanted in leaves(tree):
        for part in parts_of(leaf):
            wanted[part] = wanted.get(part, False) or is_wanted
    loose = set(_loose(tree, wanted))
    make(
        con,
        "words",
        _WORDS,
        {
            "words": [part.text for part in wanted],
            "beginnings": [part.is_beginning for part in wanted],
            "wanted": list(wanted.values()),
            "loose": [part in loose for part in wanted],
        },
    )
    make(con, "asked", _ASKED, {"stemmers": sorted({*STEMMERS.values(), "none"})})
    make(con, "prefixes", _PREFIXES)
    return {part: number for number, part in enumerate(wanted)}


def _loose(tree: Node, parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the words that may be left out if most articles contain them.

    A word that each hit must have distinguishes nothing if most articles have it. The words of a
    passage are found in the text.
    """
    demanded = {Part(node.text) for node in conjuncts(tree) if isinstance(node, Word)}
    strict = {Part(leaf.text) for leaf, _ in leaves(tree) if isinstance(leaf, Word)} - demanded
    yield from (part for part in parts if not part.is_beginning and part not in strict)


def _terms(con: duckdb.DuckDBPyConnection, months: int, *, has_beginnings: bool) -> str:
    """Return the query of the table `terms`.

    A beginning stands for all terms that may be stems of words with it: longer ones, shorter ones,
    and those in which an English "y" became "i" ("ferry", "ferri").
    """
    rows = con.execute("SELECT DISTINCT term FROM asked ORDER BY term").fetchall()
    keys = ", ".join(str(number_of(term)) for (term,) in rows) or "NULL"
    words = " UNION ALL ".join(
        f"SELECT {month} AS month, number AS code, term, stemmer, articles"
        f" FROM m{month}.terms WHERE key IN ({keys})"
        for month in range(months)
    )
    sql = f"SELECT month, code, number, articles FROM ({words}) JOIN asked USING (term, stemmer)"
    if has_beginnings:
        sql += "".join(_BEGUN.format(month=month) for month in range(months))
    return sql
