"""Compares new articles with the watches.

The articles of the batches that no look has seen are indexed in memory and searched there, so a
look costs as much as the new articles, and a watch finds what the search would find. Matches and
look are one transaction: after an interruption, nothing is missing and nothing is there twice.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import duckdb
import orjson

from warehouse.folder import DataFolder
from warehouse.search import open_index
from warehouse.search_filters import name_key, speaks
from warehouse.search_hits import Rank
from warehouse.search_index import STEMMERS, index_in_memory, load_fts
from warehouse.search_ranking import Order, rank
from warehouse.search_terms import parts_of
from warehouse.search_tree import (
    All,
    Field,
    Leaf,
    Node,
    Not,
    Part,
    Passage,
    Some,
    Word,
    leaves,
    wanted_speakers,
)
from warehouse.watches import Match, Watch, append_matches, current_watches, new_look

ARTICLES_AT_ONCE = 2_000  # compared in one step; a step is one transaction

_COPY = importlib.resources.files("warehouse").joinpath("watch_matching.sql")
_BATCHES = """
SELECT batch_id, appended
FROM batches
ANTI JOIN watch_looks USING (batch_id)
WHERE appended > 0 AND committed_at > ?
ORDER BY committed_at
"""


def look(
    con: duckdb.DuckDBPyConnection,
    *,
    now: datetime,
    on_step: Callable[[str], None] = lambda _: None,
) -> int:
    """Compare the articles that no look has seen with all watches; return the new matches.

    Args:
        con: The live file, open for writing.
        now: When the matches are found.
        on_step: Called with the name of each step before the step.

    Raises:
        ExtensionMissingError: The wheel of the full-text extension is not installed.
    """
    watches = current_watches(con)
    if not watches:
        return 0
    found = 0
    for batches in _pieces(con, min(watch.starts_after for watch in watches)):
        matches = _compare(con, watches, batches)
        on_step("append")
        con.execute("BEGIN")
        look_id = new_look()
        found += append_matches(con, matches, look_id=look_id, is_past=False, now=now)
        con.execute(
            "INSERT INTO watch_looks SELECT ?, unnest(CAST(? AS VARCHAR[])), ?",
            [look_id, batches, now],
        )
        on_step("commit")
        con.execute("COMMIT")
    return found


def recent_matches(folder: DataFolder, watch: Watch, *, most: int) -> list[Match]:
    """Return what a watch matches in the published snapshot, newest articles first.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        IndexDamagedError: A file of the index is missing or cannot be read.
    """
    con, months = open_index(folder, watch.tree)
    with con:
        order = Order(limit=most, is_newest_first=True)
        return _matches(con, rank(con, months, watch.tree, order), wanted_speakers(watch.tree))[
            :most
        ]


def newest_commit(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """Return the commit of the newest batch, None if there is none."""
    row = con.execute("SELECT max(committed_at) FROM batches").fetchone()
    return row[0] if row else None


def _pieces(con: duckdb.DuckDBPyConnection, since: datetime) -> Iterator[list[str]]:
    """Yield the batches that no look has seen, with so many articles that they fit in memory."""
    piece: list[str] = []
    articles = 0
    for batch_id, appended in con.execute(_BATCHES, [since]).fetchall():
        if piece and articles + appended > ARTICLES_AT_ONCE:
            yield piece
            piece, articles = [], 0
        piece.append(batch_id)
        articles += appended
    if piece:
        yield piece


def _compare(
    con: duckdb.DuckDBPyConnection, watches: Sequence[Watch], batches: Sequence[str]
) -> dict[str, list[Match]]:
    """Return the matches of each watch in the articles of these batches."""
    load_fts(con)
    con.execute("ATTACH ':memory:' AS snapshot")
    try:
        con.execute("SET VARIABLE batches = CAST(? AS VARCHAR[])", [list(batches)])
        con.execute(_COPY.read_text("utf-8"))
        month = index_in_memory(con)
        occurring = _Occurring(con, [watch.tree for watch in watches])
        found = {}
        for watch in watches:
            if _may_match(watch.tree, occurring):
                ranks = rank(con, [month], watch.tree, Order())
                if ranks := _after(con, ranks, batches, watch.starts_after):
                    found[watch.watch_id] = _matches(con, ranks, wanted_speakers(watch.tree))
        return found
    finally:
        for name in ("m0", "snapshot"):
            con.execute(f"DETACH DATABASE IF EXISTS {name}")


def _after(
    con: duckdb.DuckDBPyConnection, ranks: list[Rank], batches: Sequence[str], since: datetime
) -> list[Rank]:
    """Return the articles of batches after an instant: a newer watch does not see older ones."""
    rows = con.execute(
        "SELECT count(*) FROM batches WHERE list_contains(CAST(? AS VARCHAR[]), batch_id)"
        " AND committed_at <= ?",
        [list(batches), since],
    ).fetchone()
    if not ranks or not (rows and rows[0]):
        return ranks
    keys = con.execute(
        "SELECT article_id, revision FROM main.articles SEMI JOIN batches"
        " ON batches.batch_id = articles.batch_id AND batches.committed_at > ?"
        " WHERE list_contains(CAST(? AS VARCHAR[]), articles.batch_id)",
        [since, list(batches)],
    ).fetchall()
    kept = set(keys)
    return [one for one in ranks if one[:2] in kept]


class _Occurring:
    """The words and names of all watches that occur in the new articles."""

    def __init__(self, con: duckdb.DuckDBPyConnection, trees: Sequence[Node]) -> None:
        asked = {leaf for tree in trees for leaf, _ in leaves(tree)}
        words = {part.text for leaf in asked for part in parts_of(leaf)}
        rows = con.execute(
            "SELECT DISTINCT word FROM"
            " (SELECT word, stemmer, strip_accents(stem(word, stemmer)) AS term"
            "  FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS word), (SELECT unnest(?) AS stemmer))"
            " SEMI JOIN m0.terms AS terms USING (stemmer, term)",
            [sorted(words), sorted({*STEMMERS.values(), "none"})],
        ).fetchall()
        self._words = {row[0] for row in rows}
        self._speakers = _texts(con, "SELECT DISTINCT speaker FROM snapshot.latest_quotations")
        names = _texts(
            con,
            "SELECT DISTINCT text FROM snapshot.latest_mentions UNION SELECT name FROM"
            " snapshot.entities UNION SELECT unnest(aliases) FROM snapshot.entities",
        )
        self._names = {name_key(name) for name in names}

    def has(self, leaf: Leaf) -> bool:
        """Whether an article may match a leaf."""
        if isinstance(leaf, Field) and leaf.name == "speaker":
            return any(speaks(speaker, [leaf.value]) for speaker in self._speakers)
        if isinstance(leaf, Field) and leaf.name == "entity":
            return name_key(leaf.value) in self._names
        if isinstance(leaf, Word | Passage):
            return all(self._has_word(part) for part in parts_of(leaf))
        return True

    def _has_word(self, part: Part) -> bool:
        return part.is_beginning or part.text in self._words


def _texts(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [row[0] for row in con.execute(sql).fetchall() if row[0]]


def _may_match(node: Node, occurring: _Occurring) -> bool:
    """Whether an article may match a tree: most watches match no new article at all."""
    if isinstance(node, Not):
        return True
    if isinstance(node, All):
        return all(_may_match(one, occurring) for one in node.nodes)
    if isinstance(node, Some):
        return any(_may_match(one, occurring) for one in node.nodes)
    return occurring.has(node)


def _matches(
    con: duckdb.DuckDBPyConnection, ranks: Sequence[Rank], speakers: Sequence[str]
) -> list[Match]:
    """Return the matches in ranked articles: the statements by these speakers.

    An article without such a statement is a match as a whole.
    """
    keys = orjson.dumps([{"article_id": one[0], "revision": one[1]} for one in ranks]).decode()
    found: dict[tuple[str, int], list[Match]] = {}
    for values in con.execute(_ARTICLES, [keys]).fetchall():
        found[values[0], values[1]] = [Match(**dict(zip(_OF_ARTICLE, values, strict=True)))]
    if speakers:
        said: dict[tuple[str, int], list[Match]] = {}
        for ident, revision, *row in con.execute(_STATEMENTS, [keys]).fetchall():
            statement = dict(zip(_OF_STATEMENT, row, strict=True))
            if speaks(statement["speaker"], speakers) and (ident, revision) in found:
                match = replace(found[ident, revision][0], **statement)
                said.setdefault((ident, revision), []).append(match)
        found |= said
    return [match for one in ranks for match in found.get(one[:2], [])]


_OF_ARTICLE = ("article_id", "revision", "title", "url", "source_id", "published_at")
_OF_STATEMENT = ("start_char", "speaker", "statement", "fingerprint")
_ASKED = """
SEMI JOIN (
    SELECT unnest(from_json(CAST(? AS JSON), '[{"article_id": "VARCHAR", "revision": "INTEGER"}]'), recursive := true)
) AS asked USING (article_id, revision)
"""
_ARTICLES = f"SELECT {', '.join(_OF_ARTICLE)} FROM snapshot.latest_articles {_ASKED}"
_STATEMENTS = f"""
SELECT article_id, revision, {", ".join(_OF_STATEMENT)}
FROM snapshot.latest_quotations
{_ASKED}
WHERE act = 'speech'
ORDER BY start_char
"""
