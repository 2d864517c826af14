"""Endpoints about feeds, and the one for SQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, Literal

from pydantic import Field
from starlette.responses import Response

from flows.feeds.health import narrowed
from flows.output.formats import Format
from flows.output.row_text import text_of
from flows.web.api.cursors import cursor_of, key_of
from flows.web.api.endpoints import Endpoint, answer, rows_schema
from flows.web.api.lists import MEDIA_TYPES, parquet
from flows.web.api.parameters import MOST_ROWS, Parameters, Text
from flows.web.desk import desk_of
from flows.web.page import Page
from flows.web.scopes import Scope
from flows.web.streams import HeldStream
from transforms.feeds.feed_states import STATES
from warehouse.conditions import Connection
from warehouse.json_schema import Schema, json_schema
from warehouse.limited_reader import RowStream

_MOST_SQL: Final = 100_000  # characters


class Feeds(Parameters):
    """Which feeds to return."""

    words: Text | None = Field(
        None, description="Words of the title or address", examples=["harbour"]
    )
    source: Text | None = Field(None, description="Publisher", examples=["a.example"])
    state: Literal[tuple(STATES)] | None = Field(None, description="State of the feed")  # type: ignore[valid-type]
    limit: int = Field(
        100, ge=1, le=MOST_ROWS, description="Maximum number of feeds", examples=[20]
    )
    cursor: Text | None = Field(None, description="Where the page before ended: its next")


_FEED: Final = {
    "key": ("VARCHAR", "Key of the feed"),
    "title": ("VARCHAR", "Title"),
    "url": ("VARCHAR", "Address"),
    "source_id": ("VARCHAR", "Publisher"),
    "language": ("VARCHAR", "ISO 639-1 code"),
    "kind": ("VARCHAR", "rss, atom, json or sitemap"),
    "state": ("VARCHAR", "ok, failing, silent, gap, gone, paused or new"),
    "note": ("VARCHAR", "What is wrong, in words"),
    "polled_at": ("TIMESTAMPTZ", "Last poll, UTC"),
    "next_poll_at": ("TIMESTAMPTZ", "Next poll, UTC"),
    "last_new_at": ("TIMESTAMPTZ", "Last poll that brought a new entry, UTC"),
    "new_per_day": ("DOUBLE", "New entries a day, mean of the last four weeks"),
    "outcome": ("VARCHAR", "Outcome of the last poll"),
    "failure": ("VARCHAR", "Code of its failure"),
    "failures": ("DOUBLE", "Failed polls since the last one that succeeded"),
    "http_status": ("INTEGER", "HTTP status of the last poll"),
    "entries": ("INTEGER", "Entries of the feed at the last poll"),
    "gap_risks": ("BIGINT", "Polls after which entries may have been missed"),
}


def list_feeds(page: Page, asked: Feeds) -> Response:
    """Return the feeds of the list with their health, by key."""
    every = desk_of(page.request).board.rows(page.opened, page.snapshot_name, datetime.now(UTC))
    found = narrowed(every, words=(asked.words or "").split(), source=asked.source)
    rows = sorted(
        (row for row in found if asked.state in (None, row["state"])), key=lambda row: row["key"]
    )
    filters = {"words": asked.words, "source": asked.source, "state": asked.state}
    if asked.cursor is not None:
        (after,) = key_of(asked.cursor, "feeds", filters, 1)
        rows = [row for row in rows if row["key"] > str(after)]
    shown = rows[: asked.limit]
    following = None
    if len(rows) > asked.limit:
        following = cursor_of("feeds", filters, (shown[-1]["key"],))
    items = [{name: row.get(name) for name in _FEED} for row in shown]
    return answer({"items": items, "next": following, "snapshot": page.snapshot_name})


def _feeds_schema(_: Connection) -> Schema:
    return rows_schema({name: json_schema(*described) for name, described in _FEED.items()})


class Sql(Parameters):
    """A query of a reader."""

    sql: str = Field(description="One query, or several of which the last one returns rows", max_length=_MOST_SQL, examples=["SELECT speaker, count(*) FROM said GROUP BY speaker"])  # fmt: skip
    limit: int | None = Field(None, ge=1, description=f"Maximum number of rows: of JSON up to {MOST_ROWS:,}, 100 if it is missing; of a stream all of them", examples=[20])  # fmt: skip
    format: Literal["json", "jsonl", "csv", "parquet"] = Field("json", description="JSON, or a stream of all rows")  # fmt: skip


def run_query(page: Page, asked: Sql) -> Response:
    """Return the rows of a query, which runs in a process with limits of time and memory."""
    readers = desk_of(page.request).readers
    if asked.format == "json":
        with readers.lent() as reader:
            page.at_cancel.append(reader.close)
            result = reader.ask(asked.sql, most=min(asked.limit or 100, MOST_ROWS))
        return answer(
            {
                "columns": [
                    {"name": name, "type": kind}
                    for name, kind in zip(result.columns, result.types, strict=True)
                ],
                "rows": result.rows,
                "is_cut": result.is_cut,
                "snapshot": page.snapshot_name,
            }
        )
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(readers.lent(is_download=True))
        page.at_cancel.append(reader.close)
        rows = reader.stream(asked.sql, most=asked.limit)
        held = stack.pop_all()
    return HeldStream(
        _pieces(rows, asked.format),
        held,
        media_type=MEDIA_TYPES[asked.format],
        headers={"content-disposition": f'attachment; filename="onrecord.{asked.format}"'},
        at_leave=reader.close,
    )


def _pieces(rows: RowStream, kind: str) -> Iterator[bytes]:
    if kind == "parquet":
        yield from parquet(rows)
        return
    for text in text_of(rows, Format(kind)):
        yield text.encode("utf-8", "replace")


def _sql_schema(_: Connection) -> Schema:
    column: dict[str, Any] = {"name": {"type": "string"}, "type": {"type": "string"}}
    return {
        "type": "object",
        "required": ["columns", "rows", "is_cut", "snapshot"],
        "properties": {
            "columns": {"type": "array", "items": {"type": "object", "properties": column}},
            "rows": {"type": "array", "items": {"type": "array"}},
            "is_cut": {"type": "boolean", "description": "Whether the query has more rows"},
            "snapshot": {"type": ["string", "null"], "description": "The snapshot that was read"},
        },
    }


ENDPOINTS: Final = (
    Endpoint(
        path="/feeds",
        name="listFeeds",
        about="The feeds of the list with their health.",
        parameters=Feeds,
        handler=list_feeds,
        schema=_feeds_schema,
        is_live=True,
    ),
    Endpoint(
        path="/sql",
        name="runQuery",
        about="The rows of a query in SQL; the page Data has the tables and views.",
        parameters=Sql,
        handler=run_query,
        schema=_sql_schema,
        scope=Scope.SQL,
        streams=True,
        is_live=True,
    ),
)
