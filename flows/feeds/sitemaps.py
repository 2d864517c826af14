"""Parses sitemaps as feeds: news sitemaps, plain ones, indexes, and lists of URLs.

The format is the sitemaps.org protocol with Google's news extension. Namespaces are not
checked, because half of the sitemaps on the web misspell them. Sitemaps are parsed as a
stream, so that 50,000 pages need no tree in memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter

from lxml import etree

from flows.feeds.feed_xml import Markup, own_entities
from transforms.feeds.entries import identify_entries
from transforms.feeds.feed_dates import DateWords, read_feed_date
from transforms.feeds.feed_fields import EntryFields, make_entry
from transforms.feeds.feed_records import (
    FeedBody,
    FeedEntry,
    FeedRefusal,
    ParsedFeed,
    SitemapLink,
)
from transforms.feeds.feed_text import one_line
from transforms.urls import absolute_url, registered_domain

MAX_SITEMAPS = 1000  # sitemap URLs kept per index, latest change first
MAX_DEPTH = 3  # levels of nested indexes; deeper ones are loops

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
Fields = dict[str, str]


def read_sitemap(
    body: FeedBody, markup: Markup, words: DateWords, *, limit: int
) -> ParsedFeed | FeedRefusal:
    """Return the pages of a sitemap, or the sitemaps of an index, latest change first.

    If there are more than `limit` pages, the latest are kept, or the first if none has a
    date.
    """
    document = own_entities(markup)
    is_truncated = b"</" + markup.qualified_root not in document[-4096:]
    try:
        if markup.root == "sitemapindex":
            return _read_index(body, document, words, is_truncated=is_truncated)
        return _read_pages(body, document, words, limit=limit, is_truncated=is_truncated)
    except etree.XMLSyntaxError as exc:
        return FeedRefusal(reason="bad_xml", detail=one_line(str(exc))[:200])


def read_text_sitemap(body: FeedBody, text: str, *, limit: int) -> ParsedFeed | None:
    """Return a sitemap with one URL per line, or None if any line is not a URL."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines):
        return None
    words = DateWords({}, {})
    made = [
        make_entry(EntryFields(position=position, link=line), body, words)
        for position, line in enumerate(lines[:limit])
    ]
    return _sitemap(body, made, seen=len(lines), kind="sitemap", flags=())


def choose_sitemaps(
    index: ParsedFeed, *, index_url: str, visited: Iterable[str], limit: int, depth: int
) -> tuple[SitemapLink, ...]:
    """Return the sitemaps of an index to fetch next, latest change first.

    Args:
        index: The parsed index.
        index_url: The index's URL; sitemaps on other domains are left out.
        visited: URLs already fetched in this walk, to avoid loops.
        limit: Maximum number of sitemaps to return.
        depth: Number of indexes above this one; at `MAX_DEPTH` nothing is returned.
    """
    if depth >= MAX_DEPTH:
        return ()
    seen, own = set(visited), registered_domain(index_url)
    open_ones = (
        link
        for link in index.sitemaps
        if link.url not in seen and registered_domain(link.url) == own
    )
    return tuple(islice(open_ones, limit))


def _read_pages(
    body: FeedBody, document: bytes, words: DateWords, *, limit: int, is_truncated: bool
) -> ParsedFeed:
    fields = list(enumerate(_elements(document, "url")))
    is_news = any("news" in entry for _, entry in fields)
    chosen = fields
    if len(fields) > limit:
        chosen = sorted(
            fields, key=lambda numbered: _sort_date(numbered[1], words, body), reverse=True
        )
        chosen = sorted(chosen[:limit], key=itemgetter(0))
    made = [_entry(entry, position, body, words) for position, entry in chosen]
    kind = "news_sitemap" if is_news else "sitemap"
    flags = ("truncated",) if is_truncated else ()
    return _sitemap(body, made, seen=len(fields), kind=kind, flags=flags)


