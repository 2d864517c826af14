"""A part of the articles or statements that match a question, newest first.

Parts follow each other as the pages of `warehouse.search_lists` do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import duckdb

from warehouse.search_filters import naming
from warehouse.search_hits import Hit, Rank, read_hits
from warehouse.search_index import Month
from warehouse.search_lists import Place, list_places
from warehouse.search_matches import Matches, find_matches, rows_of
from warehouse.search_statements import SaidHit, statements_looked_at, with_titles
from warehouse.search_tree import Days, Field, Node, all_of, conjuncts, wanted_speakers

_FIRST_LOOK, _MOST_AT_ONCE, _MOST_LOOKS = 100, 500, 5  # articles whose statements are read
# Names between the pieces of an interrupted statement are not part of it.
_ABOUT: Final = """
SELECT DISTINCT said.article_id, said.start_char
FROM (SELECT found.* FROM {quotations}) AS said
JOIN (SELECT found.* FROM {mentions} WHERE {condition}) AS named
    ON named.article_id = said.article_id
    AND named.revision = said.revision
    AND named.start_char >= said.start_char
    AND named.end_char <= said.end_char
WHERE len([
    1 FOR fragment IN said.fragments
    IF named.start_char >= fragment[1] AND named.end_char <= fragment[2]
]) > 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the matches, newest first.

    Attributes:
        hits: The articles of the part.
        statements: The statements of the part, if those were wanted.
        after: Where the next part begins; None if this is the last one.
        matches: How many articles match; without the newer ones if texts were read for a passage.
        looked_at: In how many articles statements were looked for.
    """

    hits: Sequence[Hit] = ()
    statements: Sequence[SaidHit] = ()
    after: Place | None = None
    matches: int = 0
    looked_at: int = 0


def older_articles(
    con: duckdb.DuckDBPyConnection,
    months: Sequence[Month],
    tree: Node,
    *,
    after: Place | None,
    most: int,
) -> Part:
    """Return a part of the articles that match a question.

    Args:
        con: A connection as for `warehouse.search_ranking.rank`.
        months: The months, by the number of their database.
        tree: The question.
        after: Where the part begins; None for the first one.
        most: How many articles it has.
    """
    matches = _find(con, months, tree, after)
    if not matches.count:
        return Part()
    list_places(con, matches, "newest", after=after, most=most + 1)
    ranks: list[Rank] = con.execute(
        "SELECT article_id, revision, published_on, score FROM looked ORDER BY place"
    ).fetchall()
    shown = ranks[:most]
    last = Place(shown[-1][2], shown[-1][0]) if len(ranks) > most else None
    hits = read_hits(con, shown, wanted_speakers(tree))
    return Part(hits=hits, after=last, matches=matches.count)


def older_statements(
    con: duckdb.DuckDBPyConnection,
    months: Sequence[Month],
    tree: Node,
    *,
    about: Field | None = None,
    after: Place | None,
    most: int,
) -> Part:
    """Return a part of the statements that have the words of a question.

    A limited number of articles is looked at, so a part may have few statements or none although
    there are more; then `Part.after` is not None.

    Args:
        con: A connection as for `warehouse.search_ranking.rank`.
        months: The months, by the number of their database.
        tree: The question.
        about: Who or what the statements must name.
        after: Where the part begins; None for the first one.
        most: How many statements it has.
    """
    matches = _find(con, months, tree if about is None else all_of([tree, about]), after)
    if not matches.count:
        return Part()
    found: list[SaidHit] = []
    at, looked_at, size = after, 0, _FIRST_LOOK
    for _ in range(_MOST_LOOKS):
        places = list_places(con, matches, "newest", after=at, most=size, has_first=at is not None)
        looked_at += len(places)
        found += _said(con, tree, about, at) if places else []
        at = places[-1] if len(places) == size else None
        if at is None or len(found) > most:
            break
        size = _MOST_AT_ONCE
    if len(found) > most:
        end = found[most - 1]
        at = Place(end.published_on, end.article_id, end.start_char)
    shown = with_titles(con, found[:most])
    return Part(statements=shown, after=at, matches=matches.count, looked_at=looked_at)


def _find(
    con: duckdb.DuckDBPyConnection, months: Sequence[Month], tree: Node, after: Place | None
) -> Matches:
    """Find the matches; for a passage the newest texts are read, so those of newer days are left out."""
    matches = find_matches(con, months, tree)
    if matches.is_cut and after is not None and isinstance(after.sorted_by, date):
        matches = find_matches(con, months, all_of([*conjuncts(tree), Days(until=after.sorted_by)]))
    return matches


def _said(
    con: duckdb.DuckDBPyConnection, tree: Node, about: Field | None, after: Place | None
) -> list[SaidHit]:
    """Return the statements in the table `looked` that match, after a place."""
    found = statements_looked_at(con, tree)
    if after is not None:
        found = [
            hit
            for hit in found
            if hit.article_id != after.article_id or hit.start_char > after.start_char
        ]
    if about is None or not found:
        return found
    naming = _naming(con, about)
    return [hit for hit in found if (hit.article_id, hit.start_char) in naming]


def _naming(con: duckdb.DuckDBPyConnection, about: Field) -> set[tuple[str, int]]:
    """Return the places of the statements in `looked` that name somebody or something."""
    condition, values = naming(about)
    sql = _ABOUT.format(
        quotations=rows_of(con, "looked", "quotations", "quotations"),
        mentions=rows_of(con, "looked", "mentions", "mentions"),
        condition=condition,
    )
    return set(con.execute(sql, values).fetchall())
