"""Queries about the revisions of one article."""

from __future__ import annotations

import importlib.resources
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from transforms.urls import canonical_url
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


def find_revisions(con: duckdb.DuckDBPyConnection, key: str) -> list[Revision]:
    """Return the revisions of the article with this URL, file path or key, oldest first.

    A URL counts if any revision was fetched from it, with or without tracking parameters, or
    declares it, or if the article moved to it. Of several articles, the one that was fetched last is meant. The list is empty
    if there is none.
    """
    keys = [key, canonical_url(key) or key]
    keys += filter(None, [moved_article(con, keys[1])])
    rows = con.execute(_REVISIONS.read_text("utf-8"), {"keys": keys}).fetchall()
    return [Revision(*row) for row in rows]
