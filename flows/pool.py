"""A pool of processes that kills a task at its deadline and continues with the next.

Extraction and feed parsing have no timeout of their own, and both have crashed natively.
So each task runs in a process that can be killed, and a task that is lost is returned as
a `Lost` value. Processes are replaced after a number of tasks, because one hostile page
raises the memory peak of its process for good.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, TimeoutError  # noqa: A004  # pebble raises this class
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from flows.errors import WorkersError
from flows.events import WorkerEnded
from flows.logs import log

T = TypeVar("T")
R = TypeVar("R")

_BROKEN = (
    'see the error above; a script starts them below `if __name__ == "__main__":` and is a file, '
    "because each process reads it again"
)

_NO_FILE = (
    "the script comes from standard input, and each process reads it again: save it as a file"
)

# Forking this process would also copy locks that threads of DuckDB and Prefect hold.
START_METHOD = "forkserver"
PRELOAD = "flows.preloaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOptions:
    """Limits of a pool.

    Attributes:
        processes: Number of processes; None for one per core.
        deadline_s: Wall seconds that one task may take.
        memory_bytes: Address space of one process; None for no limit.
        tasks_per_process: A process is replaced after so many tasks.
    """

    processes: int | None = None
    deadline_s: float = 20.0
    memory_bytes: int | None = 1_000_000_000
    tasks_per_process: int = 1000


@dataclass(frozen=True, slots=True)
class Lost:
    """A task without a result: its `code` is `timeout` or `crash`."""

    code: str
    detail: str


def start_forkserver() -> None:
    """Start the process that workers are forked from, if it does not run yet.

    It loads what they share while this process goes on.
    """
    multiprocessing.set_forkserver_preload([PRELOAD])
    forkserver.ensure_running()


class DeadlinePool:
    """The pool; use it as a context manager, so that no process outlives it.

    Attributes:
        processes: How many tasks run side by side.
    """

    def __init__(
        self,
        options: PoolOptions,
        *,
        start: Callable[..., None],
        arguments: tuple[object, ...],
    ) -> None:
        """Set up the pool; no process is started before the first task.

        Args:
            options: Limits of the pool.
            start: Called with `arguments` in each new process.
            arguments: Arguments of `start`.

        Raises:
            WorkersError: The running script is no file, so processes cannot read it.
        """
        _check_main()
        self._deadline_s = options.deadline_s
        self.processes = options.processes or len(os.sched_getaffinity(0))
        multiprocessing.set_forkserver_preload([PRELOAD])
        self._pool = ProcessPool(
            max_workers=self.processes,
            max_tasks=options.tasks_per_process,
            initializer=_start,
            initargs=(options.memory_bytes, start, arguments),
            context=multiprocessing.get_context(START_METHOD),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind:
            self._pool.stop()  # type: ignore[no-untyped-call]
        else:
            self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()

    def submit(self, function: Callable[..., R], *arguments: object) -> Future[R]:
        """Schedule one task; raise WorkersError if processes end at their start."""
        try:
            future: Future[R] = self._pool.schedule(
                function, args=arguments, timeout=self._deadline_s
            )
        except RuntimeError as exc:
            raise WorkersError(_BROKEN) from exc
        return future

    def map(
        self,
        function: Callable[..., R],
        tasks: Iterable[tuple[T, tuple[object, ...]]],
        *,
        ahead: int,
    ) -> Iterator[tuple[T, R | Lost]]:
        """Yield each task with its result, in the order given.

        Args:
            function: A function that a process can import by its name.
            tasks: Tasks with the arguments that the function is called with.
            ahead: How many tasks per process are scheduled at a time, which bounds memory.
        """
        pending: deque[tuple[T, Future[R]]] = deque()
        for task, arguments in tasks:
            pending.append((task, self.submit(function, *arguments)))
            while len(pending) >= ahead * self.processes:
                first, future = pending.popleft()
                found = self.result(future)
                yield first, found
        while pending:
            first, future = pending.popleft()
            found = self.result(future)
            yield first, found

    async def run(self, function: Callable[..., R], *arguments: object) -> R | Lost:
        """Return the result of one task without blocking the event loop."""
        future: Future[R] = self.submit(function, *arguments)
        waiting = asyncio.wrap_future(future)
        await asyncio.wait([waiting])
        waiting.exception()  # asyncio logs exceptions that nobody has retrieved
        return self.result(future)

    def result(self, future: Future[R]) -> R | Lost:
        """Wait for a task and return its result; raise WorkersError if processes end at their start."""
        try:
            return future.result()
        except TimeoutError:
            lost = Lost("timeout", f"took more than {self._deadline_s:g} s")
        except ProcessExpired as exc:
            lost = Lost("crash", f"its worker died with exit code {exc.exitcode}")
        except BrokenProcessPool as exc:
            raise WorkersError(_BROKEN) from exc
        log(WorkerEnded(reason=lost.code, detail=lost.detail))
        return lost


def _check_main() -> None:
    """Raise WorkersError for a script from standard input: processes would end at their start."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if getattr(main, "__spec__", None) is None and file is not None and not Path(file).exists():
        raise WorkersError(_NO_FILE)


def _start(
    memory_bytes: int | None, start: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    if memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    start(*arguments)
