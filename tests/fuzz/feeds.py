"""Targets: what servers answer to a poll: feeds, sitemaps, OPML, robots.txt, dates in headers."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import format_datetime

from hypothesis import strategies as st

from flows.feeds.opml import FeedList, ListedFeed, read_opml, write_opml
from flows.fetching.robots_rules import RobotsRules
from flows.secrets import mask_links, mask_url
from tests.fuzz.pages import URLS
from tests.fuzz.target import Target
from tests.helpers.feed_builders import NOW, WORDS, item, outcome, rss
from transforms.feeds.feed_dates import read_feed_date
from transforms.feeds.feed_records import FeedRefusal
from transforms.feeds.feed_text import one_line
from transforms.feeds.poll_headers import MAX_HINT_S, freshness_s, http_date, retry_after_s
from transforms.urls import absolute_url

_TEXTS = st.text(max_size=8)
# In UTC, these are outside the calendar.
_LATE = "Fri, 31 Dec 9999 23:59:59 -0100"
_EARLY_PAUSE = "<outline xmlUrl='https://e.example/f' pausedAt='0001-01-01T00:00:00+23:00'/>"
_FEED_PIECES = (
    '<?xml version="1.0" encoding="utf-8"?>', '<?xml version="1.0" encoding="nonsense"?>', "<rss version='2.0'>", "<channel>", "</channel>", "</rss>",
    "<item>", "</item>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<id>a</id>", "<guid>1</guid>", "<title>", "</title>",
    "<link>https://news.example.org/1</link>", "<link href='/2'/>", "<link>javascript:x</link>", "<pubDate>Mon, 06 May 2024 09:30:00 GMT</pubDate>",
    "<updated>0000-99-99</updated>", "<pubDate>Fri, 31 Dec 9999 23:59:59 -2359</pubDate>", "<description>&lt;p&gt;a</description>", "<![CDATA[", "]]>",
    "<!--", "-->", "<!DOCTYPE rss [<!ENTITY a 'b'>]>", "&a;", "&#0;", "<rdf:RDF>", '{"version": "https://jsonfeed.org/version/1.1", "items": [', '{"id": "1"}',
    '{"id": 1, "url": "https://a.example/1", "date_published": "x"}', "]}", ",", "\x00", "\x1f\x8b", "\xff", "<html>", "<author><name>A</name></author>",
)  # fmt: skip
_SITEMAP_PIECES = (
    "<urlset>", "</urlset>", "<url>", "</url>", "<loc>https://news.example.org/1</loc>", "<loc>//x</loc>", "<loc>", "</loc>", "<lastmod>2024-05-06</lastmod>",
    "<lastmod>9999-12-31T23:59:59-23:59</lastmod>", "<sitemapindex>", "</sitemapindex>", "<sitemap>", "</sitemap>", "<news:news>", "</news:news>",
    "<news:title>Ferry</news:title>", "<news:publication_date>2024-05-06</news:publication_date>", "https://news.example.org/2\n", "<!--", "<?xml?>",
)  # fmt: skip
_OPML_PIECES = (
    "<opml version='2.0'>", "</opml>", "<body>", "</body>", "<outline text='News'>", "</outline>", "<outline xmlUrl='https://a.example/feed'/>",
    "<outline text='a & b' xmlUrl=\"https://b.example/feed?a=1&b=2\"/>", '<outline title="a "b" c" xmlUrl="https://c.example/f"/>', "<outline xmlUrl='feed://d.example'/>",
    "<outline xmlUrl='javascript:x'/>", _EARLY_PAUSE, "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "<",
)  # fmt: skip


def _documents(pieces, opening):
    """Return inputs made of pieces and random text, mostly after the opening of a document."""
    inner = st.lists(st.sampled_from(pieces) | _TEXTS, max_size=20).map("".join)
    texts = st.tuples(st.sampled_from((opening, opening, "")), inner).map("".join)
    return texts.map(str.encode) | st.binary(max_size=80)


_DATES = st.sampled_from(
    ("Mon, 06 May 2024 09:30:00 GMT", "06/05/24", "2024-05-06T00:00:00-99:00", "0001-01-01T00:00:00+14:00",
     _LATE, "Sat, 01 Jan 0001 00:00:00 +0100", "Tue, 28 Nov 2023 24:61:00 IST", "٣ May 2024", "1e9", "-1", "99999999999999999999")
)  # fmt: skip
_GOOD_FEEDS = st.lists(
    st.builds(item, st.integers(1, 5), guid=_TEXTS, title=_TEXTS, date=_DATES), max_size=5
).map(lambda items: rss(*items))


def check_feed(content):
    found = outcome(content)
    assert found == outcome(content)
    if isinstance(found, FeedRefusal):
        assert found.reason
        return
    counted = len(found.entries) + found.duplicates + found.unusable + found.over_limit
    assert counted == found.seen or found.sitemaps
    assert len({entry.entry_id for entry in found.entries}) == len(found.entries)
    for entry in found.entries:
        assert entry.url is None or entry.url.startswith(("http://", "https://"))
        assert entry.published_at is None or entry.published_at.tzinfo is UTC
    for link in found.sitemaps:
        assert link.url.startswith(("http://", "https://"))


def check_opml(content):
    found = read_opml(content)
    if isinstance(found, FeedRefusal):
        assert found.reason
    else:
        check_feed_list(found.feeds)


def check_feed_list(feeds):
    """Check that a list that we have written is read as it was."""
    listed = read_opml(write_opml(feeds, title="Feeds"))
    assert isinstance(listed, FeedList)
    assert listed.unusable == ()
    kept = {feed.url: feed for feed in listed.feeds}
    assert len(kept) + listed.duplicates == len(feeds)
    for feed in feeds:
        if feed.url in kept:
            again = kept[feed.url]
            assert (again.home_url, again.paused_at) == (feed.home_url, feed.paused_at)
            assert again.title == mask_links(feed.title or mask_url(feed.url))


_ADDRESSES = URLS.map(lambda url: absolute_url(f"https://a.example/{url}")).filter(bool)
_LINES = _TEXTS.map(one_line)


def _listed(**given):
    return ListedFeed(url="https://a.example/feed", **given)


_FEED_LISTS = st.lists(
    st.builds(
        ListedFeed,
        url=_ADDRESSES,
        title=_LINES.map(lambda line: line or None),
        home_url=st.none() | _ADDRESSES,
        folder=st.lists(_LINES.filter(bool), max_size=3).map("/".join),
        paused_at=st.none()
        | st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
    ),
    max_size=4,
    unique_by=lambda feed: feed.url,
)

_ROBOTS_PIECES = (
    "User-agent: *\n", "User-Agent: onrecord\n", "useragent: a b # c\n", "Disallow: /\n", "Disallow: /a*b$\n", "Allow: /a%2F%zz\n", "Crawl-delay: 1e400\n",
    "Crawl-delay: nan\n", "Crawl-delay: -5\n", "Request-rate: 1/0\n", "Request-rate: 3/15m 0000-9999\n", "Visit-time: 9-1\n", "Sitemap: https://a.example/s\n",
    "Disallow: " + "/*" * 30 + "\n", "\ufeff", "<html>", ":", "\r", "\x00",
)  # fmt: skip


def check_robots(given):
    body, path = given
    rules = RobotsRules.parse(body)
    url = f"https://a.example/{path}"
    for agent in ("onrecord", "*", ""):
        assert rules.allows(url, agent) in (True, False)
        assert rules.allows(url, agent) == RobotsRules.parse(body).allows(url, agent)
        assert math.isfinite(rules.delay_s(agent))
        assert rules.delay_s(agent) >= 0
        rules.line_about(url, agent)
    assert all(isinstance(sitemap, str) for sitemap in rules.sitemaps)


_STATED = _DATES | st.text(max_size=20) | st.datetimes(timezones=st.just(UTC)).map(format_datetime)


def check_header_dates(given):
    stated, date, control = given
    headers = {"retry-after": stated, "date": date, "expires": stated, "cache-control": control}
    for wait in (retry_after_s(headers, now=NOW), freshness_s(headers, now=NOW)):
        assert wait is None or 0 <= wait <= MAX_HINT_S
    instant = http_date(stated)
    if instant is not None and instant.year >= 1000:
        assert http_date(format_datetime(instant, usegmt=True)) == instant
    read = read_feed_date(stated, WORDS, now=NOW)
    assert read == read_feed_date(stated, WORDS, now=NOW)


TARGETS = (
    Target(
        "feeds", _documents(_FEED_PIECES, "<rss version='2.0'><channel>") | _GOOD_FEEDS, check_feed
    ),
    Target("sitemaps", _documents(_SITEMAP_PIECES, "<urlset>"), check_feed),
    Target(
        "opml",
        _documents(_OPML_PIECES, "<opml><body>"),
        check_opml,
        found={"pause-before-year-1": f"<opml><body>{_EARLY_PAUSE}</body></opml>".encode()},
    ),
    Target(
        "feed-lists",
        _FEED_LISTS,
        check_feed_list,
        found={"pause-in-year-999": [_listed(paused_at=datetime(999, 1, 1, tzinfo=UTC))]},
        examples=40,
    ),
    Target(
        "robots",
        st.tuples(_documents(_ROBOTS_PIECES, "User-agent: *\n"), st.text(max_size=8)),
        check_robots,
    ),
    Target(
        "header-dates",
        st.tuples(_STATED, _STATED, st.text(max_size=8) | st.just("max-age=99999999999")),
        check_header_dates,
        found={"date-after-year-9999": ("Mon, 06 May 2024 09:30:00 GMT", _LATE, "")},
    ),
)
