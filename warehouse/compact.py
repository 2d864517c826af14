"""Rewrites the live file to reclaim the disk space of deleted and replaced blocks.

A DuckDB file never shrinks by itself. The new file has the same tables, views, indexes,
comments and rows, and replaces the old one in one step. This is the only place where rows
are dropped: old polls, if the user has set a maximum age for them. Articles and their
annotations are sorted by month of publication and, within a month, by publisher. DuckDB
unpacks 2,048 rows to read one, so the articles of one publisher are read many times faster
if they are stored together; the articles of a day are still in few row groups.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connect import open_file, open_locked, open_writable
from warehouse.errors import WarehouseDamagedError, WarehouseUnwritableError
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.health import size
from warehouse.integrity import read_through
from warehouse.lock import writer_lock
from warehouse.quoting import identifier, quoted

_IS_KEPT = (
    "polled_at >= $since OR row_number() OVER (PARTITION BY feed_id"
    " ORDER BY polled_at > now() + INTERVAL 1 HOUR, polled_at DESC) = 1"
)
_KEPT_POLLS = f"INSERT INTO polls BY NAME FROM old.polls QUALIFY {_IS_KEPT}"
_OLD_POLLS = f"SELECT count(*) FROM (FROM polls QUALIFY NOT ({_IS_KEPT}))"
_SCHEMA = """
SELECT table_name, column_name, schema_name, data_type, column_default, is_nullable, comment
FROM duckdb_columns()
WHERE NOT internal AND database_name = $database
UNION ALL BY NAME
SELECT table_name, NULL AS column_name, schema_name, sql, comment
FROM duckdb_tables()
WHERE NOT internal AND database_name = $database
UNION ALL BY NAME
SELECT view_name AS table_name, NULL AS column_name, schema_name, sql, comment
FROM duckdb_views()
WHERE NOT internal AND database_name = $database
UNION ALL BY NAME
SELECT index_name AS table_name, NULL AS column_name, schema_name, sql, comment
FROM duckdb_indexes()
WHERE database_name = $database
"""
# The remaining columns make the order unique, regardless of the order in the old file.
_ORDERED = {
    "articles": "source_id, published_at, article_id, revision",
    "quotations": "source_id, published_at, article_id, revision, start_char, end_char, batch_id",
    "no_comments": "source_id, published_at, article_id, revision, start_char, end_char, batch_id",
    "mentions": "source_id, published_at, article_id, revision, start_char, end_char, batch_id",
    "date_mentions": "source_id, published_at, article_id, revision, start_char, end_char, batch_id",
    "keyphrases": "source_id, published_at, article_id, revision, start_char, end_char, batch_id",
    "article_topics": "source_id, published_at, article_id, revision, level, topic_code, batch_id",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compacted:
    """Size of the live file before and after, in bytes, and the rows of its tables."""

    before: int
    after: int
    rows: int


def compact(
    folder: DataFolder, *, polls_since: datetime | None = None, wait_s: float = 30.0
) -> Compacted:
    """Rewrite the live file; return its size before and after.

    Args:
        folder: The data folder.
        polls_since: Drop polls before this instant, except the last one of each feed,
            from which the next poll starts; None keeps all.
        wait_s: Seconds to wait for another writer.

    Raises:
        WarehouseBusyError: Another process wrote for longer than `wait_s` seconds.
        WarehouseUnwritableError: The disk has no space for a second file.
        WarehouseDamagedError: The files differ in rows or schema; the old one is kept.
    """
    new = folder.live.with_name(f"{folder.live.name}.partial")
    with writer_lock(folder.lock, wait_s=wait_s):
        with open_locked(folder, wait_s=wait_s) as con:
            con.execute("CHECKPOINT")
        before = folder.live.stat().st_size
        try:
            _clear(new)
            _check_room(new, before)
            with replace_file(folder.live, partial=new):
                with open_writable(new) as con:
                    _copy(con, folder.live, polls_since)
                    con.execute("CHECKPOINT")
                tables, old = read_through(new), read_through(folder.live)
                kept = set(old) - _shortened(polls_since)
                if any(tables.get(name) != old[name] for name in kept):
                    raise WarehouseDamagedError(new, "it lacks rows of the live file")
        except OSError as exc:
            raise WarehouseUnwritableError(new, exc.strerror or str(exc)) from exc
        finally:
            _clear(new)
    return Compacted(before, folder.live.stat().st_size, sum(t[0] for t in tables.values()))


def count_old_polls(folder: DataFolder, polls_since: datetime) -> int:
    """Return the number of polls that `compact` would drop."""
    with open_file(folder.live) as con:
        ((count,),) = con.execute(_OLD_POLLS, {"since": polls_since}).fetchall()
    return int(count)


def _clear(path: Path) -> None:
    for left in (path, path.with_name(f"{path.name}.wal")):
        left.unlink(missing_ok=True)


def _shortened(polls_since: datetime | None) -> set[str]:
    return {"polls"} if polls_since else set()


def _check_room(new: Path, needed: int) -> None:
    """Raise an error if the disk has no space for a second file of the same size."""
    free = shutil.disk_usage(new.parent).free
    if free < needed:
        reason = f"up to {size(needed)} needed, {size(free)} free"
        raise WarehouseUnwritableError(new, reason)


def _copy(con: duckdb.DuckDBPyConnection, live: Path, polls_since: datetime | None) -> None:
    """Copy the schema of the live file into an empty one, then its rows."""
    ((new,),) = con.execute("SELECT current_database()").fetchall()
    con.execute(f"ATTACH {quoted(live)} AS old (READ_ONLY)")
    con.execute(f"COPY FROM DATABASE old TO {identifier(new)} (SCHEMA)")
    _copy_rows(con, polls_since)
    differing = {str(row[:2]) for row in _schema(con, "old") ^ _schema(con, new)}
    if differing:
        raise WarehouseDamagedError(live, f"the new file differs in {min(differing)}")
    con.execute("DETACH old")


def _copy_rows(con: duckdb.DuckDBPyConnection, polls_since: datetime | None) -> None:
    tables = con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'old' ORDER BY ALL"
    ).fetchall()
    for schema, table in tables:
        if schema == "main" and table in _shortened(polls_since):
            con.execute(_KEPT_POLLS, {"since": polls_since})
            continue
        if schema == "main" and table in _ORDERED:
            _copy_months(con, table)
            continue
        name = identifier(schema, table)
        con.execute(f"INSERT INTO {name} BY NAME FROM old.{name}")


def _schema(con: duckdb.DuckDBPyConnection, database: str) -> set[tuple[object, ...]]:
    """Return columns, tables, views and indexes of a file, each with its comment."""
    return set(con.execute(_SCHEMA, {"database": database}).fetchall())


def _copy_months(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Copy one month at a time, undated rows last, so that each sort is small.

    One transaction for all of them packs the rows of several months together.
    """
    months = con.execute(
        f"SELECT DISTINCT CAST(date_trunc('month', published_on) AS DATE) FROM old.{table}"
        " ORDER BY 1 NULLS LAST"
    ).fetchall()
    con.execute("BEGIN")
    for (month,) in months:
        where = (
            "published_on BETWEEN $month AND last_day($month)" if month else "published_on IS NULL"
        )
        con.execute(
            f"INSERT INTO {table} BY NAME FROM old.{table} WHERE {where} ORDER BY {_ORDERED[table]}",
            {"month": month} if month else {},
        )
    con.execute("COMMIT")
