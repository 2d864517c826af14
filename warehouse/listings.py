"""Rows of a view in an order that stays, part by part.

A part begins after the last row of the part before, not at a number: rows that are appended
meanwhile, and newer snapshots, neither repeat nor hide a row. Rows with a day are read in spans of
days, the newest first and each four times as long as the one before, until there are enough: to
sort all statements of a large warehouse for its newest hundred takes seconds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import duckdb

from warehouse.quoting import identifier
from warehouse.search_places import Kind, Places, Relation, Span, narrowed

_GROWTH: Final = 4  # of a span of days
_LONGEST_DAYS: Final = 40_000
_PIECE: Final = 5_000  # rows of a part of a stream

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What narrows a listing.

    Attributes:
        condition: A condition with the value as `$value`. In a listing with days, `{days}` in it
            stands for the condition that `named` is of the days that are read.
        about: What it does, for people.
        example: A value.
        kind: The type of the value.
        places: Under which kind of value the index has the rows that meet the condition; None if it
            has not.
        choices: The possible values; empty for any.
    """

    condition: str
    about: str
    example: str
    kind: type[str] | type[bool] = str
    places: Kind | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A view whose rows can be listed.

    Attributes:
        name: What its rows are called.
        view: The view.
        order: The columns that order the rows and tell them apart, with whether the largest value
            comes first. Only the first one may be NULL, in a row without a day.
        source: The query to read instead of the view: it has the same columns. In it, `{days}` stands
            for the condition that `articles` is of the days that are read.
        filters: What narrows it, by name.
        relation: The relation whose rows the index has; the source reads it and `latest_articles`.
        days: The table, or a query in parentheses, that has the days of the rows, and the column of
            both; None for rows without days.
        daily_of: The filter with which there is at most one row a day.
        counted_days: Its rows are counted over the days `$since` to `$until` of the source, by default
            the newest so many; None for other rows.
        described: The columns that the source has and the view has not, with the type and meaning of
            each; all columns if there is no view.
        has_undated: Whether rows of a listing with days may have none.
        left_out: Columns that are long, and only shown if they are asked for.
    """

    name: str
    view: str
    order: tuple[tuple[str, bool], ...]
    source: str = ""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    relation: Relation | None = None
    days: tuple[str, str] | None = None
    daily_of: str | None = None
    counted_days: int | None = None
    described: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    has_undated: bool = True
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of a listing are wanted.

    Attributes:
        columns: The columns to return.
        values: The values of some filters.
        found: The name of one of these filters, and where the index has the rows that meet it.
        since: The first day; None for any. Rows without a day are left out if a day is given.
        until: The last day; None for any.
        after: The key of the last row before; None for the first part.
        limit: Maximum number of rows.
    """

    columns: Sequence[str]
    values: Mapping[str, object] = field(default_factory=dict)
    found: tuple[str, Places] | None = None
    since: date | None = None
    until: date | None = None
    after: Key | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of a listing.

    Attributes:
        rows: The rows, with the wanted columns.
        types: The DuckDB type of each column.
        last: The key of the last row if there are more, otherwise None.
    """

    rows: list[tuple[Any, ...]]
    types: tuple[str, ...]
    last: Key | None


def read_part(con: duckdb.DuckDBPyConnection, listing: Listing, wanted: Wanted) -> Part:
    """Return the wanted rows of a snapshot, in the order of the listing.

    The names of columns and filters come from the program, not from a reader.
    """
    found: list[tuple[Any, ...]] = []
    types: tuple[str, ...] = ()
    for span in _spans(con, listing, wanted):
        with _narrowed(con, listing, wanted, span):
            result = con.execute(
                _select(listing, wanted, span, wanted.limit + 1 - len(found)),
                _bound(listing, wanted, span),
            )
            types = tuple(str(column[1]) for column in result.description or ())
            found += result.fetchall()
        if len(found) > wanted.limit:
            break
    width = len(wanted.columns)
    rows = found[: wanted.limit]
    last = rows[-1][width:] if len(found) > wanted.limit else None
    return Part(rows=[row[:width] for row in rows], types=types[:width], last=last)


def read_pieces(con: duckdb.DuckDBPyConnection, listing: Listing, wanted: Wanted) -> Iterator[Part]:
    """Yield all rows after `wanted.after` in parts of some thousand; `wanted.limit` counts for all."""
    left, after = wanted.limit, wanted.after
    while left > 0:
        part = read_part(
            con,
            listing,
            replace(wanted, after=after, limit=min(left, _PIECE)),
        )
        yield part
        left -= len(part.rows)
        after = part.last
        if after is None:
            return


@dataclass(frozen=True, slots=True)
class _Span:
    """Which rows are read at a time.

    Attributes:
        condition: The condition that finds them, empty for all rows.
        first_day: First day; before all days if the rows have none.
        last_day: Last day; after all days if the rows have none.
        is_undated: Whether they are the rows without a day.
    """

    condition: str = ""
    first_day: date = date.min
    last_day: date = date.max
    is_undated: bool = False


def _spans(con: duckdb.DuckDBPyConnection, listing: Listing, wanted: Wanted) -> Iterator[_Span]:
    """Yield the spans that together have all rows; the newest rows first."""
    if listing.days is None:
        yield _Span()
        return
    if wanted.found is not None:
        yield from _counted_spans(listing.days[1], wanted, wanted.found[1])
        return
    table, column = listing.days
    row = con.execute(f"SELECT min({column}), max({column}) FROM {table}").fetchone()
    oldest, newest = row or (None, None)
    if newest is not None and not (wanted.after and wanted.after[0] is None):
        last = min(newest, wanted.until or newest)
        if wanted.after is not None:
            last = min(last, as_day(wanted.after[0]))
        first = max(oldest, wanted.since or oldest)
        days = wanted.limit if listing.daily_of in wanted.values else 1
        while last >= first:
            begin = max(first, _before(last, days - 1))
            yield _Span(f"{column} BETWEEN $first_day AND $last_day", begin, last)
            if begin == first:
                break
            last, days = _before(begin, 1), min(days * _GROWTH, _LONGEST_DAYS)
    if listing.has_undated and wanted.since is None and wanted.until is None:
        yield _Span(f"{column} IS NULL", is_undated=True)


def _counted_spans(column: str, wanted: Wanted, places: Places) -> Iterator[_Span]:
    """Yield spans that have as many rows as are wanted, as the index counts them, then more.

    Other filters may leave few of the rows.
    """
    last = wanted.until
    is_undated = wanted.after is not None and wanted.after[0] is None
    if wanted.after is not None and not is_undated:
        last = min(last or date.max, as_day(wanted.after[0]))
    days = places.days()
    first, end, rows, enough = None, None, 0, wanted.limit
    for day, count in days if not is_undated else ():
        if day is None or (wanted.since and day < wanted.since) or (last and day > last):
            continue
        first, end, rows = day, end or day, rows + count
        if rows > enough:
            yield _Span(f"{column} BETWEEN $first_day AND $last_day", first, end)
            first, end, rows, enough = None, None, 0, enough * _GROWTH
    if first is not None and end is not None:
        yield _Span(f"{column} BETWEEN $first_day AND $last_day", first, end)
    if wanted.since is None and wanted.until is None and any(day is None for day, _ in days):
        yield _Span(f"{column} IS NULL", is_undated=True)


@contextlib.contextmanager
def _narrowed(
    con: duckdb.DuckDBPyConnection, listing: Listing, wanted: Wanted, span: _Span
) -> Iterator[None]:
    """Let the query in between read only the rows of a span that the index names."""
    if wanted.found is None or listing.relation is None:
        yield
        return
    _, places = wanted.found
    days = Span(is_undated=True) if span.is_undated else Span(span.first_day, span.last_day)
    with (
        narrowed(con, listing.relation, places.rows(days)),
        narrowed(con, "latest_articles", places.articles(days)),
    ):
        yield


def as_day(value: date) -> date:
    """Return the day of an instant in UTC, or the day itself."""
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value


def _before(day: date, days: int) -> date:
    try:
        return day - timedelta(days)
    except OverflowError:
        return date.min


def _select(listing: Listing, wanted: Wanted, span: _Span, limit: int) -> str:
    columns = [identifier(name) for name in wanted.columns]
    keys = [identifier(name) for name, _ in listing.order]
    conditions = [
        span.condition,
        *(_condition(listing, name, span) for name in _conditions(wanted)),
    ]
    if _begins_after(wanted, span):
        conditions.append(_after(listing, is_undated=span.is_undated))
    where = " AND ".join(f"({one})" for one in conditions if one)
    order = ", ".join(
        f"{identifier(name)} {'DESC' if is_descending else 'ASC'} NULLS LAST"
        for name, is_descending in listing.order
    )
    source = listing.source.replace("{days}", f"articles.{span.condition}")
    return (
        f"SELECT {', '.join(columns + keys)} FROM {f'({source})' if source else listing.view} AS listed"
        + (f" WHERE {where}" if where else "")
        + f" ORDER BY {order} LIMIT {limit}"
    )


def _conditions(wanted: Wanted) -> list[str]:
    """Return the names of the filters that the index has not answered."""
    return [name for name in wanted.values if wanted.found is None or name != wanted.found[0]]


def _condition(listing: Listing, name: str, span: _Span) -> str:
    condition = listing.filters[name].condition.replace("$value", f"${name}")
    return condition.replace("{days}", f"named.{span.condition}")


def _begins_after(wanted: Wanted, span: _Span) -> bool:
    """Whether the last row before is among the rows of a span, or may be."""
    return wanted.after is not None and (wanted.after[0] is None) == span.is_undated


def _after(listing: Listing, *, is_undated: bool) -> str:
    """Return the condition that a row comes after the key `$after_0`, `$after_1`, ..."""
    condition = ""
    for place, (name, is_descending) in reversed(list(enumerate(listing.order))):
        if place == 0 and is_undated:
            break
        column, value = identifier(name), f"$after_{place}"
        further = f"{column} {'<' if is_descending else '>'} {value}"
        condition = f"{further} OR ({column} = {value} AND ({condition}))" if condition else further
    return condition


def _bound(listing: Listing, wanted: Wanted, span: _Span) -> dict[str, object]:
    """Return the values that a query has parameters for."""
    used = [
        listing.source,
        span.condition,
        *(_condition(listing, name, span) for name in _conditions(wanted)),
    ]
    days = {"first_day": span.first_day, "last_day": span.last_day}
    bound = {name: wanted.values[name] for name in _conditions(wanted)} | {
        name: day for name, day in days.items() if any(f"${name}" in one for one in used)
    }
    if listing.counted_days is not None:
        bound |= {"since": wanted.since, "until": wanted.until}
    if wanted.after is not None and _begins_after(wanted, span):
        skipped = 1 if span.is_undated else 0
        bound |= {
            f"after_{place}": value for place, value in enumerate(wanted.after) if place >= skipped
        }
    return bound
