"""Appends batches, each in one transaction with its ledger row.

Inserts are set-based. Anti-joins decide what is new, not constraints: articles are compared
by content, documents, entities, sources and rejections by key. A batch that is appended
again adds nothing, and an interrupted batch leaves nothing. The counts of a batch are read
from the ledger, not from memory, because a commit may be durable although it was not
confirmed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import orjson

from warehouse.errors import BatchRefusedError
from warehouse.folder import DataFolder
from warehouse.spool import Head, SpooledBatch, spooled
from warehouse.staging import (
    AGAIN,
    find_new_revisions,
    insert_again,
    insert_all,
    insert_articles,
    insert_parts,
    insert_unknown,
)

# Tables whose rows are new if their key is new, in the order they are appended.
_KEYS = {
    "documents": "document_id",
    "entities": "entity_id",
    "sources": "source_id",
    "moves": "article_id",
    "rejections": "rejection_id",
}
# Errors that DuckDB raises if rows do not fit a table; others mean that a disk or file failed.
_UNFIT = (
    duckdb.DataError,
    duckdb.IntegrityError,
    duckdb.ProgrammingError,
    duckdb.NotSupportedError,
)

# Tables whose rows are always new: only the ledger prevents duplicates.
_LOGS = ("feeds", "polls", "entries", "fetches", "visits",
         "linked_batches", "fingerprints", "copies", "cluster_merges", "changes", "story_terms", "story_keys",
         "story_members", "story_states", "story_changes", "statement_wordings")  # fmt: skip
# Tables whose rows belong to a revision: they are appended only with a new one.
_PARTS = ("analyses", "quotations", "no_comments", "mentions", "date_mentions",
          "keyphrases", "article_topics")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendCount:
    """Counts of documents by outcome; `seen` is the sum of the others."""

    seen: int = 0
    appended: int = 0
    known: int = 0
    rejected: int = 0

    def __add__(self, other: AppendCount) -> AppendCount:
        return AppendCount(
            seen=self.seen + other.seen,
            appended=self.appended + other.appended,
            known=self.known + other.known,
            rejected=self.rejected + other.rejected,
        )

    def __sub__(self, other: AppendCount) -> AppendCount:
        return AppendCount(
            **{name: getattr(self, name) - getattr(other, name) for name in AppendCount.__slots__}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Outcome of appending the batches that waited in the spool.

    Attributes:
        appended: Number of batches that were appended.
        refused: Batches that could not be appended: their new path and the reason.
    """

    appended: int
    refused: tuple[tuple[Path, str], ...]


def append_batch(
    con: duckdb.DuckDBPyConnection,
    batch: SpooledBatch,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> AppendCount:
    """Append a batch in one transaction and return its count.

    If the ledger already has the batch, nothing is appended.

    Args:
        con: The live file, open for writing.
        batch: The batch on disk; it is not removed.
        on_step: Called with the name of each step before the step.

    Raises:
        BatchRefusedError: Its rows do not fit the tables; none was appended.
        FileNotFoundError: It was removed: another process has appended it.
    """
    head = batch.head
    if (count := ledger_count(con, head.batch_id)) is not None:
        return count
    con.execute("BEGIN")
    try:
        count = _append(con, batch, head, on_step)
        on_step("commit")
        con.execute("COMMIT")
    except BaseException as exc:
        with contextlib.suppress(duckdb.Error):  # a fatal error has closed the instance
            con.execute("ROLLBACK")
        if isinstance(exc, _UNFIT):
            raise BatchRefusedError(batch.path, str(exc).partition("\n")[0]) from exc
        raise
    on_step("committed")
    return count


def append_waiting(con: duckdb.DuckDBPyConnection, folder: DataFolder) -> Recovery:
    """Append the batches that an earlier run left in the spool, oldest first.

    A batch that cannot be read or does not fit is moved to the quarantine folder, so that
    it does not block later ones.
    """
    appended, refused = 0, []
    for batch in spooled(folder.spool):
        with contextlib.suppress(FileNotFoundError):  # its own run has just appended it
            try:
                append_batch(con, batch)
            except BatchRefusedError as exc:
                refused.append((batch.set_aside(folder.quarantine), exc.reason))
                continue
            batch.remove()
            appended += 1
    return Recovery(appended=appended, refused=tuple(refused))


def ledger_count(con: duckdb.DuckDBPyConnection, batch_id: str) -> AppendCount | None:
    """Return the ledger's counts for a batch, None if it was not committed."""
    row = con.execute(
        "SELECT seen, appended, known, rejected FROM batches WHERE batch_id = ?", [batch_id]
    ).fetchone()
    return AppendCount(seen=row[0], appended=row[1], known=row[2], rejected=row[3]) if row else None


def run_count(con: duckdb.DuckDBPyConnection, run_id: str) -> AppendCount:
    """Return the sum of the ledger's counts for all batches of a run."""
    names = list(AppendCount.__slots__)
    sums = ", ".join(f"coalesce(sum({name}), 0)::INTEGER" for name in names)
    row = con.execute(f"SELECT {sums} FROM batches WHERE run_id = ?", [run_id]).fetchone()
    return AppendCount(**dict(zip(names, row or (), strict=True)))


def append_rows(
    con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[dict[str, object]]
) -> None:
    """Append a few rows to a bookkeeping table; columns are matched by name."""
    for row in rows:
        columns = ", ".join(row)
        marks = ", ".join("?" * len(row))
        con.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))


def _append(
    con: duckdb.DuckDBPyConnection,
    batch: SpooledBatch,
    head: Head,
    on_step: Callable[[str], None],
) -> AppendCount:
    files = batch.tables
    places = {*_KEYS, *_LOGS, *AGAIN, "articles", *(_PARTS if "articles" in files else ())}
    if strangers := set(files) - places:
        raise BatchRefusedError(batch.path, f"no table for its {min(strangers)}")
    added: dict[str, int] = {}
    for table, key in _KEYS.items():
        if table in files:
            on_step(table)
            added[table] = insert_unknown(con, table, key, files[table], head.batch_id)
    for table in _LOGS:
        if table in files:
            on_step(table)
            added[table] = insert_all(con, table, files[table], head.batch_id)
    appended = 0
    if "articles" in files:
        on_step("articles")
        find_new_revisions(con, files["articles"])
        appended = insert_articles(con, files["articles"], head.batch_id, added)
        added["articles"] = appended
        for table in _PARTS:
            if table in files:
                on_step(table)
                added[table] = insert_parts(con, table, files[table], head.batch_id)
    if AGAIN.keys() & files.keys():
        on_step("again")
        appended += insert_again(con, files, head.batch_id, added)
    count = AppendCount(
        seen=head.seen,
        appended=appended,
        known=head.seen - appended - head.rejected,
        rejected=head.rejected,
    )
    _insert_ledger(con, head, count, added)
    return count


def _insert_ledger(
    con: duckdb.DuckDBPyConnection, head: Head, count: AppendCount, added: dict[str, int]
) -> None:
    con.execute(
        "INSERT INTO batches (batch_id, run_id, committed_at, seen, appended, known, rejected,"
        " rows_appended) VALUES (?, ?, now(), ?, ?, ?, ?, ?)",
        [head.batch_id, head.run_id, count.seen, count.appended, count.known, count.rejected,
         orjson.dumps(added).decode()],
    )  # fmt: skip
