"""Stale articles: their rows were made by an older version of a transform.

Revisions are passed to worker processes as plain values, because records cost more to send
than to create: mentions are one string of JSON, and a record is created when it is needed.
"""

from __future__ import annotations

import importlib.resources
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import duckdb
import orjson

from transforms.records import Article, Mention

_STALE: Final = importlib.resources.files("warehouse").joinpath("stale.sql")
_NOT_STORED: Final = ("charset",)  # it is a column of `documents`
_COLUMNS: Final = tuple(known.name for known in fields(Article) if known.name not in _NOT_STORED)
_LISTS: Final = ("authors", "tags", "opt_out", "flags", "paragraph_kinds", "alternative_titles")
_READERS_OF_NAMES: Final = frozenset({"quotations", "keyphrases"})
_ASKED: Final = (
    'SELECT unnest(from_json($asked, \'[{"row_number": "BIGINT", "stale": "INTEGER",'
    ' "named_by": "VARCHAR"}]\'), recursive := true)'
)
# The rows of `mentions` are found by their position, not by comparing the keys of all rows.
_NAMES: Final = f"""
WITH asked AS ({_ASKED}),
wanted AS (
    SELECT article_id, revision, asked.named_by AS batch_id
    FROM articles
    JOIN asked ON asked.row_number = articles.rowid
    WHERE articles.rowid BETWEEN $first AND $last
)
SELECT article_id, to_json({{
    'start': list(start_char),
    'end': list(end_char),
    'text': list(mentions.text),
    'kind': list(mentions.kind),
    'name': list(coalesce(entities.name, mentions.text)),
    'entity_id': list(entity_id),
    'confidence': list(confidence),
    'candidates': list(candidates)
}})
FROM mentions
SEMI JOIN wanted USING (article_id, revision, batch_id)
LEFT JOIN entities USING (entity_id)
WHERE mentions.rowid BETWEEN $first_name AND $last_name
GROUP BY article_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows to compute again.

    Attributes:
        versions: Current version of each transform; rows of older versions are stale.
        since: First instant of publication, or of acquisition if undated; None for all.
        until: End of that range, not included; None for all.
        source: The one source; None for all.
        redo_before: Rows computed before this instant are stale regardless of version.
        corrected: Rows in `articles` that must be cleaned again whatever their version,
            because the user's rules about them have changed.
    """

    versions: Mapping[str, int]
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    redo_before: datetime | None = None
    corrected: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Stale:
    """Newest revisions of articles for which the same transforms must run again.

    Attributes:
        transforms: The stale transforms.
        replaces: Batch of the newest run of each transform over these revisions.
        name_rows: First and last row in `mentions` of its batch, None if it has no rows.
        row_numbers: Their rows in `articles`, in order.
    """

    transforms: frozenset[str]
    replaces: Mapping[str, str]
    name_rows: tuple[int, int] | None
    row_numbers: array[int]


def find_stale(con: duckdb.DuckDBPyConnection, selection: Selection) -> list[Stale]:
    """Return the articles to compute again, in the order of the file."""
    result = con.execute(
        _STALE.read_text("utf-8"),
        {
            "source": selection.source,
            "since": selection.since,
            "until": selection.until,
            "transforms": list(selection.versions),
            "versions": list(selection.versions.values()),
            "redo_before": selection.redo_before,
            "corrected": orjson.dumps(selection.corrected).decode(),
        },
    )
    found = []
    while row := result.fetchone():  # one row at a time: a list of a million numbers is large
        transforms, batches, first, last, numbers = row
        name_rows = None if first is None else (first, last)
        found.append(
            Stale(frozenset(transforms), dict(batches or ()), name_rows, array("q", numbers))
        )
    return found


def count_stale(stale: Iterable[Stale]) -> int:
    """Return the number of stale articles."""
    return sum(len(group.row_numbers) for group in stale)


def in_parts(stale: Iterable[Stale], most: int) -> Iterator[list[Stale]]:
    """Split stale articles into parts of at most `most` articles.

    >>> numbers = [array("q", range(5)), array("q", range(5, 7))]
    >>> stale = [Stale(frozenset(), {}, None, some) for some in numbers]
    >>> [[list(group.row_numbers) for group in part] for part in in_parts(stale, 3)]
    [[[0, 1, 2]], [[3, 4], [5]], [[6]]]
    """
    part, room = list[Stale](), most
    for group in stale:
        start = 0
        while numbers := group.row_numbers[start : start + room]:
            part.append(replace(group, row_numbers=numbers))
            start += len(numbers)
            room -= len(numbers)
            if not room:
                yield part
                part, room = [], most
    if part:
        yield part


