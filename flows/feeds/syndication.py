"""Turns RSS and Atom documents into feeds and entries.

The documents are parsed by feedparser (`flows.feeds.feed_parser`). Ill-formed ones (its
`bozo` bit) are not refused: everything that could be parsed is used.
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

MAX_ENTRIES = 2000  # Media Cloud's limit: no news feed has more, broken ones have 100,000
# A longer description is an article (teasers of wire copy stay below 600 characters).
MIN_ARTICLE_CHARS = 1000

_FEED_ROOTS = frozenset({"channel", "feed", "rdf", "rss"})
_ITEM_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ITEM_START = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_PERIODS_S = {
    "hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000,
    "yearly": 31_536_000,
}  # fmt: skip
# Plain text fields are cut at a tenth of this, so longer markup is not worth parsing.
_MAX_MARKUP_CHARS = 100_000
_PAGE_RELS = frozenset({"via", "related"})
# Base64 content of unknown type (`application/octet-stream`) is HTML if it is text at all.
_HTML_TYPES = frozenset(
    {"text/html", "application/octet-stream", "application/xhtml+xml", "html", "xhtml"}
)
_ADDRESS = r"[^\s<>()@]{1,64}@[^\s<>()@]{1,255}"
_MAIL_AND_NAME = re.compile(rf"(?:mailto:)?{_ADDRESS}\s*\(([^()]+)\)")
_NAME_AND_MAIL = re.compile(rf"([^<>()@]++)[<(]\s*(?:mailto:)?{_ADDRESS}\s*[>)]")
_MAIL = re.compile(rf"(?:mailto:)?{_ADDRESS}")


@dataclass(frozen=True, slots=True)
class Cut:
    """A document cut down to its first items.

    Attributes:
        over_limit: Number of items over the limit.
        complete: Number of items that have an end tag.
        is_truncated: Whether the document ends before its root element does.
    """

    content: bytes
    over_limit: int
    complete: int
    is_truncated: bool


def read_syndication(
    body: FeedBody, markup: Markup, words: DateWords, *, limit: int = MAX_ENTRIES
) -> ParsedFeed | FeedRefusal:
    """Return the parsed RSS or Atom document, or why it is refused.

    Args:
        body: The URL and time of the fetch.
        markup: The document in UTF-8 (see `flows.feeds.feed_xml.find_root`).
        words: Month names and time zones.
        limit: Maximum number of items to parse.
    """
    cut = cut_items(markup, limit)
    parsed = parse_tolerantly(cut.content)
    if isinstance(parsed, FeedRefusal):
        return parsed
    if not parsed.version and not parsed.items and markup.root not in _FEED_ROOTS:
        return FeedRefusal(reason="not_a_feed", detail=f"the root element is {markup.root!r}")
    items = parsed.items[: cut.complete] if cut.is_truncated else parsed.items
    is_atom = parsed.version.startswith("atom")
    head = _feed_head(parsed.feed, body, words)
    flags = {"ill_formed": parsed.is_ill_formed, "truncated": cut.is_truncated}
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
        version=_version(parsed.version, markup),
        entries=identified.entries,
        seen=len(made) + parsed.broken + cut.over_limit,
        duplicates=identified.duplicates,
        unusable=identified.unusable + parsed.broken,
        over_limit=cut.over_limit,
        flags=tuple(flag for flag, holds in flags.items() if holds),
    )


def _version(parsed: str, markup: Markup) -> str:
    if parsed == "rss091u" and b"netscape" in markup.content[: markup.root_at].lower():
        return "rss091n"  # only the document type differs, and feedparser does not get it
    return parsed or ("cdf" if markup.root == "channel" else "unknown")


def cut_items(markup: Markup, limit: int) -> Cut:
    """Return the document with its first `limit` items and the end tags it needs."""
    content = own_entities(markup)
    closing = b"</" + markup.qualified_root
    is_truncated = closing not in content
    ends = [match.end() for match in _ITEM_END.finditer(content)]
    if len(ends) <= limit:
        return Cut(content, 0, len(ends), is_truncated)
    tail = closing + b">" if markup.root != "rss" else b"</channel></rss>"
    over = sum(1 for _ in _ITEM_START.finditer(content, ends[limit - 1]))
    return Cut(content[: ends[limit - 1]] + tail, over, limit, is_truncated)


def read_item(
    item: Mapping[str, Any], position: int, language: str | None, *, is_atom: bool
) -> EntryFields:
    """Return the fields of one item; the only date of an RSS item is its publication."""
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
        link=_item_link(get),
        title=plain(get, "title"),
        authors=_authors(get("authors") or []),
        published_raw=published,
        updated_raw=get("updated"),
        summary=summary,
        content=_item_content(get("content") or [], get("summary_detail"), summary),
        language=_entry_language(get) or language,
        tags=tuple(tag.get("term") or tag.get("label") or "" for tag in get("tags") or []),
        image=_item_image(get),
    )


def getter(fields: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return a plain lookup: FeedParserDict's own returns other fields as substitutes."""
    return partial(dict.get, cast("dict[str, Any]", fields))


def plain(get: Callable[[str], Any], name: str) -> str | None:
    """Return a text construct as plain text, or None if it is missing.

    Its detail holds the type, unless feedparser overwrote that with the detail of a
    picture's field of the same name.
    """
    value = get(name)
    if not isinstance(value, str) or not value:
        return None
    detail = get(f"{name}_detail") or {}
    kind = detail.get("type") if detail.get("value") == value else None
    written = value[:_MAX_MARKUP_CHARS]
    is_markup = (kind or "text/html") in _HTML_TYPES
    return (plain_text(written) if is_markup else one_line(written)) or None


def first_language(*stated: Any) -> str | None:
    """Return the first declared language; text constructs may declare one too."""
    for candidate in stated:
        code = candidate.get("language") if isinstance(candidate, Mapping) else candidate
        if code:
            return str(code)
    return None


def _feed_head(feed: Mapping[str, Any], body: FeedBody, words: DateWords) -> ParsedFeed:
    """Return the feed's own fields, without its entries."""
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
    """Return the longest time in seconds that a feed asks not to be polled again.

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


def _item_link(get: Callable[[str], Any]) -> str | None:
    """Return the URL of an item's page.

    The original URL is preferred to FeedBurner's redirect. A GUID is used as the link only
    if it is an http or https URL.
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


def _item_content(
    contents: list[Mapping[str, Any]], summary_detail: Mapping[str, Any] | None, summary: str | None
) -> str | None:
    """Return the longest content as HTML, or a description as long as an article."""
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


def _entry_language(get: Callable[[str], Any]) -> str | None:
    contents = get("content") or []
    return first_language(
        get("language"), *contents[:1], get("summary_detail"), get("title_detail")
    )


def _authors(authors: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the authors' names; an e-mail address without a name is left out.

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


def _item_image(get: Callable[[str], Any]) -> str | None:
    """Return the URL of the item's first picture: media, enclosure or image element."""
    for key in ("media_content", "media_thumbnail", "enclosures"):
        for medium in get(key) or []:
            address = medium.get("url") or medium.get("href")
            kind = medium.get("medium") or medium.get("type") or "image"
            if address and kind.startswith("image"):
                return str(address)
    image = get("image")
    return image.get("href") if isinstance(image, Mapping) else None
