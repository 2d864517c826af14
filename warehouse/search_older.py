"""The matches of a question part by part, newest first.

A part begins after the last place of the part before, which is given by day and keys. So no match
is left out or comes twice if a newer snapshot is published between two parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import duckdb

from warehouse.search_filters import naming
from warehouse.search_hits import Hit, Rank, read_hits
from warehouse.search_index import UNDATED, Month
from warehouse.search_matches import Matches, documents, find_matches, rows_of
from warehouse.search_statements import SaidHit, statements_looked_at, with_titles
from warehouse.search_terms import make
from warehouse.search_tree import Days, Field, Node, all_of, conjuncts, wanted_speakers

_FIRST_LOOK, _MOST_AT_ONCE, _MOST_LOOKS = 100, 500, 5  # articles whose statements are read
_AFTER_ALL: Final = 1_000_000_000  # no text has so many characters

_KEYS: Final = "article_id, revision, published_on, source_id, language"
_OLDER: Final = """
SELECT {keys}, score, row_number() OVER (ORDER BY published_on DESC NULLS LAST, article_id) AS place
FROM matches
JOIN ({listed}) AS documents USING (month, document)
{after}
ORDER BY published_on DESC NULLS LAST, article_id
LIMIT $most
"""
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


class Place(NamedTuple):
    """A place in a list that is sorted by day, newest first, then by article and character.

    Attributes:
        published_on: Day of the article, None if it is not known; such articles come last.
        article_id: The article.
        start_char: First character of a statement in it.
    """

    published_on: date | None
    article_id: str
    start_char: int = _AFTER_ALL


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
    _choose(con, matches, after, most + 1)
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
        rows = _choose(con, matches, at, size, has_first=at is not None)
        looked_at += len(rows)
        found += _said(con, tree, about, at) if rows else []
        at = Place(*rows[-1]) if len(rows) == size else None
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
    if matches.is_cut and after is not None and after.published_on is not None:
        matches = find_matches(con, months, all_of([*conjuncts(tree), Days(until=after.published_on)]))  # fmt: skip
    return matches


def _choose(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    after: Place | None,
    most: int,
    *,
    has_first: bool = False,
) -> list[tuple[date | None, str]]:
    """Create the table `looked` of matches after a place; return their days and keys.

    `has_first` keeps the article of the place itself.
    """
    sign = ">=" if has_first else ">"
    condition, values = "", dict[str, object](most=most)
    if after is not None and after.published_on is None:
        condition = f"WHERE published_on IS NULL AND article_id {sign} $key"
        values |= {"key": after.article_id}
    elif after is not None:
        condition = (
            "WHERE published_on IS NULL OR published_on < $day"
            f" OR published_on = $day AND article_id {sign} $key"
        )
        values |= {"key": after.article_id, "day": after.published_on}
    listed = documents(_months(con, matches, after, most), _KEYS)
    make(con, "looked", _OLDER.format(keys=_KEYS, listed=listed, after=condition), values)
    return con.execute("SELECT published_on, article_id FROM looked ORDER BY place").fetchall()


def _months(
    con: duckdb.DuckDBPyConnection, matches: Matches, after: Place | None, most: int
) -> list[int]:
    """Return the newest months after a place that have so many matches; the undated come last."""
    counts = dict(con.execute("SELECT month, count(*) FROM matches GROUP BY month").fetchall())
    begins = _sorted_as(after) if after else None
    by_name = {_sorted_as(matches.months[at]): at for at in counts}
    chosen: list[int] = []
    left = most
    for name in sorted(by_name, reverse=True):
        if (begins is not None and name > begins) or left <= 0:
            continue
        chosen.append(by_name[name])
        left -= 0 if name == begins else counts[by_name[name]]  # some of its matches come before
    return chosen


def _sorted_as(at: Place | Month) -> str:
    """Return the name of a month, empty for the undated articles."""
    if isinstance(at, Place):
        return f"{at.published_on:%Y-%m}" if at.published_on else ""
    return "" if at.month == UNDATED else at.month


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
