"""The matches of a question in order, page by page.

The next page begins after the last place of the page before, which is given by what the list is
sorted by and by keys. So no match is left out or comes twice if a newer snapshot is published
between two pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

import duckdb

from warehouse.search_index import UNDATED
from warehouse.search_matches import Matches, documents
from warehouse.search_terms import make

Sorting = Literal["newest", "oldest", "random"]

_AFTER_ALL: Final = 1_000_000_000  # no text has so many characters
_KEYS: Final = "article_id, revision, published_on, source_id, language"
_SORTED_BY: Final[dict[Sorting, str]] = {
    "newest": "published_on",
    "oldest": "published_on",
    "random": "md5(article_id)",
}
# The oldest first is the newest first from behind, also within a day.
_ORDERS: Final[dict[Sorting, str]] = {
    "newest": "sorted_by DESC NULLS LAST, article_id",
    "oldest": "sorted_by NULLS LAST, article_id DESC",
    "random": "sorted_by, article_id",
}
_PAGE: Final = """
SELECT *, row_number() OVER (ORDER BY {order}) AS place
FROM (
    SELECT {keys}, score, {sorted_by} AS sorted_by
    FROM matches
    JOIN ({listed}) AS documents USING (month, document)
)
{after}
ORDER BY {order}
LIMIT $most
"""
_COLUMNS: Final = (
    "article_id, title, coalesce(url, canonical_url) AS url, source_id, language, published_on,"
    " fetched_at"
)
_FOUND_BY_NUMBER: Final = 50  # rows that DuckDB finds without reading all


class Place(NamedTuple):
    """A place in a list.

    Attributes:
        sorted_by: The day of the article, None if it is not known; such articles come last. In a
            random order it is a number made of the key, in hexadecimal digits.
        article_id: The article; it orders the articles of one day.
        start_char: First character of a statement in it.
    """

    sorted_by: date | str | None
    article_id: str
    start_char: int = _AFTER_ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article of a list.

    Attributes:
        fetched_at: When its document was acquired, UTC.
        text: Its text; None if it was not asked for.
    """

    article_id: str
    title: str | None
    url: str | None
    source_id: str
    language: str | None
    published_on: date | None
    fetched_at: datetime | None
    text: str | None = None


def list_places(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    sorting: Sorting,
    *,
    after: Place | None,
    most: int,
    has_first: bool = False,
) -> list[Place]:
    """Create the table `looked` of a page of the matches; return their places.

    Its columns are `article_id`, `revision`, `published_on`, `source_id`, `language`, `score` and
    `place`, which counts from 1 on.

    Args:
        con: The connection that has the table `matches` (see `warehouse.search_matches`).
        matches: What was told of the matches.
        sorting: By day and key, or by a number made of the key, which mixes the days.
        after: Where the page begins; None for the first page.
        most: How many articles a page has.
        has_first: Whether the page begins with the article of the place itself.
    """
    months = _months(con, matches, sorting, after, most)
    condition, values = _after(after, sorting, has_first=has_first)
    sql = _PAGE.format(
        keys=_KEYS,
        sorted_by=_SORTED_BY[sorting],
        order=_ORDERS[sorting],
        listed=documents(months, _KEYS),
        after=condition,
    )
    make(con, "looked", sql, values | {"most": most})
    rows = con.execute("SELECT sorted_by, article_id FROM looked ORDER BY place").fetchall()
    return [Place(*row) for row in rows]


def list_matches(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    sorting: Sorting,
    *,
    after: Place | None = None,
    most: int,
    has_texts: bool = False,
) -> tuple[list[Listed], Place | None]:
    """Return a page of the matches, and the last place of it; None for the last page.

    Args:
        con: The connection that has the table `matches`.
        matches: What was told of the matches.
        sorting: As for `list_places`.
        after: Where the page begins; None for the first page.
        most: How many articles a page has.
        has_texts: Whether the texts are wanted.
    """
    if not matches.count:
        return [], None
    places = list_places(con, matches, sorting, after=after, most=most + 1)
    last = places[most - 1] if len(places) > most else None
    con.execute("DELETE FROM looked WHERE place > ?", [most])
    found = {one.article_id: one for one in read_listed(con, "looked", has_texts=has_texts)}
    return [found[at.article_id] for at in places[:most] if at.article_id in found], last


