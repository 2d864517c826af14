"""The page that tries a feed: what would come, and nothing is stored before a form says so."""

import html

import pytest

from flows.feeds.feed_list import read_feed_list
from tests.helpers.desk import NOW, add_rows, desk_client, entry_row, feed_row
from tests.helpers.news_server import serving
from tests.helpers.site import form_token


@pytest.fixture
def news():
    """Return a publisher with two feeds and a home page that links to them."""
    with serving(feeds=2, articles=3) as news:
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{feed}">'
            for feed in news.lists
        )
        news.pages["/"] = f"<html><head><title>Times</title>{links}</head></html>".encode()
        yield news


@pytest.fixture
def client(tmp_path, news):
    return desk_client(tmp_path, host_delay=0.0, allow_hosts=news.host)


def test_feeds_behind_a_page_are_found_and_nothing_is_stored(client, news, tmp_path):
    page = client.get("/feeds/new", params={"url": news.url("/")}).text
    assert "2 feeds of this site" in page
    assert all(news.url(feed) in page for feed in news.lists)
    assert not (tmp_path / "feeds.opml").exists()
    assert not (tmp_path / "live").exists()


def test_feed_is_shown_with_its_entries_and_pages(client, news):
    page = html.unescape(client.get("/feeds/new", params={"url": news.url("/feed-0.xml")}).text)
    assert "3, of which 3 new" in page
    assert "opens its new ferry landing" in page
    assert page.count("<dt>page type</dt><dd>article</dd>") == 2
    assert "days old" in page


def test_link_of_another_site_only_fills_in_the_form(client, news):
    far = {"sec-fetch-site": "cross-site"}
    page = client.get("/feeds/new", params={"url": news.url("/")}, headers=far).text
    assert f'value="{news.url("/")}"' in page
    assert not news.asked


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        pytest.param("http://127.0.0.1:9/", "private_address", id="this-machine"),
        pytest.param("http://[::1]/", "private_address", id="this-machine-v6"),
        pytest.param("http://169.254.169.254/latest", "private_address", id="metadata"),
        pytest.param("file:///etc/passwd", "bad_", id="file"),
        pytest.param("javascript:alert(1)", "bad_", id="no-address"),
    ],
)
def test_address_that_is_not_public_is_refused(client, tmp_path, url, problem):
    page = client.get("/feeds/new", params={"url": url})
    assert page.status_code == 200
    assert "Nothing can come from there" in page.text
    assert problem in page.text
    answer = client.post("/feeds/new", data={"csrf": form_token(client, "/feeds"), "url": url})
    assert "Nothing can come from there" in answer.text
    assert not (tmp_path / "feeds.opml").exists()


def test_redirect_to_this_machine_is_refused(tmp_path, news):
    with serving(feeds=1, articles=1) as inner:
        news.redirects["/moved"] = inner.url("/feed-0.xml")
        client = desk_client(tmp_path, host_delay=0.0, allow_hosts=news.host)
        page = client.get("/feeds/new", params={"url": news.url("/moved")})
        assert "private_address" in page.text
        assert not inner.asked


def test_feed_is_added_by_a_form_and_has_a_page_at_once(client, news, tmp_path):
    token = form_token(client, "/feeds")
    sent = {"csrf": token, "url": news.url("/feed-0.xml"), "folder": "Local"}
    page = client.post("/feeds/new", data=sent)
    assert "The feed was added." in page.text
    [feed] = read_feed_list(tmp_path / "feeds.opml").feeds
    assert (feed.url, feed.folder) == (news.url("/feed-0.xml"), "Local")
    assert "in the list already" in client.get("/feeds/new", params={"url": sent["url"]}).text
    client.post("/feeds/new", data=sent)
    assert len(read_feed_list(tmp_path / "feeds.opml").feeds) == 1


def test_page_with_several_feeds_asks_which_one(client, news, tmp_path):
    sent = {"csrf": form_token(client, "/feeds"), "url": news.url("/")}
    assert "2 feeds of this site" in client.post("/feeds/new", data=sent).text
    assert not (tmp_path / "feeds.opml").exists()


def test_entries_that_the_warehouse_has_are_known(tmp_path, news):
    url = news.url("/0/article-0")
    add_rows(tmp_path, feeds=[feed_row("world")], entries=[entry_row(0, NOW, canonical_url=url)])
    client = desk_client(tmp_path, host_delay=0.0, allow_hosts=news.host)
    client.get("/feeds")
    page = client.get("/feeds/new", params={"url": news.url("/feed-0.xml")}).text
    assert "3, of which 2 new" in page
