"""Evaluates the tree of a question over the full-text index (BM25, Robertson 1994).

Three steps, each over what the step before left. Postings tell which words an article has and
its score. Rows tell source, language, day, speakers and names. The text tells which passages it
really has: it is read from the best article on, until there are enough. A step that cannot know
something assumes what keeps the article. The question is data: its words and names reach
DuckDB only as parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

import duckdb

from warehouse.search_filters import fact, passage, people
from warehouse.search_hits import Rank
from warehouse.search_index import Month
from warehouse.search_places import documents_with
from warehouse.search_terms import Terms, find_terms, make
from warehouse.search_tree import (
    All,
    Days,
    Field,
    InStory,
    Leaf,
    Node,
    Not,
    Passage,
    Some,
    Sources,
    Word,
    conjuncts,
    leaves,
)

K1, B = 1.2, 0.75  # the usual values for BM25
_EVERYTHING = 2**62
# How many texts are read at once. DuckDB finds up to 50 rows by their number; for more of them it
# reads all texts once.
_PIECES = (50, 5_000, _EVERYTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How many articles are wanted, and in which order.

    Attributes:
        limit: Maximum number of articles; None for all.
        is_newest_first: Sort by day instead of by score.
    """

    limit: int | None = None
    is_newest_first: bool = False


def rank(
    con: duckdb.DuckDBPyConnection, months: Sequence[Month], tree: Node, order: Order
) -> list[Rank]:
    """Return the articles that match a tree, best or newest first.

    Args:
        con: A connection with the databases `m0`, `m1`, ... of the months and `snapshot`. It
            has the tables `asked` and `prefixes` afterwards, which `read_hits` uses.
        months: The months, by the number of their database.
        tree: The question.
        order: How many are wanted, and in which order.
    """
    if not months:
        return []
    return Ranking(con, months, tree, order, find_terms(con, months, tree)).ranks()


