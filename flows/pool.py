"""A pool of processes that kills a task at its deadline and continues with the next.

Extraction and feed parsing have no timeout of their own, and both have crashed natively.
So each task runs in a process that can be killed, and a task that is lost is returned as
a `Lost` value. Processes are replaced after a number of tasks, because one hostile page
raises the memory peak of its process for good.

A task may also be lost because of this machine. A small known task, the probe, tells the
two apart: if the probe is lost too, the machine is at fault and the work stops.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, TimeoutError  # noqa: A004  # pebble raises this class
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from flows.errors import MachineError, WorkersError
from flows.events import WorkerEnded
from flows.logs import log
from flows.losses import Lost
from flows.machine_faults import raise_machine_fault

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
        memory_bytes: Address space that tasks may use above what their process has when it
            has started; None for no limit.
        tasks_per_process: A process is replaced after so many tasks.
    """

    processes: int | None = None
    deadline_s: float = 20.0
    memory_bytes: int | None = 1_000_000_000
    tasks_per_process: int = 1000


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
        probe: Callable[[], object],
    ) -> None:
        """Set up the pool; no process is started before the first task.

        Args:
            options: Limits of the pool.
            start: Called with `arguments` in each new process.
            arguments: Arguments of `start`.
            probe: A small task that every process can do. Its result is a `Lost` value if it
                cannot.

        Raises:
            WorkersError: The running script is no file, so processes cannot read it, or it
                starts processes while one reads it.
        """
        _check_main()
        self._deadline_s, self._memory_bytes = options.deadline_s, options.memory_bytes
        self.processes = options.processes or len(os.sched_getaffinity(0))
        self._probe, self._repair = probe, threading.Lock()
        multiprocessing.set_forkserver_preload([PRELOAD])
        self._make = partial(
            ProcessPool,
            max_workers=self.processes,
            max_tasks=options.tasks_per_process,
            initializer=_start,
            initargs=(options.memory_bytes, start, arguments),
            context=multiprocessing.get_context(START_METHOD),
        )
        self._pool = self._make()

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
        """Schedule one task.

        Raises:
            MachineError: This machine cannot start processes.
        """
        try:
            future: Future[R] = self._pool.schedule(
                _limited, args=(function, *arguments), timeout=self._deadline_s
            )
        except (RuntimeError, BrokenProcessPool) as exc:  # its processes have ended
            raise_machine_fault(exc)
            future = Future()
            future.set_exception(BrokenProcessPool(str(exc)))
        except OSError as exc:
            raise_machine_fault(exc)
            raise
        return future

    def map(
        self,
        function: Callable[..., R],
        tasks: Iterable[tuple[T, tuple[object, ...]]],
        *,
        ahead: int,
        is_retried: bool = True,
    ) -> Iterator[tuple[T, R | Lost]]:
        """Yield each task with its result, in the order given.

        Args:
            function: A function that a process can import by its name.
            tasks: Tasks with the arguments that the function is called with.
            ahead: How many tasks per process are scheduled at a time, which bounds memory.
            is_retried: Whether a task that crashed is tried again alone.

        Raises:
            MachineError: This machine cannot do even a small task.
            WorkersError: Processes end at their start.
        """
        pending: deque[tuple[T, tuple[object, ...], Future[R]]] = deque()
        for task, arguments in tasks:
            pending.append((task, arguments, self.submit(function, *arguments)))
            while len(pending) >= ahead * self.processes:
                first, given, future = pending.popleft()
                found = self._result(future, function, given, is_retried=is_retried)
                yield first, found
        while pending:
            first, given, future = pending.popleft()
            found = self._result(future, function, given, is_retried=is_retried)
            yield first, found

    async def run(self, function: Callable[..., R], *arguments: object) -> R | Lost:
        """Return the result of one task without blocking the event loop; raises as `map`."""
        future = self.submit(function, *arguments)
        waiting = asyncio.wrap_future(future)
        await asyncio.wait([waiting])
        if waiting.exception() is None and not isinstance(found := waiting.result(), Lost):
            return found
        return await asyncio.to_thread(self._result, future, function, arguments)

    def require_probe(self, lost: Lost) -> None:
        """Do nothing if only one document is at fault for a lost task.

        Args:
            lost: The task that was lost.

        Raises:
            MachineError: The probe is lost too.
            WorkersError: Processes end at their start.
        """
        with self._repair:
            self._require_probe(lost)

    def _result(
        self,
        future: Future[R],
        function: Callable[..., R],
        arguments: tuple[object, ...],
        *,
        is_retried: bool = True,
    ) -> R | Lost:
        """Wait for a task and return its result; a task that crashed is tried again alone.

        A pool of pebble breaks if its only process dies just after it took a task, because
        the pool does not know yet which task that was. And if memory is short, the system
        kills the largest process, which did no wrong.
        """
        try:
            found = self._outcome(future)
        except BrokenProcessPool as exc:
            raise_machine_fault(exc)
            found = Lost("crash", "the worker processes ended")
        if not isinstance(found, Lost):
            return found
        with self._repair:
            self._require_probe(found)
            if found.code == "crash" and is_retried:
                found = self._alone(function, arguments)
        if isinstance(found, Lost) and found.code in {"crash", "timeout"}:
            log(WorkerEnded(reason=found.code, detail=found.detail))
        return found

    def _outcome(self, future: Future[R]) -> R | Lost:
        try:
            return future.result()
        except TimeoutError:
            return Lost("timeout", f"took more than {self._deadline_s:g} s")
        except ProcessExpired as exc:
            return Lost("crash", f"its worker died with exit code {exc.exitcode}")

    def _alone(self, function: Callable[..., R], arguments: tuple[object, ...]) -> R | Lost:
        try:
            return self._outcome(self.submit(function, *arguments))
        except BrokenProcessPool as exc:
            raise_machine_fault(exc)
            return Lost("crash", "its worker died at once")

    def _require_probe(self, lost: Lost) -> None:
        if not self._pool.active:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = self._make()
        try:
            found = self._outcome(self.submit(self._probe))
        except BrokenProcessPool as exc:
            raise_machine_fault(exc)
            raise WorkersError(_BROKEN) from exc
        if isinstance(found, Lost):
            raise self._fault(lost, found)

    def _fault(self, lost: Lost, probe: Lost) -> MachineError:
        why, cause = (one.detail.splitlines()[-1] for one in (lost, probe))
        problem = f"a document was lost ({why}), and even a small known page is lost ({cause})"
        if probe.code == "memory" and self._memory_bytes is not None:
            advice = "set a larger ONRECORD_WORKER_MEMORY_MB"
        elif probe.code == "timeout":
            advice = "end other programs or set a larger ONRECORD_DOCUMENT_DEADLINE_S"
        elif probe.code == "error":
            advice = "see whether onrecord is completely installed"
        else:
            advice = "see whether this machine has enough free memory"
        return MachineError(problem, advice)


def _check_main() -> None:
    """Raise WorkersError for a script that processes cannot read, or whose process this is.

    Processes would end at their start.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # it reads the script
        raise WorkersError(_BROKEN)
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if getattr(main, "__spec__", None) is None and file is not None and not Path(file).exists():
        raise WorkersError(_NO_FILE)


_limit: int | None = None  # bytes of address space in a task; set when a process starts


def _start(
    memory_bytes: int | None, start: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    global _limit  # noqa: PLW0603  # a worker process serves one pool for its whole life
    start(*arguments)
    if memory_bytes is not None:
        _limit = _address_space() + memory_bytes


def _limited(function: Callable[..., R], *arguments: object) -> R:
    """Call a function under the memory limit.

    The limit ends with the call: a process that has no memory to receive its next task or to
    send a result dies without a word, and its pool waits or breaks.
    """
    if _limit is None:
        return function(*arguments)
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    own = _limit if most == resource.RLIM_INFINITY else min(_limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (own, most))
    try:
        return function(*arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))


def _address_space() -> int:
    """Return the bytes of address space that this process has now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()
