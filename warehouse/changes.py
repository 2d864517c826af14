"""What the comparison of revisions reads from the warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import duckdb

from warehouse.linking import listed
from warehouse.sql_files import read_sql

_AT_ONCE: Final = 200  # pairs of texts in memory
Key = tuple[str, int]  # article_id and revision


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionText:
    """One revision of an article.

    Attributes:
        statements: Its statements as (speaker, statement), in reading order.
        names: The names in it, by the key of their entity.
    """

    title: str | None
    text: str
    statements: list[tuple[str | None, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedRevision:
    """An edited revision and the revision before it."""

    article_id: str
    revision: int
    before: RevisionText
    after: RevisionText


def edited_revisions(
    con: duckdb.DuckDBPyConnection, batches: Iterable[str]
) -> Iterator[EditedRevision]:
    """Yield the edited revisions that some batches appended, oldest first."""
    rows = con.execute(
        read_sql("edits", "edited_revisions"), {"batches": listed(batches)}
    ).fetchall()
    for start in range(0, len(rows), _AT_ONCE):
        yield from _with_parts(con, rows[start : start + _AT_ONCE])


Texts = list[str | None]


def _with_parts(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[str, int, Texts, Texts]]
) -> Iterator[EditedRevision]:
    keys = sorted({(row[0], revision) for row in rows for revision in (row[1] - 1, row[1])})
    statements, names = _statements(con, keys), _names(con, keys)
    for article_id, revision, before, after in rows:
        earlier, later = (
            RevisionText(
                title=title,
                text=text or "",
                statements=statements.get((article_id, number), []),
                names=names.get((article_id, number), {}),
            )
            for number, (title, text) in ((revision - 1, before), (revision, after))
        )
        yield EditedRevision(article_id=article_id, revision=revision, before=earlier, after=later)


def _statements(
    con: duckdb.DuckDBPyConnection, keys: list[Key]
) -> dict[Key, list[tuple[str | None, str]]]:
    found: dict[Key, list[tuple[str | None, str]]] = {}
    rows = con.execute(read_sql("edits", "statements_of"), _parameters(keys)).fetchall()
    for article_id, revision, speaker, statement in rows:
        found.setdefault((article_id, revision), []).append((speaker, statement))
    return found


def _names(con: duckdb.DuckDBPyConnection, keys: list[Key]) -> dict[Key, dict[str, str]]:
    found: dict[Key, dict[str, str]] = {}
    rows = con.execute(read_sql("edits", "names_of"), _parameters(keys)).fetchall()
    for article_id, revision, entity_id, name in rows:
        found.setdefault((article_id, revision), {})[entity_id] = name
    return found


def _parameters(keys: list[Key]) -> dict[str, str]:
    return {
        "articles": listed(key[0] for key in keys),
        "revisions": listed(key[1] for key in keys),
    }
