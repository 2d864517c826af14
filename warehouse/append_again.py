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
    for name, table in AGAIN.items():
        if name in files:
            insert = _insert_revisions if table == "articles" else _insert_parts
            added[table] = added.get(table, 0) + insert(con, table, files[name], batch_id)
    row = con.execute(
        "SELECT count(*) FROM (SELECT DISTINCT article_id, revision FROM analyses"
        " WHERE batch_id = ?)",
        [batch_id],
    ).fetchone()
    return int(row[0]) if row else 0


def _insert_revisions(con: duckdb.DuckDBPyConnection, table: str, file: Path, batch_id: str) -> int:
    names = [name for name, _ in columns_of(con, table) if name != "batch_id"]
    listed = ", ".join(names)
    return execute(
        con,
        f"INSERT INTO {table} ({listed}, batch_id) SELECT {listed}, $batch_id"
        f" FROM ({staged_rows(con, table, file)}) AS staged"
        " ANTI JOIN articles AS present"
        " ON present.article_id = staged.article_id AND present.revision >= staged.revision",
        file,
        batch_id,
    )


def _insert_parts(con: duckdb.DuckDBPyConnection, table: str, file: Path, batch_id: str) -> int:
    names = [name for name, _ in columns_of(con, table) if name != "batch_id"]
    listed = ", ".join(names)
    return execute(
        con,
        f"INSERT INTO {table} ({listed}, batch_id) SELECT DISTINCT {listed}, $batch_id"
        f" FROM ({staged_rows(con, table, file, content_sha256='VARCHAR')}) AS staged"
        " SEMI JOIN articles USING (article_id, revision, content_sha256)",
        file,
        batch_id,
    )
