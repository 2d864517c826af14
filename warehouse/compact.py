"""Writes the live file anew: deleted and replaced blocks are left behind.

A file of DuckDB never shrinks by itself. The new file has the same tables, views, indexes,
comments and rows, and takes the old one's place in one step. It is the one place where
rows are dropped, and only where the user has set an age for polls. Articles and what was
found in them are put in order: by month of publication, and in it by publisher. DuckDB
unpacks 2,048 rows to read one, so that what one publisher wrote is read many times faster
where it lies together; a day still lies within few row groups.
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
from warehouse.health import read_through, size
from warehouse.lock import writer_lock
from warehouse.quoting import identifier, quoted

_IS_KEPT = (
    "polled_at >= $since OR row_number() OVER (PARTITION BY feed_id ORDER BY polled_at DESC) = 1"
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
# The rest of the order makes it one order, whatever the old file had.
_ORDERED = {
    "articles": "source_id, published_at, article_id, revision",
    "quotations": "source_id, published_at, article_id, revision, start_char, end_char, batch_id",
    "mentions": "source_id, published_at, article_id, revision, start_char, end_char, batch_id",
    "date_mentions": "source_id, published_at, article_id, revision, start_char, end_char, batch_id",
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
    """Write the live file anew and return what that saved.

    Args:
        folder: The data folder.
        polls_since: Leave polls before this instant behind, but for the last one of each
            feed, which the next poll starts from; None keeps all.
        wait_s: Seconds to wait for another writer.

    Raises:
        WarehouseBusyError: Another process writes for longer than `wait_s` seconds.
        WarehouseUnwritableError: The disk has no room for a second file.
        WarehouseDamagedError: The rows or schemas of both files differ; the old one stays.
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
    """Return how many polls `compact` would leave behind."""
    with open_file(folder.live) as con:
        ((count,),) = con.execute(_OLD_POLLS, {"since": polls_since}).fetchall()
    return int(count)


def _clear(path: Path) -> None:
    for left in (path, path.with_name(f"{path.name}.wal")):
        left.unlink(missing_ok=True)


def _shortened(polls_since: datetime | None) -> set[str]:
    return {"polls"} if polls_since else set()


def _check_room(new: Path, needed: int) -> None:
    """Raise where the disk cannot take a second file as large as the first."""
    free = shutil.disk_usage(new.parent).free
    if free < needed:
        reason = f"it may need {size(needed)}, and {size(free)} are free"
        raise WarehouseUnwritableError(new, reason)


def _copy(con: duckdb.DuckDBPyConnection, live: Path, polls_since: datetime | None) -> None:
    """Fill an empty file with the schema of the live one, then with its rows."""
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
    """Return what a file has beside rows: columns, views, indexes, each with its comment."""
    return set(con.execute(_SCHEMA, {"database": database}).fetchall())


def _copy_months(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Copy a month at a time, those without a day last: what is sorted at once stays small.

    All in one transaction: rows of several months are then packed together.
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
