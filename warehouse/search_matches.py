"""All matches of a question, as the temporary table `matches`: month, document and score.

There may be a million of them, so their keys are looked up only for the few that are wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from warehouse.search_index import UNDATED, Month
from warehouse.search_ranking import Order, Ranking
from warehouse.search_terms import find_terms, make
from warehouse.search_tree import Node

# A passage is looked for in the texts of the articles that have its words. Texts are large, but those
# of the newest articles lie together.
MOST_TEXTS: Final = 1_000

_KEYS: Final = "article_id, revision, published_on, source_id, language"
_SAME: Final = "matches.month DESC, matches.document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The matches of a question.

    Attributes:
        count: How many there are.
        is_cut: Whether there may be more: only the newest texts were read for a passage.
        has_scores: Whether their scores differ; without words they do not.
        months: The months of the index.
    """

    count: int
    is_cut: bool = False
    has_scores: bool = True
    months: Sequence[Month] = ()


def find_matches(
    con: duckdb.DuckDBPyConnection,
    months: Sequence[Month],
    tree: Node,
    *,
    most_texts: int = MOST_TEXTS,
) -> Matches:
    """Create the table `matches`, and tell how many there are.

    Args:
        con: A connection as for `warehouse.search_ranking.rank`.
        months: The months, by the number of their database.
        tree: The question.
        most_texts: How many texts are read for passages, the newest.
    """
    if not months:
        make(con, "matches", "SELECT 0 AS month, 0 AS document, 0.0 AS score WHERE false")
        return Matches(count=0)
    terms = find_terms(con, months, tree)
    ranking = Ranking(con, months, tree, Order(), terms)
    is_cut = ranking.matches(most_texts)
    row = con.execute("SELECT count(*) FROM matches").fetchone()
    return Matches(
        count=int(row[0]) if row else 0,
        is_cut=is_cut,
        has_scores=bool(terms.kept),
        months=months,
    )


def choose(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    table: str,
    *,
    first: int = 0,
    most: int,
    is_newest_first: bool,
) -> None:
    """Create a table of some matches with their keys: a part of them in order.

    Its columns are `article_id`, `revision`, `published_on`, `source_id`, `language`, `score` and
    `place`, which counts the matches from 1 on.

    Args:
        con: The connection that has the table `matches`.
        matches: What `find_matches` has told.
        table: Name of the new table.
        first: How many matches are passed over.
        most: How many are wanted.
        is_newest_first: The order; without it, best first.
    """
    by_day = is_newest_first or not matches.has_scores
    source, order = "matches", f"matches.score DESC, {_SAME}"
    if by_day:
        days = documents(_newest_months(con, matches, first + most), "published_on")
        source = f"matches JOIN ({days}) AS documents USING (month, document)"
        order = f"documents.published_on DESC NULLS LAST, {_SAME}"
    make(
        con,
        "chosen",
        f"SELECT *, $first + row_number() OVER () AS place FROM (SELECT matches.month,"
        f" matches.document, matches.score FROM {source} ORDER BY {order}"
        " LIMIT $most OFFSET $first)",
        {"first": first, "most": most},
    )
    rows = con.execute("SELECT DISTINCT month FROM chosen ORDER BY month").fetchall()
    keyed = documents([month for (month,) in rows], _KEYS)
    make(con, table, f"SELECT {_KEYS}, score, place FROM chosen JOIN ({keyed}) USING (month, document)")  # fmt: skip


def rows_of(con: duckdb.DuckDBPyConnection, chosen: str, table: str, transform: str | None) -> str:
    """Return what stands after FROM for the rows of a large table about chosen matches.

    The views say the same, but are read as a whole.

    Args:
        con: The connection that has the table of chosen matches.
        chosen: Name of that table.
        table: A table of the snapshot; its columns are known by their own names.
        transform: The transform that fills it: rows that a newer run replaced are left out.
    """
    row = con.execute(f"SELECT count(*) > count(published_on) FROM {chosen}").fetchone()
    # Rows lie by day, so that most of the table is passed over. A missing day equals no other.
    day = "" if row and row[0] else "published_on, "
    newest = "" if transform is None else _NOT_REPLACED.format(transform=transform)
    return (
        f"snapshot.{table} AS found SEMI JOIN {chosen} USING ({day}article_id, revision) {newest}"
    )


_NOT_REPLACED: Final = """
ANTI JOIN snapshot.analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = '{transform}'
    AND replacing.replaces_batch_id = found.batch_id
    AND replacing.article_id = found.article_id
    AND replacing.revision = found.revision
"""


def documents(months: Iterable[int], columns: str) -> str:
    """Return a query for columns of the articles of some months."""
    return (
        " UNION ALL ".join(
            f"SELECT {month} AS month, document, {columns} FROM m{month}.documents"
            for month in months
        )
        or f"SELECT 0 AS month, document, {columns} FROM m0.documents WHERE false"
    )


def _newest_months(con: duckdb.DuckDBPyConnection, matches: Matches, most: int) -> list[int]:
    """Return the newest months that have so many matches together; the undated ones come last."""
    counts = dict(con.execute("SELECT month, count(*) FROM matches GROUP BY month").fetchall())
    newest = sorted(
        counts, key=lambda at: (matches.months[at].month != UNDATED, matches.months[at].month)
    )
    chosen: list[int] = []
    count = 0
    while newest and count < most:
        chosen.append(newest.pop())
        count += counts[chosen[-1]]
    return chosen
