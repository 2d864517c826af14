"""Short questions that the flows and commands ask the warehouse."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Any

import duckdb
import orjson

from warehouse.errors import QueryError

# DuckDB's Python client looks for pandas at every element of a list parameter: 20,000 keys
# take four seconds. One string of JSON takes no measurable time.
ITEMS = "unnest(from_json(CAST(? AS JSON), '[\"VARCHAR\"]'))"
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


def items(values: Iterable[str]) -> str:
    """Return the parameter for one `ITEMS` in a query."""
    return orjson.dumps(list(values)).decode()


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
