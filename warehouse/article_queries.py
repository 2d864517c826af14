"""Queries about articles, their documents and where the documents are archived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from warehouse.article_context import ArticleContext, read_context
from warehouse.moves import moved_article
from warehouse.queries import ITEMS, items

_FACTS = ("title", "authors", "published_at", "published_from", "language", "agency", "source_id", "url",
          "revision", "extractor", "flags")  # fmt: skip
_MARKS = {"heading": "## ", "item": "- ", "quote": "> "}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """The newest revision of an article: statements, context and archive position."""

    article_id: str
    revision: int
    title: str | None
    authors: list[str]
    published_at: datetime | None
    published_from: str | None
    language: str | None
    agency: str | None
    source_id: str
    url: str | None
    extractor: str
    flags: list[str]
    text: str
    paragraph_kinds: list[str]
    warc_file: str
    warc_offset: int
    statements: list[tuple[str | None, str | None, str]]
    context: ArticleContext

    def paragraphs(self, *, is_marked: bool = False) -> list[str]:
        """Return the lines of the text, with Markdown marks if `is_marked`."""
        lines = self.text.split("\n")
        if not is_marked or len(self.paragraph_kinds) != len(lines):
            return lines
        marks = (_MARKS.get(kind, "") for kind in self.paragraph_kinds)
        return [mark + line for mark, line in zip(marks, lines, strict=True)]

    def facts(self) -> list[tuple[str, str]]:
        """Return names and values of the facts that are known about the article."""
        values = ((name, getattr(self, name)) for name in _FACTS)
        facts = [
            (name, ", ".join(value) if isinstance(value, list) else str(value))
            for name, value in values
            if value not in (None, [])
        ]
        return [*facts, *self.context.facts()]

    def as_json(self) -> dict[str, Any]:
        """Return all fields, for JSON output."""
        fields = asdict(self)
        context: dict[str, Any] = fields.pop("context")
        return fields | context


def find_article(con: duckdb.DuckDBPyConnection, key: str) -> ShownArticle | None:
    """Return the article with this URL, file path or key, None if there is none."""
    if (found := _find_article(con, key)) is not None:
        return found
    moved = moved_article(con, key)
    return _find_article(con, moved) if moved else None


def _find_article(con: duckdb.DuckDBPyConnection, key: str) -> ShownArticle | None:
    columns = ", ".join(f"articles.{name}" for name in ("article_id", *_FACTS, "text"))
    columns += ", coalesce(revisions.paragraph_kinds, []) AS paragraph_kinds"
    rows = con.execute(
        f"SELECT {columns}, coalesce(documents.warc_file, '') AS warc_file,"
        " coalesce(documents.warc_offset, -1) AS warc_offset FROM latest_articles AS articles"
        " INNER JOIN documents USING (document_id)"
        " INNER JOIN articles AS revisions USING (article_id, revision)"
        " WHERE $key IN (articles.article_id, articles.url, articles.canonical_url, documents.path,"
        " documents.requested_url)"
        " LIMIT 1",
        {"key": key},
    )
    names = [column[0] for column in rows.description or []]
    row = rows.fetchone()
    if row is None:
        return None
    article = dict(zip(names, row, strict=True))
    statements = con.execute(
        "SELECT speaker, speaker_role, statement FROM said"
        " WHERE article_id = ? AND revision = ? ORDER BY start_char",
        [article["article_id"], article["revision"]],
    ).fetchall()
    context = read_context(con, article["article_id"])
    return ShownArticle(**article, statements=statements, context=context)


def has_source(con: duckdb.DuckDBPyConnection, source_id: str) -> bool:
    """Whether the warehouse has any article of a source."""
    row = con.execute("SELECT 1 FROM sources WHERE source_id = ? LIMIT 1", [source_id]).fetchone()
    return row is not None


def known_documents(con: duckdb.DuckDBPyConnection, document_ids: Iterable[str]) -> set[str]:
    """Return the documents that need not be analysed again.

    A refused document is tried again, because the refusal may have been our fault. A page
    that shows the same wall again has a failed fetch, but not always a rejection of its own.
    """
    rows = con.execute(
        f"WITH asked AS (SELECT DISTINCT {ITEMS} AS document_id),"
        " failed AS (SELECT document_id FROM fetches SEMI JOIN asked USING (document_id)"
        " WHERE failure IS NOT NULL)"
        " SELECT document_id FROM asked SEMI JOIN documents USING (document_id)"
        " ANTI JOIN rejections USING (document_id) ANTI JOIN failed USING (document_id)",
        [items(document_ids)],
    ).fetchall()
    return {row[0] for row in rows}


def acquired_documents(con: duckdb.DuckDBPyConnection, document_ids: Iterable[str]) -> set[str]:
    """Return the documents that have a row in the warehouse, refused or not."""
    rows = con.execute(
        f"SELECT DISTINCT document_id FROM documents WHERE document_id IN (SELECT {ITEMS})",
        [items(document_ids)],
    ).fetchall()
    return {row[0] for row in rows}


def known_urls(con: duckdb.DuckDBPyConnection, urls: Iterable[str]) -> set[str]:
    """Return the canonical URLs that have an article or need no further fetch."""
    rows = con.execute(
        "WITH asked AS (SELECT DISTINCT unnest(?) AS canonical_url)"
        " SELECT canonical_url FROM asked SEMI JOIN articles USING (canonical_url)"
        " UNION SELECT canonical_url FROM asked SEMI JOIN latest_fetches ON"
        " latest_fetches.canonical_url = asked.canonical_url"
        " AND latest_fetches.next_fetch_at IS NULL",
        [list(urls)],
    ).fetchall()
    return {row[0] for row in rows}


def stored_pages(con: duckdb.DuckDBPyConnection, urls: Iterable[str]) -> dict[str, str]:
    """Return a document of each page that has an article, by canonical URL.

    A page counts under the URL that it was fetched from, and under the one that it states.
    """
    rows = con.execute(
        f"WITH asked AS (SELECT DISTINCT {ITEMS} AS canonical_url)"
        " SELECT canonical_url, max(document_id) FROM articles"
        " SEMI JOIN asked USING (canonical_url) GROUP BY canonical_url"
        " UNION ALL SELECT fetches.canonical_url, max(fetches.document_id) FROM fetches"
        " SEMI JOIN asked ON asked.canonical_url = fetches.canonical_url"
        " SEMI JOIN articles ON articles.document_id = fetches.document_id"
        " GROUP BY fetches.canonical_url",
        [items(urls)],
    ).fetchall()
    return dict(rows)


def find_stored(
    con: duckdb.DuckDBPyConnection, sha256: Iterable[str]
) -> dict[str, tuple[str, int]]:
    """Return archive file and offset of the archived documents with these digests.

    Files with removed captures are used last, because the body may have been removed.
    """
    rows = con.execute(
        "SELECT sha256, warc_file, warc_offset"
        f" FROM documents WHERE warc_file IS NOT NULL AND sha256 IN (SELECT {ITEMS})"
        " QUALIFY row_number() OVER (PARTITION BY sha256 ORDER BY"
        " warc_file IN (SELECT warc_file FROM archive_removals), fetched_at DESC) = 1",
        [items(sha256)],
    ).fetchall()
    return {sha256: (file, offset) for sha256, file, offset in rows}


def removed_so_far(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int, int]]:
    """Return captures, documents and bytes recorded as removed, per archive file."""
    rows = con.execute(
        "SELECT warc_file, sum(captures)::BIGINT, sum(documents)::BIGINT, sum(bytes)::BIGINT"
        " FROM archive_removals GROUP BY warc_file"
    ).fetchall()
    return {file: (captures, documents, count) for file, captures, documents, count in rows}
