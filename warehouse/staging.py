"""Inserts into the tables from the files of a spooled batch, typed by the catalog.

Anti-joins on keys decide what is new. Rows that were computed again for known articles
name the revision they belong to. They are appended only if the warehouse has that revision
with the same headline and text, and a new revision only if no other run has made one
since. Outdated rows are skipped, and their articles stay stale.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

# Files of recomputed rows and their tables. Files named after a table belong to new documents.
AGAIN: Final = {
    "again_articles": "articles",
    "again_analyses": "analyses",
    "again_quotations": "quotations",
    "again_no_comments": "no_comments",
    "again_mentions": "mentions",
    "again_date_mentions": "date_mentions",
    "again_keyphrases": "keyphrases",
    "again_article_topics": "article_topics",
}
_NEW_REVISIONS: Final = importlib.resources.files("warehouse").joinpath("new_revisions.sql")
# DuckDB allocates twice the maximum row size, even for a small file. A longer row is not an
# article, and a row cannot be longer than its file.
_USUAL_ROW_BYTES: Final = 16_777_216
_LARGEST_ROW_BYTES: Final = 268_435_456  # fits a 50 MB page of three-byte characters, escaped


def find_new_revisions(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Create the table `new_revisions` for a file of articles.

    It has the articles whose headline and text are new, with their new revision.
    """
    parameters = {"path": str(file), "row_bytes": _row_bytes(file)}
    con.execute(_NEW_REVISIONS.read_text("utf-8"), parameters)


def insert_articles(
    con: duckdb.DuckDBPyConnection, file: Path, batch_id: str, added: dict[str, int]
) -> int:
    """Append the articles that are in `new_revisions`; return how many.

    `added` receives the number of rows of `later_revisions`, if there are any.
    """
    ours = ("revision", "revision_cause", "batch_id")
    names = [name for name, _ in _columns_of(con, "articles") if name not in ours]
    listed = ", ".join(names)
    staged = ", ".join(f"staged.{name}" for name in names)
    later = con.execute(
        "SELECT article_id, revision FROM new_revisions WHERE revision > 1"
    ).fetchall()
    if later:
        con.executemany(
            "INSERT INTO later_revisions (article_id, revision, batch_id) VALUES (?, ?, ?)",
            [(*row, batch_id) for row in later],
        )
        added["later_revisions"] = len(later)
    return _execute(
        con,
        f"INSERT INTO articles ({listed}, revision, revision_cause, batch_id)"
        f" SELECT {staged}, new_revisions.revision,"
        " CASE WHEN new_revisions.revision = 1 THEN 'first' ELSE 'edited' END, $batch_id"
        f" FROM (SELECT *, row_number() OVER () AS line FROM ({_staged_rows(con, 'articles', file)})) AS staged"
        " JOIN new_revisions USING (line)",
        file,
        batch_id,
    )


def insert_parts(con: duckdb.DuckDBPyConnection, table: str, file: Path, batch_id: str) -> int:
    """Append the annotations of the articles in `new_revisions`; return how many rows."""
    names = [name for name, _ in _columns_of(con, table) if name not in ("revision", "batch_id")]
    listed = ", ".join(names)
    staged = ", ".join(f"staged.{name}" for name in names)
    return _execute(
        con,
        f"INSERT INTO {table} ({listed}, revision, batch_id)"
        f" SELECT DISTINCT {staged}, new_revisions.revision, $batch_id"
        f" FROM ({_staged_rows(con, table, file, content_sha256='VARCHAR')}) AS staged"
        " JOIN new_revisions USING (article_id, content_sha256)",
        file,
        batch_id,
    )


def insert_unknown(
    con: duckdb.DuckDBPyConnection, table: str, key: str, file: Path, batch_id: str
) -> int:
    """Append the rows whose key the table does not have; return how many.

    The first of several rows with one key counts.
    """
    names = [name for name, _ in _columns_of(con, table) if name != "batch_id"]
    listed = ", ".join(names)
    return _execute(
        con,
        f"INSERT INTO {table} ({listed}, batch_id)"
        f" SELECT {listed}, $batch_id"
        f" FROM (SELECT *, row_number() OVER () AS line FROM ({_staged_rows(con, table, file)}))"
        f" AS staged ANTI JOIN {table} AS present USING ({key})"
        f" QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY line) = 1",
        file,
        batch_id,
    )


def insert_all(con: duckdb.DuckDBPyConnection, table: str, file: Path, batch_id: str) -> int:
    """Append every row of a file; return how many."""
    listed = ", ".join(name for name, _ in _columns_of(con, table) if name != "batch_id")
    return _execute(
        con,
        f"INSERT INTO {table} ({listed}, batch_id) SELECT {listed}, $batch_id"
        f" FROM ({_staged_rows(con, table, file)})",
        file,
        batch_id,
    )


