"""Rows that several queries of a page read, so that they are looked for once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.web.shown_sql import filled_in
from warehouse.conditions import Connection
from warehouse.search_places import ALL_DAYS, Kind, Relation, Span

# The comment in front of a query says what it returns and which values it has.
_COMMENT = re.compile(r"(?:--[^\n]*\n)*")


@dataclass(frozen=True, slots=True)
class Near:
    """Where the rows are that a query reads, so that it does not look through all of them.

    Attributes:
        relation: The view or table that the query reads.
        kind: What it is searched for.
        values: The values that it is searched for.
        span: The days that it reads.
    """

    relation: Relation
    kind: Kind
    values: Sequence[str]
    span: Span = ALL_DAYS


@dataclass(slots=True)
class Selection:
    """Rows that several queries of one request read.

    Attributes:
        name: Under which the queries read them.
        sql: The query that finds them.
        values: Its values.
        near: Where the index says that the rows are.
        is_found: Whether the connection of the request has them.
    """

    name: str
    sql: str
    values: Mapping[str, object] = field(default_factory=dict)
    near: Near | None = None
    is_found: bool = False

    def find(self, con: Connection) -> None:
        """Look for the rows, unless that was done; the connection keeps them until it is closed."""
        if not self.is_found:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {self.name} AS {self.sql}", self.values)
            self.is_found = True

    def before(self, query: str) -> str:
        r"""Return a query with the definition of the rows in front, so that it runs on its own.

        >>> said = Selection("said_here", "-- All.\nSELECT text FROM said")
        >>> print(said.before("-- How many.\nSELECT count(*) FROM said_here"))
        -- How many.
        WITH said_here AS (
        -- All.
        SELECT text FROM said
        )
        SELECT count(*) FROM said_here
        >>> print(said.before("WITH few AS (FROM said_here LIMIT 3) FROM few"))
        WITH said_here AS (
        -- All.
        SELECT text FROM said
        ),
        few AS (FROM said_here LIMIT 3) FROM few
        """
        comment = _COMMENT.match(query)
        start = comment.end() if comment else 0
        rest = query[start:]
        end = "\n"
        if rest.startswith("WITH "):
            rest, end = rest.removeprefix("WITH ").lstrip(), ",\n"
        return f"{query[:start]}WITH {self.name} AS (\n{filled_in(self.sql, self.values)}\n){end}{rest}"
