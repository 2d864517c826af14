"""The process of a `LimitedReader`: runs one query at a time on the newest snapshot.

It has an address space of its own, so that the kernel can limit its memory and DuckDB's
crash ends nothing else.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import shutil
import signal
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import duckdb

from warehouse.connect import open_snapshot
from warehouse.errors import QueryError, WarehouseError
from warehouse.folder import DataFolder
from warehouse.migrate import is_current
from warehouse.query_guard import guarded_queries
from warehouse.query_messages import MEMORY_EXCEEDED, Request, packed, spill_folder

_DUCKDB_SHARE = 0.5  # of the memory; the rest is for what DuckDB's own limit does not count
_SPILL_FACTOR = 4  # a sort of the whole warehouse writes about as much as it reads
_PIECE_BYTES = 1_000_000
_FIRST_ROWS = 64  # rows may be long texts
_MOST_ROWS = 10_000
_MOST_ERROR = 2_000  # characters
_STATUS = Path("/proc/self/status")


def work(pipe: Connection) -> None:
    """Run queries until the other end of the pipe is closed; then end the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the asking process decides what Ctrl-C does
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests: SimpleQueue[Request] = SimpleQueue()
    Thread(target=_receive, args=(pipe, requests), daemon=True).start()
    is_limited = False
    while True:
        request = requests.get()
        if not is_limited:
            _limit_memory(request.memory_bytes)
            is_limited = True
        for message in _answer(request):
            pipe.send_bytes(message)


def _receive(pipe: Connection, requests: SimpleQueue[Request]) -> None:
    """Pass requests on; end the process when nobody asks any more, even while a query runs."""
    root = None
    with contextlib.suppress(EOFError, OSError):
        while True:
            # From the process that started this one.
            request = Request(*pickle.loads(pipe.recv_bytes()))  # noqa: S301
            root = request.root
            requests.put(request)
    if root is not None:
        shutil.rmtree(spill_folder(root, os.getpid()), ignore_errors=True)
    os._exit(0)


def _limit_memory(memory_bytes: int) -> None:
    """Let the kernel refuse memory beyond the limit; macOS ignores it, DuckDB's limit remains."""
    if _STATUS.exists():
        # What this process may share with the one that forked it does not count.
        [used] = [line.split()[1] for line in _STATUS.read_text().splitlines() if "VmData" in line]
        most = int(used) * 1024 + memory_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _answer(request: Request) -> Iterator[bytes]:
    """Yield the pickled messages of a request."""
    limits: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{request.memory_bytes * _DUCKDB_SHARE:.0f}B",
        "temp_directory": str(spill_folder(request.root, os.getpid())),
        "max_temp_directory_size": f"{request.memory_bytes * _SPILL_FACTOR}B",
    }
    try:
        with open_snapshot(DataFolder(request.root), limits=limits) as con:
            yield packed("open")
            try:
                for kind, value in _rows(con, request):
                    yield packed(kind, value)
            except (duckdb.OutOfMemoryException, MemoryError):
                yield packed("error", QueryError(MEMORY_EXCEEDED))
            except duckdb.Error as exc:
                yield packed("error", QueryError(_in_plain_words(con, exc)))
            except QueryError as exc:
                yield packed("error", exc)
            except Exception as exc:  # noqa: BLE001  # values that Python cannot represent
                problem = (
                    f"the result cannot be shown ({type(exc).__name__}: {exc}): cast it to VARCHAR"
                )
                yield packed("error", QueryError(problem))
    except WarehouseError as exc:
        yield packed("error", exc)


def _rows(con: duckdb.DuckDBPyConnection, request: Request) -> Iterator[tuple[str, Any]]:
    """Yield the columns, the rows in pieces and the end of a query."""
    for query in guarded_queries(con, request.sql):
        con.execute(query)
    described = con.description or []
    names = tuple(str(column[0]) for column in described)
    yield "columns", (names, tuple(str(column[1]) for column in described))
    left = sys.maxsize if request.most is None else request.most
    size, is_cut = _FIRST_ROWS, False
    while not is_cut and (piece := con.fetchmany(min(size, left + 1))):
        is_cut = len(piece) > left  # one more row tells whether there are more
        yield "rows", piece[:left]
        left -= len(piece)
        size = _next_size(piece, size)
    yield "end", is_cut


def _next_size(piece: list[tuple[Any, ...]], size: int) -> int:
    """Return how many rows the next piece has, so that pieces have about a megabyte."""
    row_bytes = max(
        len(pickle.dumps(piece[:_FIRST_ROWS], protocol=5)) / len(piece[:_FIRST_ROWS]), 1
    )
    return max(1, min(_MOST_ROWS, 8 * size, int(_PIECE_BYTES / row_bytes)))


def _in_plain_words(con: duckdb.DuckDBPyConnection, exc: duckdb.Error) -> str:
    error = str(exc)
    if isinstance(exc, duckdb.CatalogException | duckdb.BinderException) and not is_current(con):
        return f"{error} (an older onrecord made the snapshot: run `onrecord publish`)"
    if "read-only mode" in error or "disabled by configuration" in error:
        return f"{error.partition(chr(10))[0]} (snapshots are read-only and cannot access files)"
    # DuckDB repeats a part of the query, which may be a text that the query made.
    return error if len(error) <= _MOST_ERROR else f"{error[:_MOST_ERROR]} ..."


if __name__ == "__main__":
    work(Connection(int(sys.argv[1])))
