"""Appends what was computed again for articles that are in the warehouse.

Such rows name the revision that they belong to. They go in only where the warehouse has
that revision with that very headline and text; a new revision only where no run has
made one since. So what was overtaken adds nothing, and is stale still.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

from warehouse.staging import columns_of, execute, staged_rows

# Name in the spool to table: under their own names rows belong to new documents.
AGAIN: Final = {
    "again_articles": "articles",
    "again_analyses": "analyses",
    "again_quotations": "quotations",
    "again_mentions": "mentions",
    "again_date_mentions": "date_mentions",
}


def append_again(
    con: duckdb.DuckDBPyConnection,
    files: Mapping[str, Path],
    batch_id: str,
    added: dict[str, int],
) -> int:
    """Append the rows of one batch; return how many articles they brought anew.

    Args:
        con: The live file, in a transaction.
        files: The file of each name in the spool.
        batch_id: The batch.
        added: Gets the number of rows of each table.
    """
    if "again_articles" in files:
        added["articles"] = added.get("articles", 0) + _insert_revisions(
            con, files["again_articles"], batch_id
        )
    appended = _find_revisions(con, files["again_analyses"]) if "again_analyses" in files else 0
    for name, table in AGAIN.items():
        if name in files and table != "articles":
            added[table] = added.get(table, 0) + _insert_parts(con, table, files[name], batch_id)
    return appended


def _insert_revisions(con: duckdb.DuckDBPyConnection, file: Path, batch_id: str) -> int:
    names = [name for name, _ in columns_of(con, "articles") if name != "batch_id"]
    listed = ", ".join(names)
    return execute(
        con,
        f"INSERT INTO articles ({listed}, batch_id) SELECT {listed}, $batch_id"
        f" FROM ({staged_rows(con, 'articles', file)}) AS staged"
        " ANTI JOIN articles AS present"
        " ON present.article_id = staged.article_id AND present.revision >= staged.revision",
        file,
        batch_id,
    )


def _find_revisions(con: duckdb.DuckDBPyConnection, file: Path) -> int:
    """Keep in `again_revisions` which of the revisions the warehouse has; return how many."""
    key = "article_id, revision, content_sha256"
    rows = staged_rows(con, "analyses", file, content_sha256="VARCHAR")
    # By the one column first: the others are then read where it fits, not in every row.
    row = con.execute(
        "CREATE OR REPLACE TEMP TABLE again_revisions AS"
        f" WITH staged AS (SELECT DISTINCT {key} FROM ({rows})),"
        f" present AS (SELECT {key} FROM articles SEMI JOIN staged USING (article_id))"
        f" SELECT {key} FROM staged SEMI JOIN present USING ({key})",
        {"path": str(file)},
    ).fetchone()
    return int(row[0]) if row else 0


def _insert_parts(con: duckdb.DuckDBPyConnection, table: str, file: Path, batch_id: str) -> int:
    names = [name for name, _ in columns_of(con, table) if name != "batch_id"]
    listed = ", ".join(names)
    return execute(
        con,
        f"INSERT INTO {table} ({listed}, batch_id) SELECT {listed}, $batch_id"
        f" FROM ({staged_rows(con, table, file, content_sha256='VARCHAR')}) AS staged"
        " SEMI JOIN again_revisions USING (article_id, revision, content_sha256)",
        file,
        batch_id,
    )
