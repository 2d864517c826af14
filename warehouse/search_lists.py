"""The matches of a question as a list in pages, and samples of them.

The next page begins after the day and key of the last article of the page before. So it is
right although a newer snapshot may be published between the two: articles that came in meanwhile
move nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import duckdb

from warehouse.search_matches import Matches, documents
from warehouse.search_terms import make

Sorting = Literal["newest", "oldest", "random"]
Place = tuple[
    str, str
]  # what an article is sorted by: the day or a number made of the key; the key

_KEYS: Final = "article_id, revision, published_on"
_SORTED_BY: Final[dict[Sorting, str]] = {
    "newest": "CAST(published_on AS VARCHAR)",
    "oldest": "CAST(published_on AS VARCHAR)",
    "random": "md5(article_id)",
}
_COLUMNS: Final = (
    "article_id, title, coalesce(url, canonical_url) AS url, source_id, language, published_on,"
    " fetched_at"
)
_RUNS: Final = 8  # of neighbours in a sample


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


def list_matches(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    sorting: Sorting,
    *,
    after: Place | None = None,
    most: int,
    has_texts: bool = False,
) -> tuple[list[Listed], Place | None]:
    """Return a page of the matches, and where the next page begins; None after the last one.

    Args:
        con: The connection that has the table `matches` (see `warehouse.search_matches`).
        matches: What was told of the matches; all have a day.
        sorting: By day and key, or by a number made of the key, which mixes the days.
        after: Where the page begins; None for the first page.
        most: How many articles a page has.
        has_texts: Whether the texts are wanted.
    """
    if not matches.count:
        return [], None
    make(con, "keys", *_page(con, matches, sorting, after, most + 1))
    rows = con.execute(
        "SELECT article_id, revision, published_on, sorted_by FROM keys ORDER BY place"
    ).fetchall()
    last = rows[most - 1] if len(rows) > most else None
    con.execute("DELETE FROM keys WHERE place > ?", [most])
    found = {one.article_id: one for one in _read(con, "keys", has_texts=has_texts)}
    listed = [found[row[0]] for row in rows[:most] if row[0] in found]
    return listed, (last[3], last[0]) if last else None


def _page(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    sorting: Sorting,
    after: Place | None,
    most: int,
) -> tuple[str, dict[str, object]]:
    """Return the query for the keys of a page and its parameters."""
    months = range(len(matches.months)) if sorting == "random" else _months(con, matches, sorting, after, most)  # fmt: skip
    direction, sign = ("DESC", "<") if sorting == "newest" else ("ASC", ">")
    values: dict[str, object] = {"most": most}
    where = ""
    if after is not None:
        where = f"WHERE (sorted_by, article_id) {sign} ($by, $key)"
        values |= {"by": after[0], "key": after[1]}
    order = f"sorted_by {direction}, article_id {direction}"
    keys = (
        f"SELECT {_KEYS}, {_SORTED_BY[sorting]} AS sorted_by"
        f" FROM matches JOIN ({documents(months, _KEYS)}) AS documents USING (month, document)"
    )
    sql = (
        f"SELECT *, row_number() OVER (ORDER BY {order}) AS place"
        f" FROM (FROM ({keys}) {where} ORDER BY {order} LIMIT $most)"
    )
    return sql, values


def _months(
    con: duckdb.DuckDBPyConnection,
    matches: Matches,
    sorting: Sorting,
    after: Place | None,
    most: int,
) -> list[int]:
    """Return the months that have all articles of a page."""
    begins = after[0][:7] if after else None
    found: list[int] = []
    left = most
    for month, at, count in sorted(_counts(con, matches), reverse=sorting == "newest"):
        if begins is not None and (month > begins if sorting == "newest" else month < begins):
            continue
        found.append(at)
        left -= 0 if month == begins else count  # some of its articles are on pages before
        if left <= 0:
            break
    return found


def sample_matches(
    con: duckdb.DuckDBPyConnection, matches: Matches, most: int
) -> Iterator[list[Listed]]:
    """Yield the texts of some matches in lists, the same ones each time.

    Texts are large, and those of one day lie together. So the sample consists of up to eight runs of
    neighbours, at the same distances from each other in the order of the days.
    """
    if not matches.count:
        return
    for first, length in _runs(matches.count, most):
        make(con, "keys", *_run(con, matches, first, length))
        yield list(_read(con, "keys", has_texts=True))


def _runs(count: int, most: int) -> list[tuple[int, int]]:
    """Return the first place and the length of each run of a sample.

    >>> _runs(3, 16), _runs(800, 16)[:3]
    ([(0, 3)], [(49, 2), (149, 2), (249, 2)])
    """
    runs = min(_RUNS, count // most) or 1
    distance = count // runs
    length = min(most // runs, distance)
    return [(distance * at + (distance - length) // 2, length) for at in range(runs)]


def _run(
    con: duckdb.DuckDBPyConnection, matches: Matches, first: int, length: int
) -> tuple[str, dict[str, object]]:
    """Return the query for the keys of neighbours in the order of the days, and its parameters."""
    found: list[int] = []
    before, skipped = 0, 0
    for _, at, count in sorted(_counts(con, matches)):
        if before < first + length and first < before + count:
            skipped = skipped if found else first - before
            found.append(at)
        before += count
    sql = (
        f"SELECT {_KEYS} FROM matches JOIN ({documents(found, _KEYS)}) AS documents"
        " USING (month, document)"
        " ORDER BY published_on, month, document LIMIT $length OFFSET $skipped"
    )
    return sql, {"length": length, "skipped": skipped}


def _counts(con: duckdb.DuckDBPyConnection, matches: Matches) -> list[tuple[str, int, int]]:
    """Return name, number and number of matches of each month that has any."""
    rows = con.execute("SELECT month, count(*) FROM matches GROUP BY month").fetchall()
    return [(matches.months[at].month, at, count) for at, count in rows]


def read_article(con: duckdb.DuckDBPyConnection, article_id: str) -> Listed | None:
    """Return the newest revision of an article with its text; None if there is none."""
    row = con.execute(
        f"SELECT {_COLUMNS}, text FROM snapshot.articles WHERE rowid IN"
        " (SELECT rowid FROM snapshot.articles WHERE article_id = $key) ORDER BY revision DESC",
        {"key": article_id},
    ).fetchone()
    return _listed(row, has_texts=True) if row else None


def _read(con: duckdb.DuckDBPyConnection, keys: str, *, has_texts: bool) -> Iterator[Listed]:
    """Yield the articles whose keys a table has, in no order."""
    columns = _COLUMNS + (", text" if has_texts else "")
    found = (
        f"snapshot.articles AS articles SEMI JOIN {keys} USING (published_on, article_id, revision)"
    )
    row = con.execute(f"SELECT count(*) FROM {keys}").fetchone()
    where = f"FROM {found}"
    if row and row[0] <= _FOUND_BY_NUMBER:
        where = f"FROM snapshot.articles WHERE rowid IN (SELECT articles.rowid FROM {found})"
    for one in con.execute(f"SELECT {columns} {where}").fetchall():
        yield _listed(one, has_texts=has_texts)


_FOUND_BY_NUMBER: Final = 50  # rows that DuckDB finds without reading all


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
