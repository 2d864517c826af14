"""Endpoints that list the rows of a view, page by page or as a stream."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from flows.output.formats import Format
from flows.output.row_text import text_of
from flows.web.api.cursors import cursor_of, key_of
from flows.web.api.endpoints import Endpoint, answer, rows_schema
from flows.web.api.parameters import MOST_ROWS, DatedRows, Rows, of_listing
from flows.web.day_span import before
from flows.web.page import Page
from flows.web.problems import ProblemError
from flows.web.streams import HeldStream
from warehouse.conditions import Connection
from warehouse.json_schema import Schema, json_schema
from warehouse.listed_views import LISTINGS
from warehouse.listings import Key, Listing, Part, Wanted, read_part, read_pieces
from warehouse.parquet import TypedRows, write_parquet
from warehouse.relations import read_columns, read_dictionary
from warehouse.search_places import Places

_USUAL: Final = 100  # rows of a page
_ALL: Final = 2**62
_CHUNK: Final = 1_000_000  # bytes of a file that are sent at once
MEDIA_TYPES: Final = {
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


def _list_rows(listing: Listing, page: Page, asked: Rows) -> Response:
    """Return a page of rows as JSON, or all rows as a stream."""
    filters = _filters(listing, asked)
    given = filters | _days(asked)
    days, after = _place(page, listing, asked, given)
    wanted = Wanted(
        columns=_columns(page.con, listing, asked.fields),
        values=filters,
        after=after,
        limit=asked.limit or (_USUAL if asked.format == "json" else _ALL),
        **days,
    )
    if asked.format != "json":
        return _stream(page, listing, wanted, asked.format)
    if wanted.limit > MOST_ROWS:
        raise ProblemError(
            400,
            f"limit: a page has at most {MOST_ROWS:,} rows. Use format=jsonl, csv or parquet for more.",
            parameter="limit",
        )
    with _found(page, listing, filters) as found:
        part = read_part(page.con, listing, replace(wanted, found=found))
    following = None
    if part.last is not None:
        counted = tuple(days.values()) if listing.counted_days is not None else ()
        following = cursor_of(listing.name, given, (*counted, *part.last))
    items = [dict(zip(wanted.columns, row, strict=True)) for row in part.rows]
    return answer({"items": items, "next": following, "snapshot": page.snapshot_name})


@contextlib.contextmanager
def _found(
    page: Page, listing: Listing, filters: Mapping[str, object]
) -> Iterator[tuple[str, Places] | None]:
    """Tell where the index has the rows that meet one of the filters; None if it has not."""
    for name, value in filters.items():
        if (kind := listing.filters[name].places) is not None:
            with page.places(kind, [str(value)]) as places:
                yield None if places is None else (name, places)
            return
    yield None


def _days(asked: Rows) -> dict[str, Any]:
    """Return the first and last day that are asked for; None for any."""
    if isinstance(asked, DatedRows):
        return {"since": asked.since, "until": asked.until}
    return {"since": None, "until": None}


def _place(
    page: Page, listing: Listing, asked: Rows, given: Mapping[str, object]
) -> tuple[dict[str, Any], Key | None]:
    """Return the days that are read, and the key of the last row before.

    A cursor of rows that are counted over days has these days, because the newest ones change
    when a snapshot is published.
    """
    days = _days(asked)
    width = len(listing.order)
    if listing.counted_days is None:
        if asked.cursor is None:
            return days, None
        return days, key_of(asked.cursor, listing.name, given, width)
    if asked.cursor is not None:
        since, until, *key = key_of(asked.cursor, listing.name, given, width + 2)
        return {"since": since, "until": until}, tuple(key)
    newest = page.row("newest_day", asked_on=days["until"])
    until = days["until"] or (newest["published_on"] if newest else datetime.now(UTC).date())
    since = days["since"] or before(until, listing.counted_days - 1)
    return {"since": since, "until": until}, None


def _filters(listing: Listing, asked: Rows) -> dict[str, object]:
    given = {name: getattr(asked, name) for name in listing.filters}
    return {name: value for name, value in given.items() if value is not None}


def _columns(con: Connection, listing: Listing, fields: str | None) -> list[str]:
    """Return the names of the columns that are asked for, in this order."""
    known = list(_types(con, listing))
    if fields is None:
        return [name for name in known if name not in listing.left_out]
    chosen = list(dict.fromkeys(name.strip() for name in fields.split(",") if name.strip()))
    for name in chosen:
        if name not in known:
            raise ProblemError(
                400,
                f"fields: {listing.name} have no {name}. They have {', '.join(known)}.",
                parameter="fields",
            )
    return chosen or known


@dataclass(slots=True)
class _ListedRows:
    """The rows of a listing for a writer of text or Parquet."""

    columns: Sequence[str]
    parts: Iterator[Part]
    types: tuple[str, ...]

    @property
    def distinct_columns(self) -> list[str]:
        return list(self.columns)

    def __iter__(self) -> Iterator[list[tuple[Any, ...]]]:
        for part in self.parts:
            if part.rows:
                yield part.rows


def _stream(page: Page, listing: Listing, wanted: Wanted, kind: str) -> Response:
    """Return all wanted rows piece by piece, over a connection that lasts as long as the stream."""
    with contextlib.ExitStack() as stack:
        con, _ = stack.enter_context(page.request.app.state.snapshots.reading())
        found = stack.enter_context(_found(page, listing, wanted.values))
        wanted = replace(wanted, found=found)
        kinds = _types(con, listing)
        rows = _ListedRows(
            wanted.columns,
            read_pieces(con, listing, wanted),
            tuple(kinds[name] for name in wanted.columns),
        )
        pieces = parquet(rows) if kind == "parquet" else _text(rows, Format(kind))
        held = stack.pop_all()
    return HeldStream(
        pieces,
        held,
        media_type=MEDIA_TYPES[kind],
        headers={"content-disposition": f'attachment; filename="{listing.name}.{kind}"'},
        at_leave=con.interrupt,
    )


def _text(rows: _ListedRows, fmt: Format) -> Iterator[bytes]:
    for text in text_of(rows, fmt):
        yield text.encode("utf-8", "replace")


def parquet(rows: TypedRows) -> Iterator[bytes]:
    """Yield the pieces of a Parquet file with the rows."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.parquet"
        write_parquet(rows, file)
        with file.open("rb") as stream:
            while piece := stream.read(_CHUNK):
                yield piece