def _after(
    after: Place | None, sorting: Sorting, *, has_first: bool
) -> tuple[str, dict[str, object]]:
    """Return the condition for the matches after a place, and its parameters."""
    if after is None:
        return "", {}
    same = f"article_id {'<' if sorting == 'oldest' else '>'}{'=' if has_first else ''} $key"
    if after.sorted_by is None:
        return f"WHERE sorted_by IS NULL AND {same}", {"key": after.article_id}
    sign = "<" if sorting == "newest" else ">"
    return (
        f"WHERE sorted_by IS NULL OR sorted_by {sign} $by OR sorted_by = $by AND {same}",
        {"key": after.article_id, "by": after.sorted_by},
    )


def _months(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    sorting: Sorting,
    after: Place | None,
    most: int,
) -> list[int]:
    """Return the months that have all articles of a page."""
    counts = dict(con.execute("SELECT month, count(*) FROM matches GROUP BY month").fetchall())
    if sorting == "random":
        return list(counts)
    named = {matches.months[at].month: at for at in counts}
    undated = [UNDATED] if UNDATED in named else []
    dated = sorted(named.keys() - undated, reverse=sorting == "newest")
    begins = _month_of(after) if after else None
    if begins == UNDATED:
        dated = []
    elif begins is not None:
        dated = [name for name in dated if (name <= begins if sorting == "newest" else name >= begins)]  # fmt: skip
    chosen: list[int] = []
    left = most
    for name in [*dated, *undated]:
        if left <= 0:
            break
        chosen.append(named[name])
        left -= 0 if name == begins else counts[named[name]]  # some are on pages before
    return chosen


def _month_of(place: Place) -> str:
    return f"{place.sorted_by:%Y-%m}" if isinstance(place.sorted_by, date) else UNDATED


def read_article(con: duckdb.DuckDBPyConnection, article_id: str) -> Listed | None:
    """Return the newest revision of an article with its text; None if there is none."""
    row = con.execute(
        f"SELECT {_COLUMNS}, text FROM snapshot.articles WHERE rowid IN"
        " (SELECT rowid FROM snapshot.articles WHERE article_id = $key) ORDER BY revision DESC",
        {"key": article_id},
    ).fetchone()
    return _listed(row, has_texts=True) if row else None


def read_listed(con: duckdb.DuckDBPyConnection, keys: str, *, has_texts: bool) -> Iterator[Listed]:
    """Yield the articles whose days and keys a table has, in no order."""
    columns = _COLUMNS + (", text" if has_texts else "")
    found = (
        f"snapshot.articles AS articles SEMI JOIN {keys} USING (published_on, article_id, revision)"
    )
    row = con.execute(f"SELECT count(*), count(*) > count(published_on) FROM {keys}").fetchone()
    count, has_undated = row or (0, False)
    if has_undated:  # a missing day equals no other
        found = found.replace("published_on, ", "")
    where = f"FROM {found}"
    if count <= _FOUND_BY_NUMBER:
        where = f"FROM snapshot.articles WHERE rowid IN (SELECT articles.rowid FROM {found})"
    for one in con.execute(f"SELECT {columns} {where}").fetchall():
        yield _listed(one, has_texts=has_texts)


def _listed(row: Sequence[Any], *, has_texts: bool) -> Listed:
    return Listed(
        article_id=row[0],
        title=row[1],
        url=row[2],
        source_id=row[3],
        language=row[4],
        published_on=row[5],
        fetched_at=row[6],
        text=row[7] if has_texts else None,
    )
