"""Short questions that the flows and commands ask the warehouse."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import Any

import duckdb
import orjson

from warehouse.errors import QueryError
from warehouse.parameters import ITEMS, items

_INTERRUPT_PAUSE_S = 0.02  # an interrupt that comes before the query began is lost

TOTALS = """
SELECT
    (SELECT count(*) FROM sources) AS sources,
    (SELECT count(*) FROM documents) AS documents,
    (SELECT count(*) FROM latest_articles) AS articles,
    (SELECT count(*) FROM articles) AS revisions,
    (SELECT count(*) FROM latest_quotations) AS quotations,
    (SELECT count(*) FROM latest_mentions) AS mentions,
    (SELECT count(*) FROM latest_date_mentions) AS dates
"""
RUNS = """
SELECT flow, state, started_at, seen, appended, known, rejected, round(seconds, 1) AS seconds, detail
FROM run_summary
ORDER BY started_at DESC
LIMIT 5
"""
REJECTION_COUNTS = """
SELECT stage, reason, count(*) AS items, max(rejected_at) AS last_at
FROM rejections
GROUP BY stage, reason
ORDER BY items DESC, stage, reason
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """Rows that the batches of one run appended."""

    articles: int = 0
    quotations: int = 0
    mentions: int = 0
    date_mentions: int = 0
    rejections: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run whose last recorded state is `running`."""

    run_id: str
    flow: str
    started_at: datetime
    recorded_at: datetime
    parameters: str | None
    flow_run_id: str | None
    host: str
    pid: int


def open_runs(con: duckdb.DuckDBPyConnection) -> list[OpenRun]:
    """Return the runs that have not ended, as far as the table `runs` knows."""
    names = list(OpenRun.__slots__)
    rows = con.execute(
        f"SELECT {', '.join(names)} FROM (FROM runs QUALIFY row_number() OVER ("
        " PARTITION BY run_id ORDER BY recorded_at DESC) = 1) WHERE state = 'running'"
    ).fetchall()
    return [OpenRun(**dict(zip(names, row, strict=True))) for row in rows]


def has_source(con: duckdb.DuckDBPyConnection, source_id: str) -> bool:
    """Whether any article came from a source."""
    row = con.execute("SELECT 1 FROM sources WHERE source_id = ? LIMIT 1", [source_id]).fetchone()
    return row is not None


def redo_instant(
    con: duckdb.DuckDBPyConnection, parameters: Mapping[str, object], now: datetime
) -> datetime:
    """Return before which instant rows count as not done, for a run over all rows.

    That is the start of the first run with these parameters of which no later one was
    completed: a run that was stopped is gone on with, not begun again.
    """
    rows = con.execute(
        "SELECT state, started_at FROM (FROM runs QUALIFY row_number() OVER ("
        " PARTITION BY run_id ORDER BY recorded_at DESC) = 1)"
        " WHERE flow = 'reprocess' AND state != 'skipped' AND parameters = ?::JSON"
        " ORDER BY started_at DESC",
        [orjson.dumps(parameters).decode()],
    ).fetchall()
    instant = now
    for state, started_at in rows:
        if state == "completed":
            break
        instant = started_at
    return instant


def known_documents(con: duckdb.DuckDBPyConnection, document_ids: Iterable[str]) -> set[str]:
    """Return those of `document_ids` that need not be analysed again.

    A document that was refused is tried again: the refusal may have been ours.
    """
    rows = con.execute(
        "SELECT DISTINCT document_id FROM documents ANTI JOIN rejections USING (document_id)"
        f" WHERE document_id IN (SELECT {ITEMS})",
        [items(document_ids)],
    ).fetchall()
    return {row[0] for row in rows}


def find_stored(
    con: duckdb.DuckDBPyConnection, sha256: Iterable[str]
) -> dict[str, tuple[str, int]]:
    """Return archive file and offset of the bodies of documents, those that are archived.

    A file of which something was removed comes last: the body may be gone from it.
    """
    rows = con.execute(
        "SELECT sha256, warc_file, warc_offset"
        f" FROM documents WHERE warc_file IS NOT NULL AND sha256 IN (SELECT {ITEMS})"
        " QUALIFY row_number() OVER (PARTITION BY sha256 ORDER BY"
        " warc_file IN (SELECT warc_file FROM archive_removals), fetched_at DESC) = 1",
        [items(sha256)],
    ).fetchall()
    return {sha256: (file, offset) for sha256, file, offset in rows}


def find_polled(
    con: duckdb.DuckDBPyConnection, sha256: Iterable[str], *, since: datetime
) -> dict[str, tuple[str, int]]:
    """Return archive file and offset where the bodies of feeds were stored last.

    Args:
        con: The warehouse.
        sha256: Of the bodies.
        since: Polls before are not looked at: all polls of years are many.
    """
    rows = con.execute(
        "SELECT body_sha256, max_by(warc_file, polled_at), max_by(warc_offset, polled_at)"
        f" FROM polls WHERE polled_at >= ? AND bytes > 0 AND body_sha256 IN (SELECT {ITEMS})"
        " GROUP BY body_sha256",
        [since, items(sha256)],
    ).fetchall()
    return {sha256: (file, offset) for sha256, file, offset in rows}


def run_row_counts(con: duckdb.DuckDBPyConnection, run_id: str) -> RowCounts:
    """Return the rows appended by the batches of a run."""
    names = list(RowCounts.__slots__)
    sums = ", ".join(
        f"coalesce(sum(CAST(rows_appended ->> '{name}' AS INTEGER)), 0)::INTEGER" for name in names
    )
    row = con.execute(f"SELECT {sums} FROM batches WHERE run_id = ?", [run_id]).fetchone()
    return RowCounts(**dict(zip(names, row or (), strict=True)))


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave.

    Attributes:
        types: The type of each column, in DuckDB's words.
        is_cut: There are more rows than these.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool = False


def ask(
    con: duckdb.DuckDBPyConnection, sql: str, *, timeout_s: float, most: int | None = None
) -> Result:
    """Return what a query gives, at most the first `most` rows of it.

    Raises:
        QueryError: DuckDB refused it, it took longer than `timeout_s` seconds, or Ctrl-C
            interrupted it.
    """

    def run() -> Result:
        result = con.execute(sql)
        described = result.description or []
        rows = result.fetchall() if most is None else result.fetchmany(most + 1)
        return Result(
            tuple(column[0] for column in described),
            tuple(str(column[1]) for column in described),
            rows[:most],
            is_cut=most is not None and len(rows) > most,
        )

    # DuckDB looks at no signal while it works, so the query runs beside the thread that does.
    future: Future[Result] = Future()
    try:
        Thread(target=_settle, args=(future, run), daemon=True).start()
        return future.result(timeout=timeout_s)
    except TimeoutError as exc:
        problem = f"took longer than {timeout_s:g} s: narrow it, or raise --timeout"
        raise QueryError(problem) from exc
    except KeyboardInterrupt as exc:
        raise QueryError("interrupted") from exc
    except duckdb.Error as exc:
        raise QueryError(_in_plain_words(str(exc))) from exc
    finally:
        # A query that has not begun yet never will; one that has is told until it ends.
        while not (future.cancel() or future.done()):
            con.interrupt()
            time.sleep(_INTERRUPT_PAUSE_S)


def _settle(future: Future[Result], run: Callable[[], Result]) -> None:
    """Do what a pool of threads does with a task."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(run())
    except BaseException as exc:  # noqa: BLE001  # raised where the result is waited for
        future.set_exception(exc)


def query_rows(
    con: duckdb.DuckDBPyConnection, sql: str, *, timeout_s: float
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names and the rows of a query; raises QueryError as `ask` does."""
    result = ask(con, sql, timeout_s=timeout_s)
    return list(result.columns), result.rows


def _in_plain_words(error: str) -> str:
    if "read-only mode" in error or "disabled by configuration" in error:
        return f"{error.partition(chr(10))[0]} (snapshots are for reading: they cannot be changed, and see no files)"
    return error
