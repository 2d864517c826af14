"""What the matches of a question have in common: facets with counts, and their days.

Sources, languages and days are counted over all matches. Speakers, names, topics and kinds of
pages stand in large tables, so they are counted over the newest matches, a sample of limited
size: its rows lie together, and are found by their days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import duckdb

from warehouse.search_matches import Matches, choose, documents, rows_of

MOST_SAMPLED: Final = 500
_SHOWN: Final = 10  # values of each facet
# For each facet: the table, the column of its values, and the transform that fills the table.
_OF_SAMPLE: Final = {
    "speaker": ("quotations", "speaker", "quotations"),
    "entity": ("mentions", "entity_id", "mentions"),
    "topic": ("article_topics", "topic_code", "topics"),
    "page": ("articles", "page_type", None),
}
_NAMES: Final = (
    "SELECT entity_id, name FROM snapshot.entities WHERE entity_id IN (SELECT unnest(?))"
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet, its name for people, and how many matches have it."""

    value: str
    name: str
    articles: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of the matches of a question.

    Attributes:
        values: For `source`, `language`, `speaker`, `entity`, `topic` and `page`, the values with
            the most matches.
        days: Number of matches of each day that has any, oldest first.
        sampled: How many matches were counted for all but `source`, `language` and the days.
    """

    values: dict[str, list[Value]]
    days: list[tuple[date, int]]
    sampled: int


def read_facets(con: duckdb.DuckDBPyConnection, matches: Matches) -> Facets:
    """Return the facets of all matches (see `warehouse.search_matches`)."""
    if not matches.count:
        return Facets({name: [] for name in ("source", "language", *_OF_SAMPLE)}, [], 0)
    values, days = _of_all(con, matches)
    choose(con, matches, "sampled", most=MOST_SAMPLED, is_newest_first=True)
    row = con.execute("SELECT count(*) FROM sampled").fetchone()
    for name in _OF_SAMPLE:
        values[name] = _of_sample(con, name)
    return Facets(values, days, int(row[0]) if row else 0)


def _of_sample(con: duckdb.DuckDBPyConnection, name: str) -> list[Value]:
    """Return the values of a facet in the sample."""
    table, column, transform = _OF_SAMPLE[name]
    speech = "AND coalesce(act, 'speech') = 'speech'" if name == "speaker" else ""
    label = "topic" if name == "topic" else column
    rows = con.execute(
        f"SELECT {column}, any_value({label}), count(DISTINCT article_id) AS articles"
        f" FROM {rows_of(con, 'sampled', table, transform)}"
        f" WHERE {column} IS NOT NULL {speech}"
        f" GROUP BY {column} ORDER BY articles DESC, {column} LIMIT {_SHOWN}"
    ).fetchall()
    names = {value: label for value, label, _ in rows}
    if name == "entity" and rows:
        names |= dict(con.execute(_NAMES, [list(names)]).fetchall())
    return [Value(value, names[value], articles) for value, _, articles in rows]


def _of_all(
    con: duckdb.DuckDBPyConnection, matches: Matches
) -> tuple[dict[str, list[Value]], list[tuple[date, int]]]:
    """Return sources and languages of all matches, and the number of matches of each day."""
    listed = documents(range(len(matches.months)), "source_id, language, published_on")
    rows = con.execute(
        f"SELECT source_id, language, published_on, count(*) FROM matches"
        f" JOIN ({listed}) AS documents USING (month, document)"
        " GROUP BY GROUPING SETS ((source_id), (language), (published_on))"
        " ORDER BY count(*) DESC, source_id, language, published_on"
    ).fetchall()
    names = dict(con.execute("SELECT source_id, min(name) FROM snapshot.sources GROUP BY source_id").fetchall())  # fmt: skip
    sources = [Value(row[0], names.get(row[0]) or row[0], row[3]) for row in rows if row[0]]
    languages = [Value(row[1], row[1], row[3]) for row in rows if row[1]]
    days = sorted((row[2], row[3]) for row in rows if row[2])
    return {"source": sources[:_SHOWN], "language": languages[:_SHOWN]}, days
