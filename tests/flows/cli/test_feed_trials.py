"""`onrecord test` of a feed and of a site, against a publisher on loopback."""

import gzip

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.feeds.feed_list import write_feed_list
from flows.feeds.opml import ListedFeed
from flows.fetching.fetch_records import FetchRequest, make_result
from flows.jobs.feed_trial import _looks_like_feed
from tests.helpers.builders import NOW
from tests.helpers.news_server import serving


@pytest.fixture(scope="module")
def news():
    with serving(feeds=2, articles=3) as server:
        _, second, third = server.lists["/feed-0.xml"]
        server.pages["/robots.txt"] = (
            f"User-agent: *\nDisallow: /private/\nAllow: /feed\nDisallow: {third}\nCrawl-delay: 0.1\n"
            f"Sitemap: {server.url('/map.xml')}\n"
        ).encode()
        server.pages[second] = server.pages[second].replace(
            b"</head>",
            b"<meta property='article:content_tier' content='locked'></head>",
        )
        full = "<p>The council opened a ferry landing on Monday.</p>" * 9
        whole = server.pages["/feed-0.xml"].replace(
            b"<rss version='2.0'>",
            b"<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>",
        )
        server.pages["/full.xml"] = whole.replace(
            b"</item>", f"<content:encoded><![CDATA[{full}]]></content:encoded></item>".encode()
        )
        server.without_etag.add("/full.xml")
        head = "".join(
            f"<link rel='alternate' type='application/rss+xml' href='{path}'>"
            for path in server.lists
        )
        links = "".join(
            f"<p><a href='{path}'>{path}</a></p>" for path in server.lists["/feed-0.xml"]
        )
        server.pages["/"] = (
            f"<!doctype html><html><head><title>News</title>{head}</head><body>{links}</body></html>"
        ).encode()
        yield server


@pytest.fixture
def onrecord(tmp_path, monkeypatch, news):
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path))
    monkeypatch.setenv("ONRECORD_HOST_DELAY", "0")
    monkeypatch.setenv("ONRECORD_ALLOW_HOSTS", news.host)
    return lambda *arguments: CliRunner().invoke(app, ["test", *arguments])


def test_feed_shows_what_would_come_in_and_its_problems(onrecord, news, tmp_path):
    result = onrecord(news.url("/full.xml"))
    assert result.exit_code == 0, result.output
    for text in (
        "robots:    allows the feed, 0.1 s between requests",
        "entries:   3, of which 3 new",
        "full text: ",
        "opens its new ferry landing 2 of 0",
        "robots.txt disallows 1 page of its entries",
        "sends no ETag",
        "the page says that it is for subscribers",
        f"add it: onrecord add {news.url('/full.xml')}",
    ):
        assert text in result.output
    assert max(map(len, result.output.splitlines())) <= 120
    assert list(tmp_path.iterdir()) == []  # nothing is stored


def test_feed_for_programs(onrecord, news, tmp_path):
    write_feed_list(tmp_path / "feeds.opml", [ListedFeed(url=news.url("/feed-0.xml"))])
    result = onrecord(news.url("/feed-0.xml"), "--json")
    assert result.exit_code == 0, result.output
    found = orjson.loads(result.stdout)
    assert (found["kind"], found["is_listed"], found["dated"]) == ("rss", True, 3)
    assert found["robots"] == {
        "is_allowed": True, "line": "Allow: /feed", "delay_s": 0.1, "disallowed_entries": 1,
    }  # fmt: skip
    assert [entry["is_new"] for entry in found["entries"]] == [True, True, True]
    first, second = found["pages"]
    assert (first["result"], first["feed_characters"], first["is_paywalled"]) == (
        "article",
        0,
        None,
    )
    assert (second["result"], second["is_paywalled"]) == ("article", True)
    assert first["words"] > 50


def test_site_shows_its_feeds_and_sitemaps(onrecord, news):
    result = onrecord(news.url("/"))
    assert result.exit_code == 0
    assert "2 feeds of this site" in result.output
    assert news.url("/feed-1.xml") in result.output
    assert news.url("/map.xml") in result.output
    assert f"look into one: onrecord test {news.url('/feed-0.xml')}" in result.output


def test_site_for_programs(onrecord, news):
    found = orjson.loads(onrecord(news.url("/"), "--json").stdout)
    assert [feed["url"] for feed in found["feeds"]] == [news.url(path) for path in news.lists]
    assert found["sitemaps"] == [news.url("/map.xml")]
    assert found["without_rules"]["reason"] == "section_front"


@pytest.mark.parametrize(
    ("content", "is_feed"),
    [
        pytest.param(
            b"<?xml version='1.0'?><!-- made by hand -->\n<rss version='2.0'>", True, id="rss"
        ),
        pytest.param(
            "<?xml version='1.0' encoding='utf-16'?><feed>".encode("utf-16"), True, id="utf-16"
        ),
        pytest.param(b'\xef\xbb\xbf<rdf:RDF xmlns:rdf="x">', True, id="rdf"),
        pytest.param(b'{"version": "https://jsonfeed.org/version/1.1"}', True, id="json-feed"),
        pytest.param(b"<urlset>", True, id="sitemap"),
        pytest.param(gzip.compress(b"<urlset>"), True, id="compressed-sitemap"),
        pytest.param(b"<?xml version='1.0'?><!DOCTYPE html><html><body><feed>", False, id="xhtml"),
        pytest.param(b"<!doctype html><html><head><title>rss</title>", False, id="page"),
        pytest.param(b"", False, id="empty"),
    ],
)
def test_feed_is_told_from_a_page_by_its_beginning(content, is_feed):
    result = make_result(
        FetchRequest(url="https://a.example/x"), final_url="https://a.example/x", redirects=(),
        status=200, headers=(), body=content, fetched_at=NOW,
    )  # fmt: skip
    assert _looks_like_feed(result) is is_feed


def test_document_that_only_looks_like_a_feed_is_an_error(onrecord, news):
    news.pages["/broken.xml"] = b'{"version": "https://jsonfeed.org/version/1.1", "items": ['
    result = onrecord(news.url("/broken.xml"))
    assert result.exit_code == 1
    assert "/broken.xml: bad_json" in str(result.exception)
