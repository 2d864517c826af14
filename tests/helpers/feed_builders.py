"""Builders of small, valid feeds; a test overrides only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.feeds.readers import load_date_words, read_feed
from transforms.feeds.feed_records import FeedBody, FeedEntry, FeedRefusal, ParsedFeed

NOW = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
FEED_URL = "https://news.example.org/feed.xml"
WORDS = load_date_words()


def item(
    number: int = 1,
    *,
    guid: str | None = None,
    link: str | None = None,
    title: str | None = None,
    date: str = "Mon, 06 May 2024 09:30:00 GMT",
    extra: str = "",
) -> str:
    link = f"https://news.example.org/{number}" if link is None else link
    guid = f"tag:news.example.org,2024:{number}" if guid is None else guid
    title = f"Harbour strike, day {number}" if title is None else title
    parts = [
        f"<title>{title}</title>" if title else "",
        f"<link>{link}</link>" if link else "",
        f'<guid isPermaLink="false">{guid}</guid>' if guid else "",
        f"<pubDate>{date}</pubDate>" if date else "",
        extra,
    ]
    return f"<item>{''.join(parts)}</item>"


def many_attributes() -> bytes:
    """Return a feed whose only item has a million attributes."""
    names = b'="" a'.join(map(b"%d".__mod__, range(1_000_000)))
    return b"<rss><channel><item a" + names + b'=""/>'


def rss(*items: str, head: str = "", prologue: str = '<?xml version="1.0"?>') -> bytes:
    namespaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    )
    channel = f"<title>Harbour News</title><link>https://news.example.org/</link>{head}"
    return (
        f'{prologue}<rss version="2.0" {namespaces}><channel>{channel}{"".join(items)}'
        "</channel></rss>"
    ).encode()


def body(content: bytes, *, url: str = FEED_URL, content_type: str | None = None) -> FeedBody:
    return FeedBody(
        url=url, content=content, fetched_at=NOW, feed_id="f1-test", content_type=content_type
    )


def outcome(content: bytes, **overrides: str) -> ParsedFeed | FeedRefusal:
    return read_feed(body(content, **overrides), WORDS)


def parsed(content: bytes, **overrides: str) -> ParsedFeed:
    feed = outcome(content, **overrides)
    assert isinstance(feed, ParsedFeed), feed
    assert feed.seen == len(feed.entries) + feed.duplicates + feed.unusable + feed.over_limit
    return feed


def refused(content: bytes, **overrides: str) -> FeedRefusal:
    refusal = outcome(content, **overrides)
    assert isinstance(refusal, FeedRefusal), refusal
    return refusal


def only(content: bytes, **overrides: str) -> FeedEntry:
    (entry,) = parsed(content, **overrides).entries
    return entry
