"""Queries about the pages of sites for which the user has rules.

The rules themselves are unknown here: the queries return addresses and what is stored about
them, and the caller compares that with the rules. A page is known by where it came from, or
by the URL of its article if it came from a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import duckdb

_ARTICLES: Final = """
SELECT
    articles.rowid AS row_number,
    coalesce(documents.final_url, articles.url, articles.canonical_url) AS address,
    articles.extractor_version
FROM articles
ANTI JOIN articles AS newer
    ON newer.article_id = articles.article_id AND newer.revision > articles.revision
INNER JOIN documents USING (document_id)
WHERE documents.media_type = 'html'
"""
_HAS_RULES: Final = "contains(articles.extractor_version, '+rules.')"
_OF_SITES: Final = "regexp_matches(address, $sites)"
# One row per page: a later refusal with another detail is another row of the same page.
_REFUSED: Final = """
SELECT
    documents.document_id,
    coalesce(documents.final_url, documents.url) AS address,
    documents.warc_file,
    documents.warc_offset,
    list(rejections.detail) AS details
FROM documents
INNER JOIN rejections USING (document_id)
ANTI JOIN articles USING (document_id)
WHERE documents.media_type = 'html'
    AND documents.warc_file IS NOT NULL
    AND rejections.stage = 'clean'
    AND ($source IS NULL OR documents.source_id = $source)
    AND ($since IS NULL OR documents.fetched_at >= $since)
    AND ($until IS NULL OR documents.fetched_at < $until)
GROUP BY ALL
HAVING regexp_matches(address, $sites) OR bool_or(contains(rejections.detail, '(rules.'))
ORDER BY documents.warc_file, documents.warc_offset
"""


class SitePage(NamedTuple):
    """The newest revision of an article on a page of one of the sites.

    Attributes:
        row_number: Its row in `articles`.
        address: The URL by which rules know the page.
        version: Its `extractor_version`.
    """

    row_number: int
    address: str | None
    version: str


class RefusedPage(NamedTuple):
    """A page in the archive that was refused and has no article.

    Attributes:
        document_id: Key of its document.
        address: The URL by which rules know the page.
        warc_file: Archive file of its document.
        warc_offset: Offset in that file.
        details: The details of its refusals by the cleaning step.
    """

    document_id: str
    address: str | None
    warc_file: str
    warc_offset: int
    details: list[str]


def read_site_pages(con: duckdb.DuckDBPyConnection, sites: Sequence[str]) -> Iterator[SitePage]:
    """Yield the articles on pages of these sites, and those that rules were applied to.

    Pages of other sites may be among them: only the rules can tell.
    """
    # Without sites, DuckDB reads the versions alone and not the addresses of all articles.
    wanted = f"({_HAS_RULES} OR {_OF_SITES})" if sites else _HAS_RULES
    result = con.execute(
        f"{_ARTICLES} AND {wanted} ORDER BY articles.rowid",
        {"sites": _any_of(sites)} if sites else {},
    )
    while row := result.fetchone():
        yield SitePage(*row)


def read_refused_pages(
    con: duckdb.DuckDBPyConnection,
    sites: Sequence[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    source: str | None = None,
) -> list[RefusedPage]:
    """Return the refused pages of these sites, and those that were refused with rules.

    Args:
        con: The live file.
        sites: Hosts in lower case.
        since: First instant of acquisition; None for all.
        until: End of that range, not included; None for all.
        source: The one source; None for all.
    """
    limits = {"since": since, "until": until, "source": source}
    rows = con.execute(_REFUSED, {"sites": _any_of(sites)} | limits).fetchall()
    return [RefusedPage(*row) for row in rows]


def _any_of(sites: Sequence[str]) -> str | None:
    """Return a pattern that finds one of the sites in a URL, also as written in its script."""
    names = {name for site in sites for name in (site, _unicode(site))}
    return f"(?i)(?:{'|'.join(map(re.escape, sorted(names)))})" if names else None


def _unicode(site: str) -> str:
    try:
        return site.encode().decode("idna")
    except UnicodeError:
        return site
