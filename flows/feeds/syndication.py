"""RSS and Atom, read by feedparser out of bytes that we fetched.

feedparser's `bozo` bit refuses nothing: what it could read counts.

One item of feedparser's result, as its feed wrote it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from flows.feeds.feed_parser import parse_tolerantly, read_loosely
from flows.feeds.feed_xml import Markup, own_entities
from transforms.feeds.entries import identify_entries
from transforms.feeds.feed_dates import DateWords, read_feed_date
from transforms.feeds.feed_fields import EntryFields, make_entry
from transforms.feeds.feed_records import FeedBody, FeedRefusal, ParsedFeed
from transforms.feeds.feed_text import one_line, plain_text
from transforms.urls import absolute_url

MAX_ENTRIES = 2000  # Media Cloud's cap: no feed of news shows more, broken ones show 100,000


_FEED_ROOTS = frozenset({"channel", "feed", "rdf", "rss"})
_ITEM_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ITEM_START = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_PERIODS_S = {
    "hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000,
    "yearly": 31_536_000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cut:
    """A document cut down to the items that are read.

    Attributes:
        over_limit: Items past the limit.
        complete: Items that have their end tag.
        is_truncated: The document ends before its root element does.
    """

    content: bytes
    over_limit: int
    complete: int
    is_truncated: bool


def read_syndication(
    body: FeedBody, markup: Markup, words: DateWords, *, limit: int = MAX_ENTRIES
) -> ParsedFeed | FeedRefusal:
    """Return what an RSS or Atom document in UTF-8 says, or why it is none.

    Args:
        body: Where and when the document was fetched.
        markup: The document (see `flows.feeds.feed_xml.find_root`).
        words: Month names and zones.
        limit: How many items are read at most.
    """
    cut = cut_items(markup, limit)
    parsed = parse_tolerantly(cut.content)
    if isinstance(parsed, FeedRefusal):
        return parsed
    version, items = parsed.version, parsed.items
    if not version and not items and markup.root not in _FEED_ROOTS:
        return FeedRefusal(reason="not_a_feed", detail=f"its root element is {markup.root!r}")
    if cut.is_truncated:
        items = items[: cut.complete]
    is_atom = version.startswith("atom")
    if version == "rss091u" and b"netscape" in markup.content[: markup.root_at].lower():
        version = "rss091n"  # told apart by the document type, which feedparser does not see here
    head = _head(parsed.feed, body, words)
    flags = {"truncated"} if cut.is_truncated else set()
    flags |= {"ill_formed"} if parsed.is_ill_formed else set()
    made = [
        make_entry(
            read_item(item, position, None if is_atom else head.language, is_atom=is_atom),
            body,
            words,
            read_loosely,
        )
        for position, item in enumerate(items)
    ]
    identified = identify_entries(body.feed_id, made)
    return replace(
        head,
        kind="atom" if is_atom else "rss",
        version=version or ("cdf" if markup.root == "channel" else "unknown"),
        entries=identified.entries,
        seen=len(made) + parsed.broken + cut.over_limit,
        duplicates=identified.duplicates,
        unusable=identified.unusable + parsed.broken,
        over_limit=cut.over_limit,
        flags=tuple(sorted(flags)),
    )


def cut_items(markup: Markup, limit: int) -> Cut:
    """Return the document with its first `limit` items, closed as its root asks."""
    content = own_entities(markup)
    closing = b"</" + markup.qualified_root
    is_truncated = closing not in content
    ends = [match.end() for match in _ITEM_END.finditer(content)]
    if len(ends) <= limit:
        return Cut(content, 0, len(ends), is_truncated)
    tail = closing + b">" if markup.root != "rss" else b"</channel></rss>"
    over = sum(1 for _ in _ITEM_START.finditer(content, ends[limit - 1]))
    return Cut(content[: ends[limit - 1]] + tail, over, limit, is_truncated)


def _head(feed: Mapping[str, Any], body: FeedBody, words: DateWords) -> ParsedFeed:
    """Return the feed without its entries."""
    get = getter(feed)
    updated = read_feed_date(get("updated") or "", words, now=body.fetched_at)
    published = read_feed_date(get("published") or "", words, now=body.fetched_at)
    links = {link.get("rel"): link.get("href") for link in reversed(get("links") or [])}
    home, own = get("link") or links.get("alternate"), links.get("self")
    return ParsedFeed(
        kind="",
        version="",
        title=plain(get, "title"),
        description=plain(get, "subtitle") or plain(get, "info"),
        home_url=absolute_url(home, body.url) if home else None,
        self_url=absolute_url(own, body.url) if own else None,
        language=first_language(get("language"), get("title_detail")),
        rights=plain(get, "rights"),
        updated_at=updated.at,
        published_at=published.at,
        ttl_s=_ttl_s(get("ttl"), get("sy_updateperiod"), get("sy_updatefrequency")),
    )


def _ttl_s(ttl: str | None, period: str | None, frequency: str | None) -> int | None:
    """Return the seconds for which a feed asks not to be polled: the longer of its wishes.

    >>> _ttl_s("60", "daily", "2")
    43200
    """
    wishes = []
    if ttl and ttl.strip().isdecimal():
        wishes.append(int(ttl.strip()[:6]) * 60)
    span = _PERIODS_S.get((period or "").strip().lower())
    if span:
        often = (frequency or "1").strip()[:6]
        wishes.append(span // max(1, int(often) if often.isdecimal() else 1))
    return max(wishes, default=0) or None


# A description this long is no teaser (teasers of wire copy end below 600 characters).
MIN_ARTICLE_CHARS = 1000

# Fields of plain text are cut at a tenth of this; markup past it is not worth its parsing.
_MAX_MARKUP_CHARS = 100_000
_PAGE_RELS = frozenset({"via", "related"})
# Base64 content under no better name than "bytes" is HTML where it decodes to text at all.
_HTML_TYPES = frozenset(
    {"text/html", "application/octet-stream", "application/xhtml+xml", "html", "xhtml"}
)
_ADDRESS = r"[^\s<>()@]{1,64}@[^\s<>()@]{1,255}"
_MAIL_AND_NAME = re.compile(rf"(?:mailto:)?{_ADDRESS}\s*\(([^()]+)\)")
_NAME_AND_MAIL = re.compile(rf"([^<>()@]+?)\s*[<(]\s*(?:mailto:)?{_ADDRESS}\s*[>)]")
_MAIL = re.compile(rf"(?:mailto:)?{_ADDRESS}")


def read_item(
    item: Mapping[str, Any], position: int, language: str | None, *, is_atom: bool
) -> EntryFields:
    """Return what one item says; RSS's only date, whatever its name, is its publication."""
    get = getter(item)
    published = get("published")
    if published is None:
        published = get("created")
    if published is None and not is_atom:
        published = get("updated")
    summary = plain(get, "summary") if get("summary_detail") else None
    return EntryFields(
        position=position,
        guid=get("id"),
        link=_link(get),
        title=plain(get, "title"),
        authors=_authors(get("authors") or []),
        published_raw=published,
        updated_raw=get("updated"),
        summary=summary,
        content=_content(get("content") or [], get("summary_detail"), summary),
        language=_entryfirst_language(get) or language,
        tags=tuple(tag.get("term") or tag.get("label") or "" for tag in get("tags") or []),
        image=_image(get),
    )


