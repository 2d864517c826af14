"""Queries about the revisions of one article."""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from warehouse.moves import moved_article

_REVISIONS: Final = importlib.resources.files("warehouse").joinpath("edits", "revisions_of.sql")


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of an article: a row of `articles`."""

    article_id: str
    revision: int
    cause: str
    source_id: str
    url: str | None
    title: str | None
    text: str
    fetched_at: datetime


def find_revisions(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> list[Revision]:
    """Return the revisions of the article with one of some keys, oldest first.

    A key is a URL, a file path or an article_id. A URL counts if any revision was fetched from
    it or declares it, or if the article moved to it. Of several articles, the one that was
    fetched last is meant. The list is empty if there is none.
    """
    moved = filter(None, (moved_article(con, key) for key in keys))
    rows = con.execute(_REVISIONS.read_text("utf-8"), {"keys": [*keys, *moved]}).fetchall()
    return [Revision(*row) for row in rows]
