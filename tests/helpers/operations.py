"""Helper: count what a run asks of the disk and of DuckDB, and end or fail one of them."""

from __future__ import annotations

import builtins
import errno
import io
import os
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import duckdb

_OF_FILES = ("fsync", "fdatasync", "rename", "replace", "link", "symlink", "unlink", "write")
_OF_DUCKDB = ("execute", "executemany", "begin", "commit", "rollback", "register", "checkpoint")


class Operations:
    """The operations of a process, of which one ends the process or fails.

    Attributes:
        done: How many were made so far.
        names: Their names, in order.
    """

    def __init__(self, at: int, break_off: Callable[[str], NoReturn]) -> None:
        """Call `break_off` with the name of operation number `at`, in place of it."""
        self._at, self._break_off = at, break_off
        self.names: list[str] = []

    def count(self, name: str) -> None:
        """Count an operation that is about to be made."""
        self.names.append(name)
        if len(self.names) == self._at:
            self._break_off(name)

    def counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, which counts each of its calls first."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self.count(name)
            return function(*args, **kwargs)

        return call

    def install(self) -> None:
        """Count the operations of this process from now on, until it ends."""
        for name in _OF_FILES:
            setattr(os, name, self.counted(name, getattr(os, name)))
        real_open, real_connect = io.open, duckdb.connect

        def open_counted(*args: Any, **kwargs: Any) -> Any:
            file = real_open(*args, **kwargs)
            return _File(file, self) if file.writable() else file

        builtins.open = io.open = open_counted

        def connect_counted(*args: Any, **kwargs: Any) -> Any:
            return _Connection(real_connect(*args, **kwargs), self)

        duckdb.connect = connect_counted


class _Proxy:
    """Something whose calls of some names are counted."""

    counted_names: tuple[str, ...]

    def __init__(self, real: Any, operations: Operations) -> None:
        self._real, self._operations = real, operations

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name in self.counted_names:
            return self._operations.counted(name, found)
        return found

    def __enter__(self) -> Any:
        self._real.__enter__()
        return self

    def __exit__(self, *error: Any) -> Any:
        return self._real.__exit__(*error)


class _File(_Proxy):
    counted_names = ("write", "writelines")


class _Connection(_Proxy):
    counted_names = _OF_DUCKDB


def end_process(_name: str) -> NoReturn:
    """End the process at once, like SIGKILL."""
    os._exit(9)


def fill_disk(name: str) -> NoReturn:
    """Fail like a disk that is full."""
    if name in _OF_DUCKDB:
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def broken_off(
    work: Callable[[], None], at: int, how: Callable[[str], NoReturn]
) -> tuple[int, int]:
    """Call `work` in a forked process and break off its operation number `at`.

    Returns:
        The exit code: 0 if it came to its end, 9 if it was ended, 1 if it failed; and how
        many operations it made, 0 if it was ended.
    """
    read, written = os.pipe()
    pid = os.fork()
    if not pid:
        code, operations = 1, Operations(at, how)
        write, leave = os.write, os._exit
        try:
            operations.install()
            work()
            code = 0
        except BaseException:  # noqa: BLE001  # the test only sees the exit code
            traceback.print_exc()
        finally:
            write(written, str(len(operations.names)).encode())
            leave(code)
    os.close(written)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with os.fdopen(read, "rb") as pipe:
        return code, int(pipe.read() or b"0")
