"""What the warehouse knows of the archive: which documents it has, what was removed."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from warehouse.parameters import ITEMS, items


def acquired_documents(con: duckdb.DuckDBPyConnection, document_ids: Iterable[str]) -> set[str]:
    """Return those of `document_ids` that the warehouse has a row of, refused or not."""
    rows = con.execute(
        f"SELECT DISTINCT document_id FROM documents WHERE document_id IN (SELECT {ITEMS})",
        [items(document_ids)],
    ).fetchall()
    return {row[0] for row in rows}


def removed_so_far(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int, int]]:
    """Return captures, documents and bytes that are recorded as removed, by archive file."""
    rows = con.execute(
        "SELECT warc_file, sum(captures)::BIGINT, sum(documents)::BIGINT, sum(bytes)::BIGINT"
        " FROM archive_removals GROUP BY warc_file"
    ).fetchall()
    return {file: (captures, documents, count) for file, captures, documents, count in rows}
