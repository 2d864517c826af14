"""What the search for copies reads from the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from warehouse.linking import listed
from warehouse.sql_files import read_sql

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """The text of a revision, with its direct quotations as spans."""

    article_id: str
    revision: int
    source_id: str
    title: str | None
    text: str
    quotations: list[Span]


@dataclass(frozen=True, slots=True)
class Known:
    """Earlier articles that may be copied.

    Attributes:
        places: The articles that have a hash.
        clusters: The cluster of each of these articles.
        order: These clusters and the articles without one, oldest first.
    """

    places: Mapping[int, list[str]] = field(default_factory=dict)
    clusters: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()


def new_texts(con: duckdb.DuckDBPyConnection, batches: Iterable[str]) -> list[TextRow]:
    """Return the texts of the articles that some batches appended, the earliest one first."""
    rows = con.execute(read_sql("clusters", "new_texts"), {"batches": listed(batches)}).fetchall()
    return [*map(_text_row, rows)]


def texts_of(con: duckdb.DuckDBPyConnection, articles: Iterable[str]) -> list[TextRow]:
    """Return the newest revision of some articles."""
    rows = con.execute(read_sql("clusters", "texts_of"), {"articles": listed(articles)}).fetchall()
    return [*map(_text_row, rows)]


def known_places(con: duckdb.DuckDBPyConnection, hashes: Collection[int], *, most: int) -> Known:
    """Return the articles that have one of some hashes, at most `most` for each hash."""
    rows = con.execute(
        read_sql("clusters", "known_places"), {"hashes": listed(hashes), "most": most}
    ).fetchall()
    places: dict[int, list[str]] = dict(rows)
    articles = sorted({key for keys in places.values() for key in keys})
    found = con.execute(
        read_sql("clusters", "clusters_of"), {"articles": listed(articles)}
    ).fetchall()
    return Known(
        places,
        {key: cluster for key, cluster in found if cluster},
        tuple(dict.fromkeys(cluster or key for key, cluster in found)),
    )


def parts_of(con: duckdb.DuckDBPyConnection, clusters: Iterable[str]) -> dict[str, str]:
    """Return the clusters that were merged into some clusters, each with the one it is part of."""
    return dict(
        con.execute(read_sql("clusters", "parts_of"), {"clusters": listed(clusters)}).fetchall()
    )


def _text_row(row: tuple[str, int, str, str | None, str, list[list[int]]]) -> TextRow:
    article_id, revision, source_id, title, text, spans = row
    return TextRow(
        article_id=article_id,
        revision=revision,
        source_id=source_id,
        title=title,
        text=text,
        quotations=[(start, end) for start, end in spans],
    )
