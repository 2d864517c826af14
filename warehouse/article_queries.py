"""One article with what was read out of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

_FACTS = ("title", "authors", "published_at", "published_from", "language", "agency", "source_id", "url",
          "revision", "extractor", "flags")  # fmt: skip
_MARKS = {"heading": "## ", "item": "- ", "quote": "> "}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """The newest revision of an article, with its statements and its place in the archive."""

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

    def paragraphs(self, *, is_marked: bool = False) -> list[str]:
        """Return the lines of the text, with the marks of Markdown where they are wanted."""
        lines = self.text.split("\n")
        if not is_marked or len(self.paragraph_kinds) != len(lines):
            return lines
        marks = (_MARKS.get(kind, "") for kind in self.paragraph_kinds)
        return [mark + line for mark, line in zip(marks, lines, strict=True)]

    def facts(self) -> list[tuple[str, str]]:
        """Return what is known of the article, one line each."""
        values = ((name, getattr(self, name)) for name in _FACTS)
        return [
            (name, ", ".join(value) if isinstance(value, list) else str(value))
            for name, value in values
            if value not in (None, [])
        ]

    def as_json(self) -> dict[str, Any]:
        """Return all of it for machines."""
        return asdict(self)


def find_article(con: duckdb.DuckDBPyConnection, key: str) -> ShownArticle | None:
    """Return the article at an address or file, or with that key; None where there is none."""
    columns = ", ".join(f"articles.{name}" for name in ("article_id", *_FACTS, "text"))
    columns += ", coalesce(revisions.paragraph_kinds, []) AS paragraph_kinds"
    rows = con.execute(
        f"SELECT {columns}, coalesce(documents.warc_file, '') AS warc_file,"
        " coalesce(documents.warc_offset, -1) AS warc_offset FROM latest_articles AS articles"
        " INNER JOIN documents USING (document_id)"
        " INNER JOIN articles AS revisions USING (article_id, revision)"
        " WHERE $key IN (articles.article_id, articles.url, articles.canonical_url, documents.path)"
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
    return ShownArticle(**article, statements=statements)
