"""What the warehouse knows about archived pages that are to be fetched, or were fetched."""

from __future__ import annotations

import importlib.resources
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import duckdb
import orjson

from warehouse.article_queries import known_documents
from warehouse.queries import ITEMS, items

Place = tuple[str, int]  # archive file and offset

_UNLOADED: Final = importlib.resources.files("warehouse").joinpath("unloaded_pages.sql")


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A document that was fetched from a page.

    Attributes:
        sha256: Hexadecimal SHA-256 of its body.
        place: Where the archive has it.
        is_known: Whether it need not be analysed again.
    """

    document_id: str
    sha256: str
    place: Place
    is_known: bool


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A fetched page in the archive; `url` is the URL that was asked for, without secrets."""

    url: str
    captured_at: datetime
    warc_file: str
    warc_offset: int


def page_versions(
    con: duckdb.DuckDBPyConnection, urls: Collection[str]
) -> dict[str, list[PageVersion]]:
    """Return the archived documents of pages, by canonical URL."""
    rows = con.execute(
        f"WITH asked AS (SELECT DISTINCT {ITEMS} AS canonical_url), shown AS ("
        " SELECT canonical_url, document_id FROM fetches SEMI JOIN asked USING (canonical_url)"
        " UNION SELECT canonical_url, document_id FROM visits SEMI JOIN asked USING (canonical_url))"
        " SELECT canonical_url, document_id, sha256, warc_file, warc_offset"
        " FROM shown JOIN documents USING (document_id) WHERE warc_file IS NOT NULL",
        [items(urls)],
    ).fetchall()
    known = known_documents(con, [row[1] for row in rows]) if rows else set()
    found: dict[str, list[PageVersion]] = {}
    for url, document_id, sha256, file, offset in rows:
        version = PageVersion(document_id, sha256, (file, offset), document_id in known)
        found.setdefault(url, []).append(version)
    return found


def unloaded_pages(
    con: duckdb.DuckDBPyConnection, pages: Iterable[ArchivedPage]
) -> dict[str, Place]:
    """Return where the pages are that no batch has loaded and that are still wanted, by URL."""
    parameter = orjson.dumps([asdict(page) for page in pages]).decode()
    rows = con.execute(_UNLOADED.read_text("utf-8"), {"pages": parameter}).fetchall()
    return {url: (file, offset) for url, file, offset in rows}
