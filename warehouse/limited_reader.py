"""Readers' queries in a process of their own, which ends at the limits of time and memory.

DuckDB cannot interrupt every function, counts only a part of its memory, and has functions
that abort the process. The process is forked, which takes milliseconds. If threads run,
which a fork would leave behind with their locks, a new interpreter is started instead.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from warehouse.errors import QueryError
from warehouse.folder import DataFolder
from warehouse.query_messages import (
    MEMORY_EXCEEDED,
    SHORT_OF_MEMORY,
    Message,
    Request,
    spill_folder,
    unpacked,
)

_START_S = 60.0  # to start the process and to open the snapshot; it takes a tenth of a second
_CRASH_S = 5.0  # a process that has closed its pipe ends by itself, if a core is free
_TASKS = Path("/proc/self/task")
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """What a query may use.

    Attributes:
        timeout_s: Maximum seconds that a query works; time in which nobody takes its rows is
            not counted.
        memory_bytes: Maximum memory of its process; None for half of the machine's.
    """

    timeout_s: float = 60.0
    memory_bytes: int | None = None


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
        self, columns: tuple[str, ...], types: tuple[str, ...], receive: Callable[[], Message]
    ) -> None:
        self.columns, self.types = columns, types
        self.count = 0
        self.is_cut = False
        self._receive = receive

    def __iter__(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield lists of rows; raise QueryError as `LimitedReader.stream` does."""
        kind, value = self._receive()
        while kind == "rows":
            self.count += len(value)
            if value:
                yield value
            kind, value = self._receive()
        self.is_cut = value

    @property
    def distinct_columns(self) -> list[str]:
        """The names of the columns; a number is added to a name that an earlier one has."""
        seen: dict[str, int] = {}
        names = []
        for column in self.columns:
            seen[column] = seen.get(column, 0) + 1
            names.append(column if seen[column] == 1 else f"{column}_{seen[column]}")
        return names


class LimitedReader:
    """Runs queries on the newest snapshot under limits, one at a time; use it in a `with`.

    Each query opens the newest snapshot. The process stays for the next query, unless one
    was ended at a limit. For several queries at a time, use several readers.
    """

    def __init__(self, folder: DataFolder, limits: QueryLimits | None = None) -> None:
        """Set up a reader; no process is started before the first query."""
        limits = limits or QueryLimits()
        self._folder = folder
        self._timeout_s = limits.timeout_s
        self._memory_bytes = limits.memory_bytes or machine_memory() // 2
        self._process: _Process | None = None
        self._is_busy = False
        self._number = 0  # of the query that runs
        self._limit_s = self._left_s = 0.0
        self._is_short = False  # of memory: the process was ended, because its query failed for it

    @property
    def is_busy(self) -> bool:
        """Whether a query runs, or nobody has read all of its rows."""
        return self._is_busy

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def stream(self, sql: str, *, most: int | None = None) -> RowStream:
        """Start a query and return its rows, to be read piece by piece.

        Args:
            sql: Queries that are separated by semicolons; the rows are those of the last one.
            most: Maximum number of rows; None for all.

        Raises:
            QueryError: The query is not allowed, failed, exceeded a limit, crashed its
                process, or was interrupted by Ctrl-C.
            WarehouseError: Nothing was published yet, or the snapshot cannot be read.
        """
        try:
            return self._begin(sql, most)
        except KeyboardInterrupt as exc:
            self.close()
            raise QueryError("interrupted") from exc

    def ask(self, sql: str, *, most: int | None = None) -> Result:
        """Run a query and return its result, at most the first `most` rows.

        Raises:
            QueryError: As for `stream`.
            WarehouseError: As for `stream`.
        """
        stream = self.stream(sql, most=most)
        rows = [row for piece in stream for row in piece]
        return Result(stream.columns, stream.types, rows, is_cut=stream.is_cut)

    def _begin(self, sql: str, most: int | None) -> RowStream:
        if self._is_busy:  # nobody reads the rest of the rows
            self.close()
        is_used, self._is_short = self._process is not None, False
        try:
            return self._send(sql, most)
        except QueryError:
            if not (is_used and self._is_short):
                raise
        # Earlier queries may have left too little memory in the process that has ended.
        return self._send(sql, most)

    def _send(self, sql: str, most: int | None) -> RowStream:
        if self._process is None:
            self._process = _start()
        self._is_busy = True
        self._number += 1
        receive = partial(self._receive, self._number)
        request = Request(self._folder.root, self._memory_bytes, sql, most)
        try:
            self._process.pipe.send_bytes(pickle.dumps(tuple(request)))
        except OSError as exc:
            raise QueryError(self._crash()) from exc
        self._limit_s = self._left_s = _START_S
        receive()
        self._limit_s = self._left_s = self._timeout_s
        _, (columns, types) = receive()
        return RowStream(columns, types, receive)

    def _receive(self, number: int) -> Message:
        """Return the next message of a query; raise errors as `stream` does."""
        if self._process is None or not self._is_busy or number != self._number:
            raise QueryError("the rows of this query are gone: run it again")
        started = time.monotonic()
        try:
            if not self._process.pipe.poll(max(self._left_s, 0.0)):
                self.close()
                raise QueryError(
                    f"the query took longer than {self._limit_s:g} s: narrow it, or raise --timeout "
                    "(ONRECORD_QUERY_TIMEOUT_S)"
                )
            kind, value = unpacked(self._process.pipe.recv_bytes())
        except KeyboardInterrupt as exc:
            self.close()
            raise QueryError("interrupted") from exc
        except (EOFError, OSError, pickle.UnpicklingError) as exc:
            raise QueryError(self._crash()) from exc
        self._left_s -= time.monotonic() - started
        self._is_busy = kind not in {"end", "error"}
        if kind == "error":
            self._is_short = isinstance(value, QueryError) and value.problem in SHORT_OF_MEMORY
            if self._is_short:
                self.close()
            raise self._worded(value)
        return kind, value

    def close(self) -> None:
        """End the process, even if a query runs."""
        self._end(within_s=0.0)

    def _end(self, *, within_s: float) -> int:
        """End the process; return its exit code, negative for a signal."""
        if self._process is None:
            return 0
        process, self._process, self._is_busy = self._process, None, False
        code = process.end(within_s)
        shutil.rmtree(spill_folder(self._folder.root, process.pid), ignore_errors=True)
        return code

    def _worded(self, error: Exception) -> Exception:
        if isinstance(error, QueryError) and error.problem == MEMORY_EXCEEDED:
            return QueryError(f"the query needed {self._too_much}")
        return error

    @property
    def _too_much(self) -> str:
        return (
            f"more than {self._memory_bytes // 1_000_000:,} MB of memory: narrow it, or raise "
            "ONRECORD_QUERY_MEMORY_MB"
        )

    def _crash(self) -> str:
        code = self._end(within_s=_CRASH_S)
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if code in {-signal.SIGKILL, -signal.SIGABRT}:
            return f"the process of the query ended ({name}); it may have needed {self._too_much}"
        return f"the query crashed DuckDB ({name}): write it in another way"


