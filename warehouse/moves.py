"""What the warehouse knows of articles that moved to another address."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from warehouse.linking import listed
from warehouse.sql_files import read_sql


def known_moves(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the key of each article that moved, by the key that its new address would have.

    An address that has an article of its own, stored before the move was seen, keeps it.
    """
    rows = con.execute(
        "SELECT article_id, known_article_id FROM moves ANTI JOIN articles USING (article_id)"
    ).fetchall()
    return dict(rows)


def newest_texts(con: duckdb.DuckDBPyConnection, articles: Iterable[str]) -> dict[str, str]:
    """Return the newest text of each of some articles that the warehouse has."""
    rows = con.execute(read_sql("edits", "newest_texts"), {"articles": listed(articles)}).fetchall()
    return dict(rows)


def moved_article(con: duckdb.DuckDBPyConnection, url: str) -> str | None:
    """Return the article that moved to an address, None if none did."""
    if not con.execute("FROM duckdb_tables() WHERE table_name = 'moves'").fetchall():
        return None  # a snapshot of an older version
    row = con.execute(
        "SELECT known_article_id FROM moves WHERE canonical_url = ? LIMIT 1",
        [url],
    ).fetchone()
    return str(row[0]) if row else None
