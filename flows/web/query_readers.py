"""The processes that run the queries of readers: a few at a time, kept for the next query."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from flows.settings import Settings
from warehouse.errors import QueryError
from warehouse.limited_reader import LimitedReader, QueryLimits, machine_memory

_AT_ONCE: Final = 4  # queries
_SHARES: Final = 2 * _AT_ONCE  # of the machine's memory; each query may use one
_IDLE: Final = 2  # processes that wait for the next query
_WAIT_S: Final = 5.0  # for another query to end


class QueryReaders:
    """Lends readers of the newest snapshot to requests of several threads.

    Each query opens the snapshot anew, so nothing that one query sets is seen by the next one. Only
    the process is used again, because it takes longer to start than most queries take.
    """

    def __init__(self, settings: Settings) -> None:
        """Set up the readers; no process is started before the first query."""
        self._settings = settings
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._idle: deque[LimitedReader] = deque()
        # At the latest when the server ends.
        weakref.finalize(self, _close_all, self._idle)

    @contextlib.contextmanager
    def lent(self) -> Iterator[LimitedReader]:
        """Lend a reader for one query; wait if too many queries run.

        Raises:
            QueryError: Too many queries run.
        """
        if not self._free.acquire(timeout=_WAIT_S):
            raise QueryError("too many queries run at the moment: try again in a minute")
        try:
            reader = self._taken()
            try:
                yield reader
            finally:
                self._take_back(reader)
        finally:
            self._free.release()

    def _taken(self) -> LimitedReader:
        try:
            return self._idle.pop()
        except IndexError:
            return LimitedReader(self._settings.folder, self._limits())

    def _take_back(self, reader: LimitedReader) -> None:
        if reader.is_busy or len(self._idle) >= _IDLE:
            reader.close()
        else:
            self._idle.append(reader)

    def _limits(self) -> QueryLimits:
        memory_mb = self._settings.query_memory_mb
        return QueryLimits(
            timeout_s=self._settings.query_timeout_s,
            memory_bytes=memory_mb * 1_000_000 if memory_mb else machine_memory() // _SHARES,
        )


def _close_all(readers: Iterable[LimitedReader]) -> None:
    for reader in readers:
        reader.close()