def _types(con: Connection, listing: Listing) -> dict[str, str]:
    """Return the DuckDB type of each column."""
    described = {name: kind for name, (kind, _) in listing.described.items()}
    return (read_columns(con, listing.view) if listing.view else {}) | described


def _schema(listing: Listing, con: Connection) -> Schema:
    described = {
        name: json_schema(kind, about) for name, (kind, about) in listing.described.items()
    }
    columns: Mapping[str, Schema] = {}
    if listing.view:
        relations = {relation.name: relation for relation in read_dictionary(con)}
        found = relations[listing.view].columns
        columns = {one.name: json_schema(one.type, one.comment) for one in found}
    return rows_schema({**columns, **described})


_ABOUT: Final = {
    "articles": "Articles, newest first; the text of each only if fields asks for it.",
    "statements": "Who said what, about whom, when and where; newest first.",
    "speakers": "Who was quoted in some days, the most frequent first; the newest four weeks if none are asked for.",
    "stories": "Stories with articles in some days, those that began last first; the newest week if none is asked for.",
    "no_comments": "Notes that somebody was asked and said nothing; newest first.",
    "mentions": "Names in articles with their entities; newest first.",
    "entities": "People, organizations, places, events and products, by name.",
    "edits": "What publishers changed in their articles; newest first.",
    "clusters": "Articles with the same text, by cluster.",
    "runs": "Runs of flows with their counts; newest first.",
    "coverage": "What was expected, fetched and loaded of each publisher on each day; newest first.",
}


def _name(listing: Listing) -> str:
    """Return the name of an endpoint.

    >>> [_name(listing) for listing in LISTINGS][:2]
    ['listArticles', 'listStatements']
    """
    return "list" + "".join(word.capitalize() for word in listing.name.split("_"))


ENDPOINTS: Final = tuple(
    Endpoint(
        path=f"/{listing.name}",
        name=_name(listing),
        about=_ABOUT[listing.name],
        parameters=of_listing(listing),
        handler=partial(_list_rows, listing),
        schema=partial(_schema, listing),
        streams=True,
    )
    for listing in LISTINGS
)
