"""What assistants read: the newest snapshot, its index, the states of feeds, and own queries."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from flows.settings import Settings
from flows.web.feed_board import FeedBoard
from flows.web.query_readers import QueryReaders
from flows.web.reading import Reading
from flows.web.snapshots import Snapshots
from warehouse.conditions import Connection
from warehouse.search_index import Month
from warehouse.search_reader import SearchReader


@dataclass(frozen=True, slots=True)
class Library:
    """What the tools of one server share.

    Attributes:
        settings: The settings.
        snapshots: The newest snapshot.
        searches: Its index.
        board: The states of the feeds.
        queries: The processes that run the queries of assistants.
    """

    settings: Settings
    snapshots: Snapshots
    searches: SearchReader
    board: FeedBoard
    queries: QueryReaders

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the library of a server of its own; nothing is opened before the first request."""
        snapshots = Snapshots(settings.folder)
        return cls(
            settings,
            snapshots,
            SearchReader(settings.folder),
            FeedBoard(settings.folder, snapshots),
            QueryReaders(settings),
        )


@dataclass(slots=True)
class Call:
    """One call of a tool.

    Attributes:
        library: What it reads.
        at_cancel: What ends its work.
        is_cancelled: Whether nobody waits for the answer any more.
    """

    library: Library
    at_cancel: list[Callable[[], None]] = field(default_factory=list)
    is_cancelled: bool = False

    def cancel(self) -> None:
        """End the queries of the call."""
        self.is_cancelled = True
        for end in [*self.at_cancel]:
            end()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reading]:
        """Read the newest snapshot.

        Raises:
            WarehouseMissingError: Nothing was published yet.
        """
        with self.library.snapshots.reading() as (con, snapshot), self.ended_by(con.interrupt):
            self.library.searches.close_older()  # no removed file keeps its space
            yield Reading(self.library.settings, con, snapshot, self.library.searches)

    @contextlib.contextmanager
    def searching(self) -> Iterator[tuple[Connection, Sequence[Month]]]:
        """Search the newest snapshot.

        Raises:
            WarehouseMissingError: Nothing was published yet.
        """
        with self.library.searches.reading() as (con, months), self.ended_by(con.interrupt):
            yield con, months

    @contextlib.contextmanager
    def ended_by(self, end: Callable[[], object]) -> Iterator[None]:
        """Call a function if the call is cancelled in the `with` body."""
        ending = functools.partial(_call, end)
        self.at_cancel.append(ending)
        try:
            yield
        finally:
            self.at_cancel.remove(ending)


def _call(end: Callable[[], object]) -> None:
    end()
