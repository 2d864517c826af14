from __future__ import annotations

import pytest

from flows.feeds.discovery import MAX_FEEDS, find_feeds, guess_feeds, looks_like_feed

PAGE = "https://news.example.org/world/index.html"


def page(head: str = "", content: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{content}</body></html>".encode()


def test_declared_feeds_come_first() -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" title="World" href="/world/rss">'
        '<link rel="ALTERNATE feed" type="application/atom+xml" href="https://cdn.example.org/atom">'
        '<link rel="alternate" type="application/feed+json" href="feed.json">'
    )
    found = find_feeds(page(head, '<a href="/sport/rss.xml">Sport</a>'), PAGE)
    assert [(feed.url, feed.kind, feed.found_in) for feed in found] == [
        ("https://news.example.org/world/rss", "rss", "link"),
        ("https://cdn.example.org/atom", "atom", "link"),
        ("https://news.example.org/world/feed.json", "json_feed", "link"),
        ("https://news.example.org/sport/rss.xml", "unknown", "anchor"),
    ]
    assert (found[0].title, found[3].title) == ("World", "Sport")


def test_other_alternates_are_not_feeds() -> None:
    head = (
        '<link rel="alternate" hreflang="de" href="/de/">'
        '<link rel="stylesheet" type="text/css" href="/rss.css">'
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">'
        '<link rel="alternate" type="application/rss+xml" href="/world/ferry/comments/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:0">'
    )
    assert find_feeds(page(head), PAGE) == ()


def test_base_of_the_page_is_respected() -> None:
    head = '<base href="https://www.example.com/a/"><link rel=feed href="rss">'
    assert [feed.url for feed in find_feeds(page(head), PAGE)] == ["https://www.example.com/a/rss"]


def test_one_feed_is_found_once() -> None:
    head = '<link rel="alternate" type="text/xml" href="/rss?utm_source=head">'
    found = find_feeds(page(head, '<a href="http://news.example.org/rss/">RSS</a>'), PAGE)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/feed/", True), ("/rss", True), ("/world/rss.xml", True), ("/atom.xml", True),
        ("/blog/index.xml", True), ("/news/feed.json", True), ("/a.rss", True),
        ("/?feed=rss2", True), ("/list?format=rss", True), ("/rss/world", True),
        ("/feeds-and-grain-prices", False), ("/about/rss-explained.html", False),
        ("/embrasse", False), ("/sitemap.xml", False), ("/list?format=rssi", True),
        ("/", False),
    ],
)  # fmt: skip
def test_feed_urls_are_recognized_by_their_shape(path: str, expected: bool) -> None:
    assert looks_like_feed("https://news.example.org" + path) is expected


def test_hostile_page_yields_a_bounded_list() -> None:
    links = "".join(f'<a href="/rss/{number}">x</a>' for number in range(5_000))
    assert len(find_feeds(page(content=links + "<div>" * 5_000), PAGE)) == MAX_FEEDS


@pytest.mark.parametrize("content", [b"", b"\x00", b"<!-- -->", b"plain words", b"\xff\xfe"])
def test_page_without_markup_has_no_feeds(content: bytes) -> None:
    assert find_feeds(content, PAGE) == ()


def test_guessed_feeds_are_on_the_same_host() -> None:
    guesses = guess_feeds(PAGE)
    assert guesses[0].url == "https://news.example.org/feed"
    assert all(guess.url.startswith("https://news.example.org/") for guess in guesses)
