"""Runs queries with a time limit; the queries of the `status` command."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Any, TypeVar

import duckdb
import orjson

from warehouse.errors import QueryError

_T = TypeVar("_T")

# DuckDB's Python client looks for pandas at every element of a list parameter: 20,000 keys
# take four seconds. One string of JSON takes no measurable time.
ITEMS = "unnest(from_json(CAST(? AS JSON), '[\"VARCHAR\"]'))"
_PIECE_ROWS = 10_000
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
    (SELECT count(*) FROM latest_date_mentions) AS dates
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


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a query.

    Attributes:
        columns: Name of each column.
        types: DuckDB type of each column.
        rows: The rows.
        is_cut: Whether the query has more rows.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool = False


class RowStream:
    """The rows of a running query, read piece by piece, so that memory stays bounded.

    Attributes:
        columns: Name of each column.
        types: DuckDB type of each column.
        count: Rows read so far.
        is_cut: Whether the query has more than the requested rows, known at the end.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, sql: str, *, timeout_s: float, most: int | None = None
    ) -> None:
        """Start a query.

        Args:
            con: A connection that runs no other query before the rows are read.
            sql: The query.
            timeout_s: Maximum seconds that DuckDB works; time between the pieces is not
                counted.
            most: Maximum number of rows; None for all.

        Raises:
            QueryError: As for `ask`.
        """
        self._limit = _TimeLimit(con, timeout_s)
        self._con = con
        self._most = most
        described = self._limit.call(lambda: con.execute(sql).description) or []
        self.columns = tuple(str(column[0]) for column in described)
        self.types = tuple(str(column[1]) for column in described)
        self.count = 0
        self.is_cut = False

    def __iter__(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield lists of rows; raise QueryError as `ask` does."""
        while piece := self._limit.call(lambda: self._con.fetchmany(self._wanted())):
            if self._most is not None and self.count + len(piece) > self._most:
                self.is_cut = True
                piece = piece[: self._most - self.count]
            self.count += len(piece)
            if piece:
                yield piece
            if self.is_cut:
                return

    @property
    def distinct_columns(self) -> list[str]:
        """The names of the columns; a number is added to a name that an earlier one has."""
        seen: dict[str, int] = {}
        names = []
        for column in self.columns:
            seen[column] = seen.get(column, 0) + 1
            names.append(column if seen[column] == 1 else f"{column}_{seen[column]}")
        return names

    def _wanted(self) -> int:
        if self._most is None:
            return _PIECE_ROWS
        return min(_PIECE_ROWS, self._most - self.count + 1)  # one more tells whether it is cut


def ask(
    con: duckdb.DuckDBPyConnection, sql: str, *, timeout_s: float, most: int | None = None
) -> Result:
    """Run a query and return its result, at most the first `most` rows.

    Raises:
        QueryError: The query failed, took longer than `timeout_s` seconds, or was
            interrupted by Ctrl-C.
    """
    stream = RowStream(con, sql, timeout_s=timeout_s, most=most)
    rows = [row for piece in stream for row in piece]
    return Result(stream.columns, stream.types, rows, is_cut=stream.is_cut)


class _TimeLimit:
    """Runs calls of DuckDB that together may take a number of seconds."""

    def __init__(self, con: duckdb.DuckDBPyConnection, timeout_s: float) -> None:
        self._con = con
        self._timeout_s = timeout_s
        self._left_s = timeout_s

    def call(self, work: Callable[[], _T]) -> _T:
        # DuckDB does not handle signals while it works, so it works in another thread.
        started = time.monotonic()
        future: Future[_T] = Future()
        try:
            Thread(target=_settle, args=(future, work), daemon=True).start()
            return future.result(timeout=max(self._left_s, 0.0))
        except TimeoutError as exc:
            problem = (
                f"the query took longer than {self._timeout_s:g} s: narrow it, or raise --timeout"
            )
            raise QueryError(problem) from exc
        except KeyboardInterrupt as exc:
            raise QueryError("interrupted") from exc
        except duckdb.Error as exc:
            raise QueryError(_in_plain_words(str(exc))) from exc
        finally:
            # A call that has not started is cancelled; a running one is interrupted until it ends.
            while not (future.cancel() or future.done()):
                self._con.interrupt()
                time.sleep(_INTERRUPT_PAUSE_S)
            self._left_s -= time.monotonic() - started


def _settle(future: Future[_T], work: Callable[[], _T]) -> None:
    """Run a function and settle its future, as a thread pool does."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as exc:  # noqa: BLE001  # raised by the waiting thread
        future.set_exception(exc)


def query_rows(
    con: duckdb.DuckDBPyConnection, sql: str, *, timeout_s: float
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return column names and rows of a query.

    Raises:
        QueryError: As for `ask`.
    """
    result = ask(con, sql, timeout_s=timeout_s)
    return list(result.columns), result.rows


def _in_plain_words(error: str) -> str:
    if "read-only mode" in error or "disabled by configuration" in error:
        return f"{error.partition(chr(10))[0]} (snapshots are read-only and cannot access files)"
    return error
