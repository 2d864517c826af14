"""One request that reads the newest snapshot by the queries in `warehouse/pages`.

The text of each query is kept with its values filled in, so that a reader can see the SQL behind
each figure and change it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flows.settings import Settings
from flows.web.selection import Near, Selection
from flows.web.shown_sql import filled_in
from flows.web.snapshots import KeptAnswers, OpenSnapshot
from warehouse.conditions import Connection
from warehouse.errors import WarehouseMissingError
from warehouse.search_places import Kind, Places, narrowed
from warehouse.search_reader import SearchReader
from warehouse.sql_files import read_sql

Row = dict[str, Any]


@dataclass(slots=True)
class Reading:
    """One request that reads the newest snapshot.

    Attributes:
        settings: The settings of the server.
        opened: A connection to the newest snapshot; None before the first was published.
        snapshot: The newest snapshot; None before the first was published.
        searches: What opens the index of the snapshot.
        asked: The queries so far, as they can be run again, by name.
        is_cancelled: Whether the reader has gone away.
        at_cancel: What ends the work that a handler does elsewhere.
    """

    settings: Settings
    opened: Connection | None
    snapshot: OpenSnapshot | None
    searches: SearchReader
    asked: dict[str, str] = field(default_factory=dict)
    is_cancelled: bool = False
    at_cancel: list[Callable[[], None]] = field(default_factory=list)

    def cancel(self) -> None:
        """End the queries of the page: nobody waits for it any more."""
        self.is_cancelled = True
        if self.opened is not None:
            self.opened.interrupt()
        for end in self.at_cancel:
            end()

    @property
    def snapshot_name(self) -> str | None:
        """File name of the snapshot, None before the first was published."""
        return self.snapshot.path.name if self.snapshot else None

    @property
    def con(self) -> Connection:
        """The connection; raises WarehouseMissingError before the first snapshot."""
        if self.opened is None:
            raise WarehouseMissingError(self.settings.folder.newest)
        return self.opened

    @contextlib.contextmanager
    def places(self, kind: Kind, values: Sequence[str]) -> Iterator[Places | None]:
        """Open the places of values in the index; None if the snapshot is not indexed yet."""
        if self.snapshot is None:
            yield None
            return
        with self.searches.reading_of(self.snapshot.path) as opened:
            if opened is None:
                yield None
                return
            con, months = opened
            self.at_cancel.append(con.interrupt)
            yield Places(con, months, kind, values)

    @contextlib.contextmanager
    def _narrowed(self, near: Near | None) -> Iterator[None]:
        """Let the queries in between read only the rows that the index names."""
        rows = None
        if near is not None:
            with self.places(near.kind, near.values) as places:
                rows = places.rows(near.span) if places else None
        if near is None or rows is None:
            yield
            return
        with narrowed(self.con, near.relation, rows):
            yield

    def select(
        self, table: str, name: str, *, near: Near | None = None, **values: object
    ) -> Selection:
        """Return the rows of a query in `warehouse/pages` for other queries to read.

        Args:
            table: The name under which the other queries read them.
            name: The query.
            near: Where the index says that its rows are.
            values: Its values.
        """
        return Selection(table, read_sql("pages", name), values, near)

    def rows(
        self,
        name: str,
        /,
        *,
        of: Selection | None = None,
        near: Near | None = None,
        **values: object,
    ) -> list[Row]:
        """Return the rows of a query in `warehouse/pages`, as mappings from column to value.

        Args:
            name: The query.
            of: The rows that it reads, if several queries of the page read them.
            near: Where the index says that its rows are.
            values: Its values.
        """
        con, sql = self.con, read_sql("pages", name)
        question = filled_in(sql, values)
        if of is not None:
            question = of.before(question)
        self.asked[name] = question
        kept = self.snapshot.answers if self.snapshot else KeptAnswers()
        key = datetime.now(UTC).date(), question  # some queries ask for the current day
        rows = kept.get(key)
        if rows is None:
            if of is not None and not of.is_found:
                with self._narrowed(of.near):
                    of.find(con)
            with self._narrowed(near):
                result = con.execute(sql, values)
                columns = [column[0] for column in result.description or []]
                rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
            kept.keep(key, rows)
        return [{**row} for row in rows]  # a handler may change its own

    def row(
        self,
        name: str,
        /,
        *,
        of: Selection | None = None,
        near: Near | None = None,
        **values: object,
    ) -> Row | None:
        """Return the first row of a query, None if it has none."""
        return next(iter(self.rows(name, of=of, near=near, **values)), None)

    def span(self, name: str, kind: Kind, value: str, *, count: str, **values: Any) -> Row | None:
        """Return how often something occurs, and on which days first and last; None if it does not.

        Args:
            name: The query. The index knows the answer without it.
            kind: What is looked for.
            value: Its value.
            count: The column with the number of rows.
            values: The values of the query.
        """
        with self.places(kind, [value]) as places:
            days = places.days() if places else None
        if days is None:
            return self.row(name, **values)
        self.asked[name] = filled_in(read_sql("pages", name), values)
        if not days:
            return None
        known = [day for day, _ in days if day is not None]
        return {
            count: sum(rows for _, rows in days),
            "first_on": min(known, default=None),
            "last_on": max(known, default=None),
        }