@dataclass(slots=True)
class Ranking:
    """One evaluation of a tree; its temporary tables replace those of the one before."""

    con: duckdb.DuckDBPyConnection
    months: Sequence[Month]
    tree: Node
    order: Order
    terms: Terms
    known: dict[Leaf, str] = field(default_factory=dict)
    wanted: list[int] = field(init=False)
    among: str = ""

    def __post_init__(self) -> None:
        """Choose the months that may have matches; what all of their articles have is known."""
        days = [node for node in conjuncts(self.tree) if isinstance(node, Days)]
        wanted = [
            number
            for number, month in enumerate(self.months)
            if all(month.may_have(one.since, one.until) for one in days)
        ]
        self.wanted = wanted or [0]  # a query needs one; its articles match on no day either
        for one in days:
            if all(self.months[at].is_within(one.since, one.until) for at in self.wanted):
                self.known[one] = "true"
        self._find_places()

    def _find_places(self) -> None:
        """Create the table `among` of the articles that have all places that each match must have."""
        found = {
            leaf: sql
            for leaf in conjuncts(self.tree)
            if isinstance(leaf, Field) and (sql := documents_with(leaf, self.wanted)) is not None
        }
        if found:
            make(self.con, "among", " INTERSECT ".join(f"({sql})" for sql in found.values()))
            self.known |= dict.fromkeys(found, "true")
            self.among = "SEMI JOIN among USING (month, document)"

    def ranks(self) -> list[Rank]:
        """Return the articles that match, in the wanted order."""
        scored = self._scored()
        if not self._later_leaves() and not self.order.is_newest_first:
            rows = self.con.execute(
                f"FROM ({scored}) ORDER BY score DESC, month DESC, document LIMIT {self._limit}",
                self._bm25(),
            ).fetchall()
            return _named(self.con, [(row[0], row[1], row[2]) for row in rows])
        make(self.con, "scored", scored, self._bm25())
        self._find_candidates()
        self._order()
        return list(islice(self._found(), self._limit))

    def matches(self, most_texts: int) -> bool:
        """Create the table `matches` of month, document and score, in no order.

        Args:
            most_texts: How many texts are read for passages; the newest.

        Returns:
            Whether there may be more matches, because older texts were not read.
        """
        later = self._later_leaves()
        if not later:
            make(self.con, "matches", f"SELECT month, document, score FROM ({self._scored()})",
                 self._bm25())  # fmt: skip
            return False
        make(self.con, "scored", self._scored(), self._bm25())
        has_passages = any(isinstance(leaf, Passage) for leaf in later)
        has_people = any(
            isinstance(leaf, Field | InStory)
            and leaf not in self._facts()[0]
            and documents_with(leaf, self.wanted) is None
            for leaf in later
        )
        self._find_candidates(has_keys=has_passages or has_people)
        columns = "SELECT month, document, score"
        if not has_passages:
            make(
                self.con, "matches", f"{columns} FROM candidates WHERE {self._condition(self.tree)}"
            )
            return False
        self._order(by_day=True)
        values = self._read_passages()
        row = self.con.execute(
            "SELECT count(*) = count(published_on) FROM ordered WHERE place <= ?", [most_texts]
        ).fetchone()
        found = _BY_DAY if row and row[0] else _BY_KEY
        texts = _WITH_TEXTS.format(found=found)
        where = f"place > $first AND place <= $last AND {self._condition(self.tree)}"
        make(self.con, "matches", f"{columns} FROM {texts} WHERE {where}",
             values | {"first": 0, "last": most_texts})  # fmt: skip
        row = self.con.execute("SELECT count(*) FROM ordered").fetchone()
        return bool(row and row[0] > most_texts)

    @property
    def _limit(self) -> int:
        return _EVERYTHING if self.order.limit is None else self.order.limit

    def _later_leaves(self) -> list[Leaf]:
        """Return the different leaves that are not words, without those that hold for all."""
        later = (leaf for leaf, _ in leaves(self.tree) if not isinstance(leaf, Word))
        return list(dict.fromkeys(leaf for leaf in later if leaf not in self.known))

    def _bm25(self) -> dict[str, object]:
        articles = sum(month.articles for month in self.months)
        words = sum(month.words for month in self.months)
        return {"k": K1, "b": B, "mean": max(1.0, words / max(1, articles))}

    def _scored(self) -> str:
        """Return a query for month, document, score and words of the articles that may match."""
        columns = "".join(f", bool_or(number = {at}) AS w{at}" for at in sorted(self.terms.kept))
        found = f"FROM ({self._postings()}) {self.among}"
        counted = (
            "SELECT month, document, sum(weight * times * ($k + 1)"
            f"  / (times + $k * (1 - $b + $b * words / $mean))) AS score{columns}"
            f" FROM ({found}) JOIN terms USING (month, code) JOIN weights USING (number)"
            " GROUP BY month, document"
        )
        words = "".join(f", coalesce(w{at}, false) AS w{at}" for at in sorted(self.terms.kept))
        where = self._condition(self.tree)
        if not self._is_possible_without_words():
            return f"SELECT * FROM ({counted}) WHERE {where}"
        documents = " UNION ALL ".join(
            f"SELECT {month} AS month, document FROM m{month}.documents" for month in self.wanted
        )
        return (
            f"SELECT * FROM (SELECT month, document, coalesce(score, 0) AS score{words}"
            f" FROM (FROM ({documents}) {self.among}) LEFT JOIN ({counted}) USING (month, document)) WHERE {where}"
        )

    def _postings(self) -> str:
        """Return a query for the postings of the months that have every demanded word."""
        demanded = {
            number
            for node in conjuncts(self.tree)
            if isinstance(node, Word)
            for number in self.terms.searched(node)
        }
        rows = self.con.execute(
            "SELECT month, list(DISTINCT code ORDER BY code) FROM terms SEMI JOIN weights"
            " USING (number) GROUP BY month"
            " HAVING count(DISTINCT number) FILTER (number IN (SELECT unnest(?))) >= ? ORDER BY month",
            [[*demanded] or [-1], len(demanded)],
        ).fetchall()
        return (
            " UNION ALL ".join(
                f"SELECT {month} AS month, term AS code, document, times, words"
                f" FROM m{month}.postings WHERE term IN ({', '.join(map(str, codes))})"
                for month, codes in rows
                if month in self.wanted
            )
            or "SELECT 0 AS month, 0 AS code, 0 AS document, 0 AS times, 0 AS words WHERE false"
        )

    def _is_possible_without_words(self) -> bool:
        """Whether an article with none of the words may match."""
        sql = self._condition(self.tree, has_words=False)
        row = self.con.execute(f"SELECT {sql}").fetchone()
        return bool(row and row[0])

    def _condition(self, node: Node, *, is_wanted: bool = True, has_words: bool = True) -> str:
        """Return a condition that holds for each article that may match.

        Args:
            node: The tree.
            is_wanted: Whether what is not known yet is assumed to match.
            has_words: Whether the article may have the words.
        """
        if isinstance(node, Not):
            inner = self._condition(node.node, is_wanted=not is_wanted, has_words=has_words)
            return f"(NOT {inner})"
        if isinstance(node, All | Some):
            inner = (" AND " if isinstance(node, All) else " OR ").join(
                self._condition(one, is_wanted=is_wanted, has_words=has_words) for one in node.nodes
            )
            return f"({inner})"
        if (sql := self.known.get(node)) is not None:
            return sql
        if isinstance(node, Word) or (isinstance(node, Passage) and is_wanted):
            numbers = self.terms.searched(node)
            return (
                f"({' AND '.join(f'w{at}' for at in numbers) or 'true'})" if has_words else "false"
            )
        return str(is_wanted).lower()

    def _find_candidates(self, *, has_keys: bool = True) -> None:
        """Create the table `candidates`: the articles that pass the filters.

        Keys are long, so they are left out if nothing is looked up by them.
        """
        names, values = self._facts()
        columns = "".join(f", {sql} AS {name}" for sql, name in names.values())
        keys = ", article_id, revision, published_on" if has_keys else ""
        parts = " UNION ALL ".join(
            f"SELECT {number} AS month, document{keys}{columns} FROM m{number}.documents"
            for number in self.wanted
        )
        self.known |= {leaf: name for leaf, (_, name) in names.items()}
        make(
            self.con,
            "candidates",
            f"FROM ({parts}) JOIN scored USING (month, document)"
            f" WHERE {self._condition(self.tree)}",
            values,
        )
        self._find_people()

    def _order(self, *, by_day: bool = False) -> None:
        """Create the table `ordered`: the candidates that still may match, in order.

        It is the wanted order; with `by_day`, newest first.
        """
        days = "published_on DESC NULLS LAST"
        first = days if by_day or self.order.is_newest_first else "score DESC"
        if not self.terms.kept:  # all scores are equal
            first = days
        make(
            self.con,
            "ordered",
            f"SELECT *, row_number() OVER (ORDER BY {first}, month DESC, document) AS place"
            f" FROM candidates WHERE {self._condition(self.tree)}",
        )

    def _facts(self) -> tuple[dict[Leaf, tuple[str, str]], dict[str, object]]:
        """Return condition and column of each leaf about a row of the index; and parameters."""
        found: dict[Leaf, tuple[str, str]] = {}
        values: dict[str, object] = {}
        for at, leaf in enumerate(self._later_leaves()):
            if isinstance(leaf, Field | Days | Sources) and (told := fact(leaf, f"f{at}")):
                found[leaf] = (told[0], f"f{at}")
                values |= told[1]
        return found, values

    def _find_people(self) -> None:
        """Add a column to `candidates` for each speaker, name and story of the question."""
        for at, leaf in enumerate(self._later_leaves()):
            if isinstance(leaf, Field | InStory) and leaf not in self.known:
                key = "article_id, revision"
                if (sql := documents_with(leaf, self.wanted)) is not None:
                    key = "month, document"
                    make(self.con, "people", sql)
                else:
                    make(self.con, "people", *people(leaf))
                self.known[leaf] = f"p{at}"
                make(
                    self.con,
                    "candidates",
                    f"SELECT candidates.*, people.{key.partition(',')[0]} IS NOT NULL AS p{at}"
                    f" FROM candidates LEFT JOIN people USING ({key})",
                )

    def _found(self) -> Iterator[Rank]:
        """Yield the articles in order, after a look into their texts for passages."""
        values = self._read_passages()
        where = self._condition(self.tree)
        row = self.con.execute("SELECT count(*) FROM ordered").fetchone()
        last = 0
        for size in _PIECES if values else (_EVERYTHING,):
            first, last = last, min(last + size, row[0] if row else 0)
            found = _BY_ROW if size == _PIECES[0] else _BY_KEY
            texts = _WITH_TEXTS.format(found=found) if values else "ordered"
            piece = {"first": first, "last": last, "limit": self._limit}
            if first < last:
                sql = _READ.format(texts=texts, where=where)
                yield from self.con.execute(sql, values | piece).fetchall()

    def _read_passages(self) -> dict[str, object]:
        """Let the condition look into the texts for the passages; return their parameters."""
        values: dict[str, object] = {}
        passages = [leaf for leaf in self._later_leaves() if isinstance(leaf, Passage)]
        for at, leaf in enumerate(passages):
            self.known[leaf], given = passage(leaf, f"t{at}")
            values |= given
        return values


_BY_KEY = """
SEMI JOIN (FROM ordered WHERE place > $first AND place <= $last) AS piece USING (article_id, revision)
"""
# Articles lie by day, so that days pass over most of the texts. A missing day equals no other.
_BY_DAY = _BY_KEY.replace("USING (", "USING (published_on, ")
_BY_ROW = f"WHERE rowid IN (SELECT articles.rowid FROM snapshot.articles AS articles {_BY_KEY})"
_WITH_TEXTS = """
(
    SELECT ordered.*, texts.title, texts.text
    FROM ordered
    INNER JOIN (
        SELECT
            article_id,
            revision,
            strip_accents(lower(nfc_normalize(title))) AS title,
            strip_accents(lower(nfc_normalize(text))) AS text
        FROM snapshot.articles AS articles
        {found}
    ) AS texts USING (article_id, revision)
)
"""
_READ = """
SELECT article_id, revision, published_on, score
FROM {texts}
WHERE place > $first AND place <= $last AND {where}
ORDER BY place
LIMIT $limit
"""


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
