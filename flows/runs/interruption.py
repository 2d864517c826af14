"""SIGTERM and Ctrl-C as one interruption: the batch under way is rolled back, the run says so."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Final

_OF_DUCKDB = "Query interrupted"  # the error that DuckDB makes of whatever a signal raised
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


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
    """Raise KeyboardInterrupt in the body of the `with` on the first SIGTERM or Ctrl-C.

    Ctrl-C reaches every process of a terminal, and their parents pass it on as SIGTERM:
    what comes after the first would break the rollback and the record of it, so it is
    ignored until the body has ended. Outside the main thread, which alone may handle
    signals, nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in _SIGNALS:
        # SIG_IGN would make Python complain of a signal that came in the same instant.
        signal.signal(number, lambda _number, _frame: None)
    raise KeyboardInterrupt
