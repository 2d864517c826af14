"""A question as a page shows it: some of its matches, with the number and the facets of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb

from warehouse.search_facets import Facets, read_facets
from warehouse.search_hits import Hit, Rank, forms_in, read_hits
from warehouse.search_index import Month
from warehouse.search_matches import MOST_TEXTS, Matches, choose, find_matches
from warehouse.search_nearest import Suggestion, suggest
from warehouse.search_statements import MOST_ARTICLES, SaidHit, find_statements, with_titles
from warehouse.search_tree import Node, wanted_speakers, with_some_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which of the matches are shown.

    Attributes:
        first: Place of the first one, counted from 0.
        most: How many.
        is_newest_first: Sort by day instead of by score.
        as_statements: Statements are shown, not articles.
    """

    first: int = 0
    most: int = 20
    is_newest_first: bool = False
    as_statements: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """Some of the matches of a question, with the number and the facets of all.

    Attributes:
        matches: How many articles match.
        tree: What was asked at last: the question, or some of its words.
        has_all_words: False if no article has all words, and the matches have some of them.
        suggestions: What does not occur, with the nearest words or names that do.
        facets: What the matching articles have in common.
        hits: The articles to show; empty if statements are shown.
        statements: The statements to show; empty if articles are shown.
        found_statements: How many statements there are in the articles that were looked at.
        looked_at: In how many articles statements were looked for.
        forms: The forms of each searched word in what is shown; see `forms_in`.
    """

    matches: Matches
    tree: Node
    has_all_words: bool
    suggestions: tuple[Suggestion, ...]
    facets: Facets
    hits: Sequence[Hit] = ()
    statements: Sequence[SaidHit] = ()
    found_statements: int = 0
    looked_at: int = 0
    forms: Mapping[str, AbstractSet[str]] = field(default_factory=dict)


def explore(
    con: duckdb.DuckDBPyConnection, months: Sequence[Month], tree: Node, shown: Shown
) -> Explored:
    """Return some of the matches of a question, with the number and the facets of all.

    Args:
        con: A connection as for `warehouse.search_ranking.rank`.
        months: The months, by the number of their database.
        tree: The question.
        shown: Which matches are wanted.
    """
    asked = ask(con, months, tree)
    told = Explored(
        matches=asked.matches,
        has_all_words=asked.tree is tree,
        suggestions=asked.suggestions,
        facets=read_facets(con, asked.matches),
        tree=asked.tree,
    )
    forms = forms_in(con, [], set()) if asked.matches.months else {}
    if not shown.as_statements:
        ranks = _ranks(con, asked, shown)
        hits = read_hits(con, ranks, wanted_speakers(asked.tree), forms)
        return replace(told, hits=hits, forms=forms)
    found = find_statements(con, asked.tree, asked.matches, is_newest_first=shown.is_newest_first)
    said = found[shown.first : shown.first + shown.most]
    if said:
        forms |= forms_in(con, [hit.statement for hit in said], {hit.language for hit in said})
    return replace(
        told,
        statements=with_titles(con, said),
        found_statements=len(found),
        looked_at=min(asked.matches.count, MOST_ARTICLES),
        forms=forms,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question after its matches were found.

    Attributes:
        tree: What was asked at last: the question, or some of its words.
        matches: How many articles match it; the table `matches` has them.
        suggestions: What does not occur, with the nearest that does.
    """

    tree: Node
    matches: Matches
    suggestions: tuple[Suggestion, ...] = ()


def ask(
    con: duckdb.DuckDBPyConnection,
    months: Sequence[Month],
    tree: Node,
    *,
    most_texts: int = MOST_TEXTS,
) -> Asked:
    """Find the matches of a question; if no article has all words, those with some of them.

    `most_texts` is how many texts are read for passages.
    """
    matches = find_matches(con, months, tree, most_texts=most_texts)
    if matches.count or not months:
        return Asked(tree, matches)
    nearest = tuple(suggest(con, len(months), tree))
    if (relaxed := with_some_words(tree)) is None:
        return Asked(tree, matches, nearest)
    matches = find_matches(con, months, relaxed)
    return Asked(relaxed if matches.count else tree, matches, nearest)


def read_part(
    con: duckdb.DuckDBPyConnection, asked: Asked, shown: Shown, at_once: int
) -> Iterator[list[Hit]]:
    """Yield some of the matches, with a passage of each, in lists.

    At most `at_once` texts are in memory.
    """
    ranks = _ranks(con, asked, shown)
    speakers = wanted_speakers(asked.tree)
    if shown.is_newest_first or len(ranks) <= at_once:
        yield from _pieces(con, ranks, speakers, at_once)
        return
    # Texts lie by day. In the order of the scores, each piece would read all of them.
    by_day = sorted(ranks, key=lambda rank: rank[2] or date.max)
    hits = {
        (hit.article_id, hit.revision): hit
        for piece in _pieces(con, by_day, speakers, at_once)
        for hit in piece
    }
    yield [hits[rank[:2]] for rank in ranks if rank[:2] in hits]


def _ranks(con: duckdb.DuckDBPyConnection, asked: Asked, shown: Shown) -> list[Rank]:
    """Return the keys and scores of some of the matches, in order."""
    if not asked.matches.count:
        return []
    choose(
        con,
        asked.matches,
        "shown",
        first=shown.first,
        most=shown.most,
        is_newest_first=shown.is_newest_first,
    )
    return con.execute(
        "SELECT article_id, revision, published_on, score FROM shown ORDER BY place"
    ).fetchall()


def _pieces(
    con: duckdb.DuckDBPyConnection, ranks: Sequence[Rank], speakers: Sequence[str], at_once: int
) -> Iterator[list[Hit]]:
    for first in range(0, len(ranks), at_once):
        yield read_hits(con, ranks[first : first + at_once], speakers)
