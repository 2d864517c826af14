"""Articles whose rows an older version of a transform made, and what they need again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

import duckdb

from transforms.records import Article, Mention

_LISTS: Final = ("authors", "tags", "opt_out", "flags")
_COLUMNS: Final = tuple(field.name for field in fields(Article) if field.name != "charset")

# The newest revision of each article with the newest run of each transform over it. The
# cleaning step leaves a run of its own only where it found the same text again.
_STALE: Final = """
WITH newest AS (
    SELECT articles.rowid AS row_number, articles.article_id, articles.revision,
        articles.transform_version, articles.fetched_at
    FROM articles
    ANTI JOIN articles AS newer
        ON newer.article_id = articles.article_id AND newer.revision > articles.revision
    WHERE ($source IS NULL OR articles.source_id = $source)
        AND ($since IS NULL OR coalesce(articles.published_at, articles.fetched_at) >= $since)
        AND ($until IS NULL OR coalesce(articles.published_at, articles.fetched_at) < $until)
),
done AS (
    SELECT article_id, revision, transform, max(transform_version) AS version,
        max(analysed_at) AS analysed_at
    FROM analyses
    SEMI JOIN newest USING (article_id, revision)
    GROUP BY article_id, revision, transform
),
wanted AS (
    SELECT unnest($transforms) AS transform, unnest($versions) AS version
)
SELECT newest.row_number, newest.article_id, newest.revision,
    list(wanted.transform ORDER BY wanted.transform) AS transforms
FROM newest
CROSS JOIN wanted
LEFT JOIN done USING (article_id, revision, transform)
WHERE coalesce(
        done.version, CASE WHEN wanted.transform = 'clean' THEN newest.transform_version END, 0
    ) < wanted.version
    OR coalesce(
        done.analysed_at, CASE WHEN wanted.transform = 'clean' THEN newest.fetched_at END
    ) < $redo_before
GROUP BY newest.row_number, newest.article_id, newest.revision
ORDER BY newest.row_number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows are to be computed again.

    Attributes:
        versions: Version that each transform has now; older rows are stale.
        since: Instant of publication from which on, else of acquisition; None for all.
        until: Instant before which; None for all.
        source: Source alone; None for all.
        redo_before: Rows computed before this instant are stale whatever their version.
    """

    versions: Mapping[str, int]
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    redo_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stale:
    """The newest revision of an article, with the transforms that are to run again."""

    row_number: int
    article_id: str
    revision: int
    transforms: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevision:
    """A revision as the warehouse has it.

    Attributes:
        warc_file: Where its document is archived, None where it is not.
        names: What the newest run of `mentions` found in it.
        replaces: Batch of the newest run of each transform over it.
    """

    article: Article
    revision: int
    fetched_at: datetime
    warc_file: str | None
    warc_offset: int | None
    names: tuple[Mention, ...] = ()
    replaces: Mapping[str, str] = field(default_factory=dict)


def find_stale(con: duckdb.DuckDBPyConnection, selection: Selection) -> list[Stale]:
    """Return what is to be computed again, in the order it lies in the file."""
    rows = con.execute(
        _STALE,
        {
            "source": selection.source,
            "since": selection.since,
            "until": selection.until,
            "transforms": list(selection.versions),
            "versions": list(selection.versions.values()),
            "redo_before": selection.redo_before,
        },
    ).fetchall()
    return [Stale(row, ident, revision, frozenset(names)) for row, ident, revision, names in rows]


def read_stored(
    con: duckdb.DuckDBPyConnection, stale: Sequence[Stale], *, has_names: bool
) -> list[StoredRevision]:
    """Return the revisions asked for, in the order of the file.

    Args:
        con: The live file.
        stale: What `find_stale` returned, or a part of it.
        has_names: Whether the mentions are read, too.
    """
    numbers = [item.row_number for item in stale]
    names = _names(con, numbers) if has_names else {}
    replaced = _newest_batches(con, numbers)
    return [
        StoredRevision(
            article=_article(row),
            revision=row["revision"],
            fetched_at=row["fetched_at"],
            warc_file=row["warc_file"],
            warc_offset=row["warc_offset"],
            names=tuple(names.get(row["article_id"], ())),
            replaces=replaced.get(row["article_id"], {}),
        )
        for row in _rows(con, numbers)
    ]


def _rows(con: duckdb.DuckDBPyConnection, numbers: list[int]) -> Iterator[dict[str, Any]]:
    listed = ", ".join(f"asked.{name}" for name in _COLUMNS)
    result = con.execute(
        f"SELECT {listed}, asked.revision, asked.fetched_at, documents.warc_file,"
        f" documents.warc_offset FROM ({_asked()}) AS asked"
        " LEFT JOIN documents USING (document_id) ORDER BY asked.row_number",
        _bounds(numbers),
    )
    columns = [column[0] for column in result.description or []]
    for row in result.fetchall():
        yield dict(zip(columns, row, strict=True))


def _article(row: Mapping[str, Any]) -> Article:
    values = {name: row[name] for name in _COLUMNS}
    return Article(**values | {name: tuple(row[name]) for name in _LISTS})


def _names(con: duckdb.DuckDBPyConnection, numbers: list[int]) -> dict[str, list[Mention]]:
    rows = con.execute(
        f"WITH asked AS ({_asked()}), newest AS ("
        " SELECT article_id, revision, max_by(batch_id, (transform_version, analysed_at)) AS batch_id"
        " FROM analyses SEMI JOIN asked USING (article_id, revision)"
        " WHERE transform = 'mentions' GROUP BY article_id, revision)"
        " SELECT mentions.article_id, start_char, end_char, mentions.text, mentions.kind,"
        " coalesce(entities.name, mentions.text), entity_id, confidence, candidates"
        " FROM mentions SEMI JOIN newest USING (article_id, revision, batch_id)"
        " LEFT JOIN entities USING (entity_id) ORDER BY mentions.article_id, start_char, end_char",
        _bounds(numbers),
    ).fetchall()
    found: defaultdict[str, list[Mention]] = defaultdict(list)
    for article_id, start, end, text, kind, name, entity_id, confidence, candidates in rows:
        found[article_id].append(
            Mention(
                start=start,
                end=end,
                text=text,
                kind=kind,
                name=name,
                entity_id=entity_id,
                confidence=confidence,
                candidates=tuple(candidates),
            )
        )
    return found


def _newest_batches(
    con: duckdb.DuckDBPyConnection, numbers: list[int]
) -> dict[str, dict[str, str]]:
    rows = con.execute(
        f"WITH asked AS ({_asked()})"
        " SELECT article_id, transform, max_by(batch_id, (transform_version, analysed_at))"
        " FROM analyses SEMI JOIN asked USING (article_id, revision)"
        " GROUP BY article_id, transform",
        _bounds(numbers),
    ).fetchall()
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for article_id, transform, batch_id in rows:
        found[article_id][transform] = batch_id
    return found


def _asked() -> str:
    """Return a query for articles by number; the bounds let DuckDB skip row groups."""
    return (
        "SELECT *, rowid AS row_number FROM articles"
        " WHERE rowid BETWEEN $first AND $last AND rowid IN (SELECT unnest($numbers))"
    )


def _bounds(numbers: list[int]) -> dict[str, object]:
    return {"first": min(numbers), "last": max(numbers), "numbers": numbers}
