"""What the search for stories reads from the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import duckdb

from warehouse.linking import listed
from warehouse.sql_files import read_sql

# Terms are counted in the newest articles of each language. Twenty thousand rows have those of
# the languages that are read now, however large the table is.
_COUNTED: Final = 3000
_COUNTED_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An article without a story.

    Attributes:
        at: When it was published, otherwise when it was acquired.
        cluster: The cluster of its copies, None without copies.
        names: Entity, name, kind, forms and number of mentions of each name.
        days: The single days that it names.
        statements: The fingerprints of its statements.
    """

    article_id: str
    revision: int
    at: datetime
    language: str
    title: str
    text: str
    cluster: str | None
    names: Sequence[tuple[str, str, str, list[str], int]]
    days: Sequence[date]
    statements: Sequence[str]


class StateRow(NamedTuple):
    """The newest state of a story, as in `story_states`."""

    story_id: str
    version: int
    first_at: datetime
    last_at: datetime
    central_article_id: str
    texts: int
    reviewed_texts: int
    terms: list[int]
    weights: list[float]
    people: list[str]
    people_texts: list[int]
    places: list[str]
    places_texts: list[int]
    follows_story_id: str | None
    into_story_id: str | None


class MemberRow(NamedTuple):
    """An article of a story, with how often it has moved and the cluster of its copies."""

    story_id: str
    article_id: str
    moves: int
    is_copy: bool
    similarity: float
    cluster_id: str | None


class TermsRow(NamedTuple):
    """The weighted terms of an article."""

    article_id: str
    published_at: datetime
    terms: list[int]
    weights: list[float]


def new_articles(con: duckdb.DuckDBPyConnection, batches: Sequence[str]) -> list[NewArticle]:
    """Return the articles of some batches that have no story yet, the oldest first."""
    rows = _rows(con, "new_articles", {"batches": listed(batches)})
    days = [row[3] or _utc(row[2]).date() for row in rows]
    if not days:
        return []
    asked = {"batches": listed(batches), "first_on": min(days), "last_on": max(days)}
    names: dict[tuple[str, int], list[Any]] = {}
    for article_id, revision, *name in _rows(con, "names", asked):
        names.setdefault((article_id, revision), []).append(tuple(name))
    dated = {(row[0], row[1]): row[2] for row in _rows(con, "days", asked)}
    said = {(row[0], row[1]): row[2] for row in _rows(con, "statements", asked)}
    return [
        NewArticle(
            article_id=article_id,
            revision=revision,
            at=_utc(at),
            language=language or "",
            title=title or "",
            text=text,
            cluster=cluster,
            names=names.get((article_id, revision), ()),
            days=dated.get((article_id, revision), ()),
            statements=said.get((article_id, revision), ()),
        )
        for article_id, revision, at, _, language, title, text, cluster in rows
    ]


def term_counts(
    con: duckdb.DuckDBPyConnection, languages: Iterable[str]
) -> dict[str, tuple[int, dict[int, int]]]:
    """Return how many of the newest articles of each language have each term.

    Terms of a single article are left out. The first number is that of the articles.
    """
    asked = {"languages": listed(languages), "most": _COUNTED, "read": _COUNTED_ROWS}
    totals: dict[str, int] = {}
    counts: dict[str, dict[int, int]] = {}
    for language, term, articles in _rows(con, "frequencies", asked):
        if term is None:
            totals[language] = articles
        else:
            counts.setdefault(language, {})[term] = articles
    return {language: (total, counts.get(language, {})) for language, total in totals.items()}


def stories_with(
    con: duckdb.DuckDBPyConnection,
    terms: Collection[int],
    days: tuple[date, date],
    *,
    most: int,
) -> dict[int, list[str]]:
    """Return the stories that had one of some terms between two days, the newest first.

    Args:
        con: The warehouse.
        terms: The terms.
        days: The first and the last day.
        most: How many stories are returned for each term.
    """
    asked = {"terms": listed(terms), "first_on": days[0], "last_on": days[1], "most": most}
    return dict(_rows(con, "places", asked))


def stories_of_clusters(
    con: duckdb.DuckDBPyConnection, clusters: Collection[str]
) -> dict[str, list[str]]:
    """Return the stories of the articles of some clusters."""
    return dict(_rows(con, "clusters", {"clusters": listed(clusters)})) if clusters else {}


def states_of(con: duckdb.DuckDBPyConnection, stories: Collection[str]) -> list[StateRow]:
    """Return the newest state of some stories, and of those that they became part of."""
    found: dict[str, StateRow] = {}
    wanted = set(stories)
    while wanted:
        rows = _rows(con, "states", {"stories": listed(sorted(wanted))})
        found |= {row[0]: StateRow(*row) for row in rows}
        wanted = {row.into_story_id for row in found.values() if row.into_story_id} - found.keys()
    return [
        row._replace(first_at=_utc(row.first_at), last_at=_utc(row.last_at))
        for row in found.values()
    ]


def members_of(con: duckdb.DuckDBPyConnection, stories: Collection[str]) -> list[MemberRow]:
    """Return the articles of some stories."""
    if not stories:
        return []
    rows = _rows(con, "members", {"stories": listed(stories)})
    return [MemberRow(*row) for row in rows]


def terms_of(con: duckdb.DuckDBPyConnection, articles: Collection[str]) -> list[TermsRow]:
    """Return the weighted terms of some articles; copies have none."""
    if not articles:
        return []
    rows = [TermsRow(*row) for row in _rows(con, "vectors", {"articles": listed(articles)})]
    return [row._replace(published_at=_utc(row.published_at)) for row in rows]


def named_in(
    con: duckdb.DuckDBPyConnection, articles: Collection[str]
) -> dict[str, list[tuple[str, str]]]:
    """Return the people and places that some articles name, as name and kind."""
    found: dict[str, list[tuple[str, str]]] = {}
    for article_id, name, kind in _rows(con, "named", {"articles": listed(articles)}):
        found.setdefault(article_id, []).append((name, kind))
    return found


def _rows(
    con: duckdb.DuckDBPyConnection, name: str, asked: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    return con.execute(read_sql("stories", name), asked).fetchall()


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
