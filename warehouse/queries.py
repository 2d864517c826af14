"""Our own queries: the time limit, and those of the `status` command."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

import duckdb
import orjson

from warehouse.errors import QueryError

_T = TypeVar("_T")

# DuckDB's Python client looks for pandas at every element of a list parameter: 20,000 keys
# take four seconds. One string of JSON takes no measurable time.
ITEMS = "unnest(from_json(CAST(? AS JSON), '[\"VARCHAR\"]'))"
_INTERRUPT_PAUSE_S = 0.02  # interrupts are repeated: one before the query started is lost

TOTALS = """
SELECT
    (SELECT count(*) FROM sources) AS sources,
    (SELECT count(*) FROM documents) AS documents,
    (SELECT count(*) FROM latest_articles) AS articles,
    (SELECT count(*) FROM articles) AS revisions,
    (SELECT count(*) FROM latest_quotations) AS quotations,
    (SELECT count(*) FROM latest_no_comments) AS no_comments,
    (SELECT count(*) FROM latest_mentions) AS mentions,
    (SELECT count(*) FROM latest_date_mentions) AS dates,
    (SELECT count(*) FROM stories WHERE articles > 1) AS stories,
    (SELECT count(DISTINCT article_id) FROM copies) AS copies,
    (SELECT count(*) FROM edits) AS edits
"""
RUNS = """
SELECT flow, state, started_at, seen, appended, known, rejected, round(seconds, 1) AS seconds, detail
FROM run_summary
ORDER BY started_at DESC
LIMIT 5
"""
REJECTION_COUNTS = """
SELECT stage, reason, coalesce(kind, 'fault') AS kind, count(*) AS items, max(rejected_at) AS last_at
FROM rejections
LEFT JOIN refusal_reasons USING (reason)
GROUP BY stage, reason, kind
ORDER BY items DESC, stage, reason
"""
WALL_COUNTS = """
SELECT
    reason,
    count_if(state = 'waiting') AS waiting,
    count_if(state = 'given_up') AS given_up,
    min(next_fetch_at) AS next_fetch_at
FROM walls
GROUP BY reason
ORDER BY waiting DESC, reason
"""


def items(values: Iterable[str]) -> str:
    """Return the value of the parameter in `ITEMS`."""
    return orjson.dumps(list(values)).decode()


def query_rows(
    con: duckdb.DuckDBPyConnection, sql: str, *, timeout_s: float
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return column names and rows of one of our own queries.

    Raises:
        QueryError: The query failed, took longer than `timeout_s` seconds, or was interrupted
            by Ctrl-C.
    """
    rows = _timed(con, timeout_s, lambda: con.execute(sql).fetchall())
    return [str(column[0]) for column in con.description or []], rows


def _timed(con: duckdb.DuckDBPyConnection, timeout_s: float, work: Callable[[], _T]) -> _T:
    # DuckDB does not handle signals while it works, so it works in another thread.
    future: Future[_T] = Future()
    try:
        Thread(target=_settle, args=(future, work), daemon=True).start()
        return future.result(timeout=timeout_s)
    except TimeoutError as exc:
        raise QueryError(f"the query took longer than {timeout_s:g} s") from exc
    except KeyboardInterrupt as exc:
        raise QueryError("interrupted") from exc
    except duckdb.Error as exc:
        raise QueryError(str(exc)) from exc
    finally:
        # A call that has not started is cancelled; a running one is interrupted until it ends.
        while not (future.cancel() or future.done()):
            con.interrupt()
            time.sleep(_INTERRUPT_PAUSE_S)


def _settle(future: Future[_T], work: Callable[[], _T]) -> None:
    """Run a function and settle its future, as a thread pool does."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as exc:  # noqa: BLE001  # raised by the waiting thread
        future.set_exception(exc)