def _sitemap(
    body: FeedBody, made: list[FeedEntry], *, seen: int, kind: str, flags: tuple[str, ...]
) -> ParsedFeed:
    identified = identify_entries(body.feed_id, made)
    dated = [entry.updated_at or entry.published_at for entry in identified.entries]
    return ParsedFeed(
        kind=kind,
        version="sitemap09",
        entries=identified.entries,
        updated_at=max(filter(None, dated), default=None),
        seen=seen,
        duplicates=identified.duplicates,
        unusable=identified.unusable,
        over_limit=seen - len(made),
        flags=flags,
    )


def _read_index(
    body: FeedBody, document: bytes, words: DateWords, *, is_truncated: bool
) -> ParsedFeed:
    fields = list(_elements(document, "sitemap"))
    links: dict[str, SitemapLink] = {}
    for entry in fields:
        url = absolute_url(entry.get("loc", ""), body.url) if entry.get("loc") else None
        if url:
            stated = read_feed_date(entry.get("lastmod", ""), words, now=body.fetched_at)
            links.setdefault(url, SitemapLink(url=url, modified_at=stated.at))
    latest = sorted(links.values(), key=lambda link: link.modified_at or _LONG_AGO, reverse=True)
    flags = {"truncated"} if is_truncated else set()
    flags |= {"sitemaps_cut"} if len(latest) > MAX_SITEMAPS else set()
    return ParsedFeed(
        kind="sitemap_index",
        version="sitemap09",
        sitemaps=tuple(latest[:MAX_SITEMAPS]),
        updated_at=latest[0].modified_at if latest else None,
        flags=tuple(sorted(flags)),
    )


def _sort_date(fields: Fields, words: DateWords, body: FeedBody) -> datetime:
    """Return the date of a page, used to choose the latest ones."""
    stated = fields.get("publication_date") or fields.get("lastmod") or ""
    return read_feed_date(stated, words, now=body.fetched_at).at or _LONG_AGO


def _entry(fields: Fields, position: int, body: FeedBody, words: DateWords) -> FeedEntry:
    keywords = fields.get("keywords", "")
    return make_entry(
        EntryFields(
            position=position,
            link=fields.get("loc"),
            title=fields.get("title"),
            published_raw=fields.get("publication_date"),
            updated_raw=fields.get("lastmod"),
            language=fields.get("language"),
            tags=tuple(word.strip() for word in keywords.split(",")),
            image=fields.get("image"),
        ),
        body,
        words,
    )


def _elements(document: bytes, name: str) -> Iterator[Fields]:
    """Yield the fields of each `url` or `sitemap` element, by local name.

    If the document breaks off, complete elements are yielded and the cut one is dropped.
    """
    events = etree.iterparse(
        io.BytesIO(document),
        events=("end",),
        recover=False,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    )
    fields: Fields = {}
    count = 0
    try:
        for _, element in events:
            local = _local(element)
            if local == name:
                yield fields
                count += 1
                fields = {}
                _free(element)
            else:
                _keep_leaf(fields, local, element)
    except etree.XMLSyntaxError:
        if not count:
            raise


def _local(element: etree._Element) -> str:
    """Return an element's name without namespace or prefix; empty for comments."""
    name = element.tag if isinstance(element.tag, str) else ""
    return name.rpartition("}")[2].rpartition(":")[2]


def _free(element: etree._Element) -> None:
    """Free the memory of the element and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _keep_leaf(fields: Fields, local: str, element: etree._Element) -> None:
    """Store an element's text by its name; for pictures and videos, only the URL."""
    parent = element.getparent()
    owner = _local(parent) if parent is not None else ""
    text = (element.text or "").strip()
    if owner in {"image", "video"}:
        if local == "loc" and text:
            fields.setdefault("image", text)
        return
    if local == "news":
        fields["news"] = "1"
    if text:
        fields.setdefault(local, text)
