"""Turns SIGTERM and Ctrl-C into one KeyboardInterrupt, so that runs can roll back."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Final

_DUCKDB_MESSAGE = "Query interrupted"  # DuckDB replaces the exception of a signal handler by this
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_stopping = threading.Event()  # from the first signal to the end of `stoppable`


def was_interrupted(exc: BaseException) -> bool:
    """Return whether `exc` was caused by a signal and not by an error.

    >>> was_interrupted(KeyboardInterrupt()), was_interrupted(RuntimeError("Query interrupted"))
    (True, True)
    >>> was_interrupted(ValueError("no such day"))
    False
    >>> error = ValueError("Task run is not set")  # Prefect's own, while it handles the signal
    >>> error.__context__ = KeyboardInterrupt()
    >>> was_interrupted(error)
    True
    """
    if not isinstance(exc, Exception) or str(exc) == _DUCKDB_MESSAGE:
        return True
    before = exc.__context__
    while before is not None and not isinstance(before, KeyboardInterrupt):
        before = before.__context__
    return before is not None


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt in the `with` body on the first SIGTERM or Ctrl-C.

    Ctrl-C reaches every process of a terminal, and parent processes pass it on as SIGTERM.
    A second signal would break the rollback and its record, so later signals are ignored
    until the body has ended. Outside the main thread this does nothing, because only the
    main thread may handle signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        yield
    finally:
        # Python 3.11 unblocks SIGINT when it starts a pool; `onrecord serve` has blocked it.
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        for number, handler in before.items():
            signal.signal(number, handler)
        _stopping.clear()


def raise_if_stopped() -> None:
    """Raise KeyboardInterrupt if a signal came that did not end the body of `stoppable`.

    DuckDB's Python client looks for pandas at each parameter of a statement and drops every
    exception meanwhile, also that of a signal. So loops call this once per batch.
    """
    if _stopping.is_set():
        raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _stopping.set()
    for number in _SIGNALS:
        # With SIG_IGN Python would complain about a second signal in the same instant.
        signal.signal(number, lambda _number, _frame: None)
    raise KeyboardInterrupt
