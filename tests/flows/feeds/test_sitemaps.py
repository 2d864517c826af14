from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from flows.feeds.sitemaps import MAX_DEPTH, choose_sitemaps
from tests.helpers.feed_builders import parsed, refused

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
 <url><loc>https://news.example.org/ferry?utm_source=map</loc>
  <news:news><news:publication><news:name>Harbour News</news:name>
   <news:language>en</news:language></news:publication>
   <news:publication_date>2024-05-06T08:00:00+02:00</news:publication_date>
   <news:title>Ferry aground &amp; afloat</news:title><news:keywords>ferry, tide</news:keywords>
  </news:news>
  <image:image><image:loc>https://cdn.example.org/7.jpg</image:loc><image:title>The Gull</image:title></image:image>
 </url>
</urlset>"""


def urls(*pages: tuple[str, str]) -> bytes:
    listed = "".join(
        f"<url><loc>https://news.example.org/{name}</loc>"
        + (f"<lastmod>{day}</lastmod>" if day else "")
        + "</url>"
        for name, day in pages
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'.encode()


def index(*links: tuple[str, str]) -> bytes:
    listed = "".join(
        f"<sitemap><loc>{url}</loc><lastmod>{day}</lastmod></sitemap>" for url, day in links
    )
    return f"<sitemapindex>{listed}</sitemapindex>".encode()


def test_news_sitemap_has_titles_dates_and_languages() -> None:
    feed = parsed(NEWS.encode())
    (entry,) = feed.entries
    assert feed.kind == "news_sitemap"
    assert entry.title == "Ferry aground & afloat"
    assert entry.canonical_url == "https://news.example.org/ferry"
    assert entry.published_at is not None
    assert entry.published_at.isoformat() == "2024-05-06T06:00:00+00:00"
    assert (entry.language, entry.tags) == ("en", ("ferry", "tide"))
    assert entry.image_url == "https://cdn.example.org/7.jpg"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_plain_sitemap_lists_pages(pack: type[bytes]) -> None:
    feed = parsed(pack(urls(("a", "2024-05-05"), ("b", ""))))
    assert feed.kind == "sitemap"
    assert [entry.url for entry in feed.entries] == [
        "https://news.example.org/a",
        "https://news.example.org/b",
    ]
    assert [entry.updated_raw for entry in feed.entries] == ["2024-05-05", None]


def test_latest_pages_of_a_long_sitemap_are_kept() -> None:
    old = [(f"old{number}", "2020-01-01") for number in range(3_000)]
    feed = parsed(urls(*old, ("new", "2024-05-06")))
    assert (len(feed.entries), feed.over_limit) == (2_000, 1_001)
    assert feed.entries[-1].url == "https://news.example.org/new"


def test_sitemap_index_lists_sitemaps_latest_first() -> None:
    feed = parsed(
        index(
            ("https://news.example.org/2023.xml", "2023-12-31"),
            ("https://news.example.org/2024.xml.gz", "2024-05-06"),
            ("javascript:0", "2024-05-06"),
        )
    )
    assert feed.kind == "sitemap_index"
    assert [link.url for link in feed.sitemaps] == [
        "https://news.example.org/2024.xml.gz",
        "https://news.example.org/2023.xml",
    ]


def test_walk_through_indexes_skips_visited_and_foreign_ones() -> None:
    own, other = "https://news.example.org/2024.xml", "https://elsewhere.example.com/2024.xml"
    here = "https://news.example.org/index.xml"
    feed = parsed(index((own, "2024-05-06"), (other, "2024-05-06"), (here, "2024-05-06")))
    chosen = choose_sitemaps(feed, index_url=here, visited={here}, limit=10, depth=0)
    assert [link.url for link in chosen] == [own]
    deep = choose_sitemaps(feed, index_url=here, visited=(), limit=10, depth=MAX_DEPTH)
    assert deep == ()
    assert len(choose_sitemaps(feed, index_url=here, visited=(), limit=1, depth=0)) == 1


def test_sitemap_cut_in_the_middle_keeps_its_pages() -> None:
    whole = urls(*((f"p{number}", "") for number in range(50)))
    feed = parsed(whole[: whole.index(b"/p17")])
    assert len(feed.entries) == 17
    assert feed.flags == ("truncated",)


def test_sitemap_without_any_element_is_bad_xml() -> None:
    assert refused(b"<urlset><url><loc>https://news.ex").reason == "bad_xml"


def test_plain_list_of_urls_is_a_sitemap() -> None:
    feed = parsed(b"https://news.example.org/a\nhttps://news.example.org/b\n")
    assert (feed.kind, len(feed.entries)) == ("sitemap", 2)


def test_entities_in_a_sitemap_are_refused() -> None:
    bomb = b'<!DOCTYPE urlset [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>' + urls(("a", ""))
    assert refused(bomb).reason == "bad_xml"


def test_large_sitemap_is_read_completely() -> None:
    pages = urls(*((f"page-{number}", "2024-05-06") for number in range(20_000)))
    feed = parsed(pages)
    assert (feed.seen, len(feed.entries)) == (20_000, 2_000)
    assert replace(feed, entries=()).over_limit == 18_000
