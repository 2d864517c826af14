"""The stories that watches follow."""

from __future__ import annotations

import importlib.resources
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

import duckdb

from warehouse.linking import listed
from warehouse.watches import Watch

_SQL: Final = importlib.resources.files("warehouse").joinpath("stories")


class WatchedStory(NamedTuple):
    """A story, with the headline that it has now."""

    story_id: str
    headline: str | None


def find_watched(con: duckdb.DuckDBPyConnection, key: str) -> WatchedStory | None:
    """Return a story, or the one that it became part of; None if there is none with this key."""
    return _stories(con, [key]).get(key)


def with_current_stories(con: duckdb.DuckDBPyConnection, watches: Sequence[Watch]) -> list[Watch]:
    """Return the watches; a story that became part of another one is replaced by that one."""
    keys = {watch.story_id for watch in watches if watch.story_id is not None}
    if not keys:
        return list(watches)
    found = _stories(con, keys)
    return [
        replace(watch, story_id=found[watch.story_id].story_id)
        if watch.story_id in found
        else watch
        for watch in watches
    ]


def joined_articles(
    con: duckdb.DuckDBPyConnection, stories: Iterable[str], batches: Iterable[str]
) -> dict[str, dict[str, datetime]]:
    """Return the articles that some batches put into stories, by story.

    Each article comes with the commit that put it there first. If a batch made a story part of
    another one, all articles of both are returned.
    """
    asked = {"stories": listed(stories), "batches": listed(batches)}
    found: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for story_id, article_id, joined_at in con.execute(_read("joined"), asked).fetchall():
        found[story_id][article_id] = joined_at
    return found


def _stories(con: duckdb.DuckDBPyConnection, keys: Iterable[str]) -> dict[str, WatchedStory]:
    rows = con.execute(_read("watched"), {"stories": listed(keys)}).fetchall()
    return {asked: WatchedStory(*row) for asked, *row in rows}


def _read(name: str) -> str:
    return _SQL.joinpath(f"{name}.sql").read_text("utf-8")
