"""SIGTERM as an interruption: the batch under way is rolled back and the run says so."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_OF_DUCKDB = "Query interrupted"  # the error that DuckDB makes of whatever a signal raised


def was_interrupted(exc: BaseException) -> bool:
    """Tell whether a signal, not a fault, ended what raised `exc`.

    >>> was_interrupted(KeyboardInterrupt()), was_interrupted(RuntimeError("Query interrupted"))
    (True, True)
    >>> was_interrupted(ValueError("no such day"))
    False
    """
    return not isinstance(exc, Exception) or str(exc) == _OF_DUCKDB


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt in the body of the `with` on SIGTERM, as Ctrl-C does.

    Outside the main thread, which alone may handle signals, nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