@dataclass(frozen=True, slots=True)
class _Process:
    """A running process: its id and our end of the pipe; `started` unless it was forked."""

    pid: int
    pipe: Connection[bytes, bytes]
    started: subprocess.Popen[bytes] | None = None

    def end(self, within_s: float) -> int:
        """Kill the process if it does not end by itself in some seconds; return its exit code."""
        self.pipe.close()
        deadline = time.monotonic() + within_s
        while (code := self._exit_code()) is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if code is None:
            os.kill(self.pid, signal.SIGKILL)
        while code is None:
            code = self._exit_code()
            time.sleep(0.001)
        return code

    def _exit_code(self) -> int | None:
        """Return the exit code, negative for a signal; None if the process still runs."""
        if self.started is not None:
            return self.started.poll()
        ended, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if ended else None


def _start() -> _Process:
    ours, theirs = Pipe()
    with theirs:
        if _TASKS.exists() and len(list(_TASKS.iterdir())) == 1:
            return _Process(_fork(ours, theirs), ours)
        root = str(Path(__file__).resolve().parents[1])
        paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        started = subprocess.Popen(  # noqa: S603  # our own module
            # -P: no module of the current folder is imported.
            [sys.executable, "-P", "-m", "warehouse.query_worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], env=os.environ | {"PYTHONPATH": paths},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            process_group=0,  # a terminal sends Ctrl-C to the group of this process
        )  # fmt: skip
    return _Process(started.pid, ours, started)


def _fork(ours: Connection[bytes, bytes], theirs: Connection[bytes, bytes]) -> int:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    pid = os.fork()
    if pid == 0:
        try:
            from warehouse.query_worker import work  # noqa: PLC0415  # importing DuckDB starts a thread

            ours.close()
            nowhere = os.open(os.devnull, os.O_RDWR)
            for standard in range(3):
                os.dup2(nowhere, standard)
            work(theirs)
        finally:
            os._exit(1)  # nothing that the other process would do at its end
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def machine_memory() -> int:
    """Return the bytes of memory of this machine, or of the container if it has fewer."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):  # "max": no limit
        return min(machine, int(_CGROUP_LIMIT.read_text()))
    return machine