class StoredRevision(NamedTuple):
    """A stored revision and the transforms to run again.

    Attributes:
        values: Its values in `articles`, in the order of the fields of `Article`.
        revision: Number of the revision.
        fetched_at: When its document was acquired.
        warc_file: Archive file of its document, None if not archived or not requested.
        warc_offset: Offset in that file.
        found_names: JSON of its mentions, one list per field; None if they are not needed.
        transforms: Transforms to run again.
        replaces: Batch of the newest run of each transform over it.
    """

    values: tuple[Any, ...]
    revision: int
    fetched_at: datetime
    warc_file: str | None
    warc_offset: int | None
    found_names: str | None
    transforms: frozenset[str]
    replaces: Mapping[str, str]

    @property
    def article_id(self) -> str:
        """The key of the article."""
        return str(self.values[_COLUMNS.index("article_id")])

    @property
    def address(self) -> str:
        """The URL of the article, or its key if it has no URL."""
        return str(self.values[_COLUMNS.index("url")] or self.article_id)

    @property
    def article(self) -> Article:
        """The article, created at each call."""
        values = dict(zip(_COLUMNS, self.values, strict=True))
        return Article(**values | {name: tuple(values[name] or ()) for name in _LISTS})

    @property
    def names(self) -> tuple[Mention, ...]:
        """The mentions of the newest run, created at each call."""
        columns = orjson.loads(self.found_names or "{}").values()
        return tuple(
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
            for start, end, text, kind, name, entity_id, confidence, candidates in sorted(
                zip(*columns, strict=True)
            )
        )


def read_stored(
    con: duckdb.DuckDBPyConnection, stale: Sequence[Stale], *, has_places: bool
) -> list[StoredRevision]:
    """Return stale revisions, in the order of the file.

    Args:
        con: The live file.
        stale: A part of the result of `find_stale`.
        has_places: Whether to read the archive file and offset of their documents.
    """
    names = _names(con, [group for group in stale if _needs_names(group)])
    columns = ", ".join(f"articles.{name}" for name in _COLUMNS)
    place = "documents.warc_file, documents.warc_offset" if has_places else "NULL, NULL"
    rows = con.execute(
        f"WITH asked AS ({_ASKED})"
        f" SELECT articles.revision, articles.fetched_at, {place}, asked.stale, {columns}"
        " FROM articles JOIN asked ON asked.row_number = articles.rowid"
        + (" LEFT JOIN documents USING (document_id)" if has_places else "")
        + " WHERE articles.rowid BETWEEN $first AND $last ORDER BY articles.rowid",
        _asked(stale),
    ).fetchall()
    return [
        StoredRevision(
            values=tuple(values),
            revision=revision,
            fetched_at=fetched_at,
            warc_file=warc_file,
            warc_offset=warc_offset,
            found_names=names.get(values[0]),
            transforms=stale[group].transforms,
            replaces=stale[group].replaces,
        )
        for revision, fetched_at, warc_file, warc_offset, group, *values in rows
    ]


def _needs_names(stale: Stale) -> bool:
    return not _READERS_OF_NAMES.isdisjoint(stale.transforms) and "mentions" not in stale.transforms


def _names(con: duckdb.DuckDBPyConnection, stale: Sequence[Stale]) -> dict[str, str]:
    places = [group.name_rows for group in stale if group.name_rows]
    if not places:
        return {}
    bounds = {
        "first_name": min(first for first, _ in places),
        "last_name": max(last for _, last in places),
    }
    return dict(con.execute(_NAMES, _asked(stale) | bounds).fetchall())


def _asked(stale: Sequence[Stale]) -> dict[str, object]:
    """Return the parameters that select articles; bounds let DuckDB skip row groups."""
    asked = [
        {"row_number": number, "stale": index, "named_by": group.replaces.get("mentions")}
        for index, group in enumerate(stale)
        for number in group.row_numbers
    ]
    return {
        "asked": orjson.dumps(asked).decode(),
        "first": min(group.row_numbers[0] for group in stale),
        "last": max(group.row_numbers[-1] for group in stale),
    }
