"""RSS and Atom, read by feedparser out of bytes that we fetched.

feedparser's `bozo` bit refuses nothing: what it could read counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flows.feeds.feed_xml import Markup, own_entities
from flows.feeds.strict_parser import read_loosely
from flows.feeds.syndicated_items import first_language, getter, plain, read_item
from flows.feeds.tolerant_parser import parse_tolerantly
from transforms.feeds.entries import identify_entries
from transforms.feeds.feed_dates import DateWords, read_feed_date
from transforms.feeds.feed_fields import make_entry
from transforms.feeds.feed_records import FeedBody, FeedRefusal, ParsedFeed
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