def getter(fields: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return plain look-up: FeedParserDict's own answers one field for another."""
    return partial(dict.get, cast("dict[str, Any]", fields))


def plain(get: Callable[[str], Any], name: str) -> str | None:
    """Return a text construct as plain text, None without one.

    Its detail tells the type, except where it belongs to a picture's construct of the
    same name, which feedparser lets overwrite it.
    """
    value = get(name)
    if not isinstance(value, str) or not value:
        return None
    detail = get(f"{name}_detail") or {}
    kind = detail.get("type") if detail.get("value") == value else None
    written = value[:_MAX_MARKUP_CHARS]
    is_markup = (kind or "text/html") in _HTML_TYPES
    return (plain_text(written) if is_markup else one_line(written)) or None


def _link(get: Callable[[str], Any]) -> str | None:
    """Return the address of an item's page.

    FeedBurner's redirect gives way to the address behind it. A GUID stands in for a
    link only where it is a web address itself.
    """
    link = get("link")
    if link and link == get("id") and not link.lower().startswith(("http://", "https://")):
        link = None
    links = [(entry.get("rel"), entry["href"]) for entry in get("links") or [] if "href" in entry]
    pages = [href for rel, href in links if rel == "alternate"]
    if pages and link not in pages:
        link = pages[0]
    others = [href for rel, href in links if rel in _PAGE_RELS]
    return next(filter(None, [get("feedburner_origlink"), link, *others]), None)


def _content(
    contents: list[Mapping[str, Any]], summary_detail: Mapping[str, Any] | None, summary: str | None
) -> str | None:
    """Return the longest content as HTML; a description as long as an article is one."""
    written = [_as_html(content) for content in contents]
    longest = max(filter(None, written), key=len, default=None)
    if longest is None and summary and len(summary) >= MIN_ARTICLE_CHARS and summary_detail:
        return _as_html(summary_detail)
    return longest


def _as_html(detail: Mapping[str, Any]) -> str | None:
    value, kind = detail.get("value") or "", detail.get("type") or "text/html"
    if kind in _HTML_TYPES:
        return str(value)
    return f"<p>{html.escape(value, quote=False)}</p>" if kind.startswith("text/") else None


def first_language(*stated: Any) -> str | None:
    """Return the first language declared, as a code or on a text construct."""
    for candidate in stated:
        code = candidate.get("language") if isinstance(candidate, Mapping) else candidate
        if code:
            return str(code)
    return None


def _entryfirst_language(get: Callable[[str], Any]) -> str | None:
    contents = get("content") or []
    return first_language(
        get("language"), *contents[:1], get("summary_detail"), get("title_detail")
    )


def _authors(authors: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names among the authors; an e-mail address alone is no byline.

    >>> _authors([{"name": "desk@example.org (Ann Lee)"}, {"name": "desk@example.org"}])
    ('Ann Lee',)
    """
    names = []
    for author in authors:
        written = (author.get("name") or "").strip()
        match = _MAIL_AND_NAME.fullmatch(written) or _NAME_AND_MAIL.fullmatch(written)
        if match:
            names.append(match[1].strip())
        elif not _MAIL.fullmatch(written):
            names.append(written)
    return tuple(plain_text(name) for name in names if name)


def _image(get: Callable[[str], Any]) -> str | None:
    """Return the first picture that the item names: media, enclosure or image element."""
    for key in ("media_content", "media_thumbnail", "enclosures"):
        for medium in get(key) or []:
            address = medium.get("url") or medium.get("href")
            kind = medium.get("medium") or medium.get("type") or "image"
            if address and kind.startswith("image"):
                return str(address)
    image = get("image")
    return image.get("href") if isinstance(image, Mapping) else None