def insert_again(
    con: duckdb.DuckDBPyConnection,
    files: Mapping[str, Path],
    batch_id: str,
    added: dict[str, int],
) -> int:
    """Append the recomputed rows of a batch; return how many articles they belong to.

    Args:
        con: The live file, in a transaction.
        files: The file of each name in `AGAIN`; other names are ignored.
        batch_id: The batch.
        added: Receives the number of rows per table.
    """
    if "again_articles" in files:
        added["articles"] = added.get("articles", 0) + _insert_revisions(
            con, files["again_articles"], batch_id, added
        )
    appended = _find_revisions(con, files["again_analyses"]) if "again_analyses" in files else 0
    for name, table in AGAIN.items():
        if name in files and table != "articles":
            count = _insert_parts_again(con, table, files[name], batch_id)
            added[table] = added.get(table, 0) + count
    return appended


def _insert_revisions(
    con: duckdb.DuckDBPyConnection, file: Path, batch_id: str, added: dict[str, int]
) -> int:
    names = [name for name, _ in _columns_of(con, "articles") if name != "batch_id"]
    listed = ", ".join(names)
    new = (
        f"FROM ({_staged_rows(con, 'articles', file)}) AS staged"
        " ANTI JOIN articles AS present"
        " ON present.article_id = staged.article_id AND present.revision >= staged.revision"
    )
    key = "article_id, revision"
    later = _execute(
        con,
        f"INSERT INTO later_revisions ({key}, batch_id) SELECT {key}, $batch_id {new} WHERE revision > 1",
        file,
        batch_id,
    )
    if later:
        added["later_revisions"] = added.get("later_revisions", 0) + later
    return _execute(
        con,
        f"INSERT INTO articles ({listed}, batch_id) SELECT {listed}, $batch_id {new}",
        file,
        batch_id,
    )


def _find_revisions(con: duckdb.DuckDBPyConnection, file: Path) -> int:
    """Create the table `again_revisions` of the revisions that exist; return how many."""
    key = "article_id, revision, content_sha256"
    rows = _staged_rows(con, "analyses", file, content_sha256="VARCHAR")
    # The semi-join on one column comes first: the others are then read for its matches only.
    row = con.execute(
        "CREATE OR REPLACE TEMP TABLE again_revisions AS"
        f" WITH staged AS (SELECT DISTINCT {key} FROM ({rows})),"
        f" present AS (SELECT {key} FROM articles SEMI JOIN staged USING (article_id))"
        f" SELECT {key} FROM staged SEMI JOIN present USING ({key})",
        {"path": str(file)},
    ).fetchone()
    return int(row[0]) if row else 0


def _insert_parts_again(
    con: duckdb.DuckDBPyConnection, table: str, file: Path, batch_id: str
) -> int:
    names = [name for name, _ in _columns_of(con, table) if name != "batch_id"]
    listed = ", ".join(names)
    return _execute(
        con,
        f"INSERT INTO {table} ({listed}, batch_id) SELECT {listed}, $batch_id"
        f" FROM ({_staged_rows(con, table, file, content_sha256='VARCHAR')}) AS staged"
        " SEMI JOIN again_revisions USING (article_id, revision, content_sha256)",
        file,
        batch_id,
    )


def _columns_of(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Return the columns of a table with their types, in order."""
    # duckdb_columns() would bind all views first, which takes five times as long.
    rows = con.execute(f"DESCRIBE main.{table}").fetchall()
    return [(name, kind) for name, kind, *_ in rows]


def _staged_rows(con: duckdb.DuckDBPyConnection, table: str, file: Path, **more: str) -> str:
    """Return a query for the rows of `$path`; `more` are columns that the table lacks."""
    columns = dict(_columns_of(con, table)) | more
    typed = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    return (
        "SELECT * FROM read_json($path, format = 'newline_delimited',"
        f" maximum_object_size = {_row_bytes(file)}, columns = {{{typed}}})"
    )


def _row_bytes(file: Path) -> int:
    """Return an upper bound for the longest row of a file."""
    return min(max(file.stat().st_size, _USUAL_ROW_BYTES), _LARGEST_ROW_BYTES)


def _execute(con: duckdb.DuckDBPyConnection, sql: str, file: Path, batch_id: str) -> int:
    """Run an insert from a file and return how many rows it added."""
    row = con.execute(sql, {"path": str(file), "batch_id": batch_id}).fetchone()
    return int(row[0]) if row else 0
