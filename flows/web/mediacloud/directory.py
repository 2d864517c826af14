"""Media Cloud's directory: the sources, their feeds, and the one collection of all sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from flows.web.mediacloud.answers import answering, refuse
from flows.web.mediacloud.numbers import COLLECTION, names_of, number_of
from flows.web.mediacloud.parameters import (
    check_collection,
    check_platform,
    source_names,
    whole_number,
)
from flows.web.mediacloud.stories import index
from flows.web.page import Page
from warehouse.conditions import Connection
from warehouse.search_index import Month
from warehouse.sql_files import read_sql

PLATFORM: Final = "online_news"
_PER_PAGE: Final = 100  # if the client does not say
_MOST_PER_PAGE: Final = 1_000
_POLLED: Final = frozenset({"listed", "moved"})

Object = dict[str, Any]


def list_sources(page: Page) -> Object:
    """Return a page of the sources, by name; `name` narrows them to those that contain it."""
    check_platform(page, PLATFORM)
    if page.value("collection_id"):
        check_collection(_number(page.value("collection_id"), "collection_id"))
    with index(page) as (con, months):
        found = _sources(con, months)
    part = page.value("name").lower()
    return _in_pages(page, [one for one in found if part in f"{one['name']}\n{one['label']}".lower()])  # fmt: skip


def show_source(page: Page) -> Object:
    """Return a source by its number."""
    wanted = _number(page.request.path_params["number"], "the number of a source")
    with index(page) as (con, months):
        for one in _sources(con, months):
            if one["id"] == wanted:
                return one
    raise refuse(f"there is no source {wanted}", 404)


def list_collections(page: Page) -> Object:
    """Return the collection of all sources, unless the request names another one."""
    check_platform(page, PLATFORM)
    with index(page) as (con, months):
        if page.value("source_id"):
            _check_source(con, months, _number(page.value("source_id"), "source_id"))
        collection = _collection(con, months)
    is_wanted = page.value("name").lower() in collection["name"].lower()
    return _in_pages(page, [collection] if is_wanted else [])


def show_collection(page: Page) -> Object:
    """Return the collection of all sources."""
    wanted = _number(page.request.path_params["number"], "the number of a collection")
    if wanted != COLLECTION:
        raise refuse(f"there is no collection {wanted}: the only one is {COLLECTION}", 404)
    with index(page) as (con, months):
        return _collection(con, months)


def list_feeds(page: Page) -> Object:
    """Return a page of the feeds, of all sources or of one."""
    return _in_pages(page, _feeds(page))


def list_feed_details(page: Page) -> Object:
    """Return all feeds, of all sources or of one."""
    return {"feeds": _feeds(page)}


def _sources(con: Connection, months: Sequence[Month]) -> list[Object]:
    rows = con.execute(read_sql("searches", "sources")).fetchall()
    facts = {row[0]: row[1:] for row in rows}
    found = []
    for source_id in source_names(con, months):
        name, home_url, country, language, seen_at = facts.get(source_id, (None,) * 5)
        found.append(
            {
                "id": number_of(source_id),
                "name": source_id,
                "label": name or source_id,
                "homepage": home_url,
                "platform": PLATFORM,
                "media_type": None,
                "pub_country": country,
                "pub_state": None,
                "primary_language": language,
                "created_at": seen_at,
            }
        )
    return found


def _collection(con: Connection, months: Sequence[Month]) -> Object:
    return {
        "id": COLLECTION,
        "name": "All sources",
        "platform": PLATFORM,
        "notes": "All sources of this data folder. It is the only collection.",
        "public": True,
        "featured": True,
        "managed": False,
        "monitored": False,
        "source_count": len(source_names(con, months)),
    }


def _feeds(page: Page) -> list[Object]:
    since, before = _instant(page, "modified_since"), _instant(page, "modified_before")
    with index(page) as (con, months):
        source_ids = None
        if page.value("source_id"):
            number = _number(page.value("source_id"), "source_id")
            source_ids = _check_source(con, months, number)
        rows = con.execute(
            read_sql("searches", "feeds"),
            {"source_ids": source_ids, "since": since, "before": before},
        ).fetchall()
    return [
        {
            "id": number_of(feed_id),
            "url": url,
            "name": title,
            "source": number_of(source_id),
            "source_id": number_of(source_id),
            "admin_rss_enabled": state in _POLLED,
            "modified_at": recorded_at,
        }
        for feed_id, source_id, url, title, state, recorded_at in rows
    ]


def _check_source(con: Connection, months: Sequence[Month], number: int) -> list[str]:
    """Return the keys of a source; there must be one."""
    if not (found := names_of([number], source_names(con, months))[number]):
        raise refuse(f"there is no source {number}: DirectoryApi.source_list tells the numbers")
    return found


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise refuse(f"{what}: got {text!r}, expected a whole number")
    return int(text)


def _instant(page: Page, name: str) -> datetime | None:
    """Return an instant that is given in seconds since 1970."""
    text = page.value(name)
    try:
        return datetime.fromtimestamp(float(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        raise refuse(f"{name}: got {text!r}, expected seconds since 1970") from None


def _in_pages(page: Page, found: Sequence[Object]) -> Object:
    """Return a part of what was found, with the addresses of the parts before and after it."""
    limit = whole_number(page, "limit", _PER_PAGE, most=_MOST_PER_PAGE)
    first = whole_number(page, "offset", 0, most=10**9 - 1)

    def address(offset: int) -> str:
        return str(page.request.url.include_query_params(limit=limit, offset=offset))

    return {
        "count": len(found),
        "next": address(first + limit) if first + limit < len(found) else None,
        "previous": address(max(0, first - limit)) if first else None,
        "results": found[first : first + limit],
    }


ROUTES: Final = (
    ("GET", "sources/sources/", answering(list_sources)),
    ("GET", "sources/sources/{number}/", answering(show_source)),
    ("GET", "sources/collections/", answering(list_collections)),
    ("GET", "sources/collections/{number}/", answering(show_collection)),
    ("GET", "sources/feeds/", answering(list_feeds)),
    ("GET", "sources/feeds/details/", answering(list_feed_details)),
)
