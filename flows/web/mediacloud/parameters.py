"""What a request to Media Cloud's API asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Self, TypeVar

from flows.web.mediacloud.answers import refuse
from flows.web.mediacloud.numbers import COLLECTION, names_of
from flows.web.mediacloud.query_language import exactly, parse_query
from flows.web.page import Page
from warehouse.conditions import Connection
from warehouse.search_counts import Range, count_articles
from warehouse.search_index import Month
from warehouse.search_tree import Days, Node, Sources, all_of

Interval = Literal["week", "day", "month", "year"]
_Value = TypeVar("_Value", bound=str)

PLATFORM: Final = "onlinenews-mediacloud"
_MOST_DAYS: Final = 100 * 366  # of a search; each day is a point of a chart


@dataclass(frozen=True, slots=True)
class Asked:
    """A search in Media Cloud's API.

    Attributes:
        query: As it was written.
        tree: What the articles must match, with days and sources.
        within: The days and sources.
    """

    query: str
    tree: Node
    within: Range

    @classmethod
    def of(cls, page: Page, con: Connection, months: Sequence[Month]) -> Self:
        """Read the parameters of a request.

        Raises:
            HTTPException: One is missing or cannot be read.
            SearchSyntaxError: The query cannot be read.
        """
        check_platform(page, PLATFORM)
        since, until = day(page, "start"), day(page, "end")
        if since > until:
            raise refuse(f"start is after end: got {since} and {until}")
        if (until - since).days >= _MOST_DAYS:
            raise refuse("start and end are more than a hundred years apart")
        query = page.value("q")
        found = parse_query(query)
        source_ids = _source_ids(page, con, months)
        filters: list[Node] = [Days(since, until)]
        if source_ids is not None:
            filters.append(Sources(source_ids))
        return cls(query, all_of([exactly(found), *filters]), Range(since, until, source_ids))


def check_platform(page: Page, only: str) -> None:
    """Refuse a request for other platforms than online news."""
    platform = page.value("platform")
    if platform not in ("", only):
        raise refuse(f"there is no platform {platform} here: the only one is {only}")


def day(page: Page, name: str) -> date:
    """Return a day that a request must name."""
    found = page.day(name)
    if found is None:
        raise refuse(f"{name}: got {page.value(name)!r}, expected a day such as 2024-01-31")
    return found


def whole_number(page: Page, name: str, default: int, *, most: int, least: int = 1) -> int:
    """Return a number that a request may name; 0 or nothing stands for the default."""
    text = page.value(name) or "0"
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not number:
        return default
    if not least <= number <= most:
        raise refuse(f"{name}: got {text}, expected a whole number from {least} to {most:,}")
    return number


def choice(page: Page, name: str, choices: Sequence[_Value]) -> _Value:
    """Return one of some values, the first one if a request names none."""
    value = page.value(name) or choices[0]
    for one in choices:
        if one == value:
            return one
    raise refuse(f"{name}: got {value!r}, expected one of {', '.join(choices)}")


def is_on(page: Page, name: str) -> bool:
    """Whether a request sets a switch."""
    return page.value(name).lower() in {"1", "true"}


def source_names(con: Connection, months: Sequence[Month]) -> list[str]:
    """Return the keys of all sources: those with articles, and those with feeds."""
    listed = con.execute(
        "SELECT source_id FROM snapshot.sources UNION SELECT source_id FROM snapshot.latest_feeds"
    ).fetchall()
    with_articles = count_articles(con, months, Range(date.min, date.max), "source_id")
    return sorted({name for (name,) in listed} | {name for (name,) in with_articles} - {None})


def check_collection(number: int) -> None:
    """Refuse a collection that does not exist."""
    if number != COLLECTION:
        raise refuse(
            f"there is no collection {number}: the only one is {COLLECTION}, of all sources"
        )


def _source_ids(page: Page, con: Connection, months: Sequence[Month]) -> tuple[str, ...] | None:
    """Return the sources of a request; None for all of them."""
    collections, sources = _numbers(page, "cs"), _numbers(page, "ss")
    for number in collections:
        check_collection(number)
    if not sources:
        return None
    found = names_of(sources, source_names(con, months))
    if unknown := [number for number in sources if not found[number]]:
        raise refuse(
            f"there is no source {unknown[0]}: DirectoryApi.source_list tells the numbers of the sources"
        )
    return (
        None if collections else tuple(sorted({name for names in found.values() for name in names}))
    )


def _numbers(page: Page, name: str) -> list[int]:
    """Return the numbers in a list with commas."""
    listed = ",".join(page.request.query_params.getlist(name)).split(",")
    texts = [text.strip() for text in listed if text.strip()]
    if wrong := [text for text in texts if not (text.isascii() and text.isdigit())]:
        raise refuse(f"{name}: got {wrong[0]!r}, expected numbers with commas between them")
    return [int(text) for text in texts if len(text) < 20]
