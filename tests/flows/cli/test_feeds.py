"""The commands that manage the feed list, run against a publisher on loopback."""

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.feeds.feed_list import read_feed_list
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import read_settings
from tests.helpers.news_server import serving


@pytest.fixture(scope="module")
def news():
    with serving(feeds=2, articles=2) as server:
        head = "".join(
            f"<link rel='alternate' type='application/rss+xml' href='{path}'>"
            for path in server.lists
        )
        server.pages["/"] = (
            f"<!doctype html><html><head>{head}</head><body>News</body></html>".encode()
        )
        server.pages["/one"] = server.pages["/"].replace(b"/feed-1.xml", b"/missing.xml")
        server.pages["/none"] = b"<!doctype html><html><body>No feed here</body></html>"
        yield server


@pytest.fixture
def onrecord(tmp_path, monkeypatch, news):
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path))
    monkeypatch.setenv("ONRECORD_HOST_DELAY", "0")
    monkeypatch.setenv("ONRECORD_ALLOW_HOSTS", news.host)
    return lambda *arguments, **given: CliRunner().invoke(app, list(arguments), **given)


def listed(tmp_path):
    return [feed.url for feed in read_feed_list(tmp_path / "feeds.opml").feeds]


def test_feed_is_added_once(onrecord, news, tmp_path):
    assert onrecord("add", news.url("/feed-0.xml")).output.startswith("1 added, 1 in ")
    assert onrecord("add", news.url("/feed-0.xml?utm_source=x")).output.startswith("0 added, 1 in ")
    assert listed(tmp_path) == [news.url("/feed-0.xml")]


def test_only_feed_of_a_page_is_added(onrecord, news, tmp_path):
    assert onrecord("add", news.url("/one")).exit_code == 0
    assert listed(tmp_path) == [news.url("/feed-0.xml")]


def test_feeds_of_a_page_are_shown_and_all_added_on_request(onrecord, news, tmp_path):
    shown = onrecord("add", news.url("/"))
    assert shown.exit_code == 1
    assert news.url("/feed-1.xml") in shown.output
    assert onrecord("add", news.url("/"), "--all").exit_code == 0
    assert sorted(listed(tmp_path)) == [news.url("/feed-0.xml"), news.url("/feed-1.xml")]


def test_page_without_feeds_is_reported(onrecord, news, tmp_path):
    result = onrecord("add", news.url("/none"))
    assert result.exit_code == 1
    assert result.output == f"{news.url('/none')}: no feed found: give the URL of the feed itself\n"
    assert not (tmp_path / "feeds.opml").exists()


def test_good_feeds_are_added_and_bad_ones_are_reported_at_the_end(onrecord, news, tmp_path):
    urls = [news.url(path) for path in ("/none", "/feed-1.xml", "/gone", "/", "/feed-0.xml")]
    result = onrecord("add", *urls)
    assert result.exit_code == 1
    assert sorted(listed(tmp_path)) == [news.url("/feed-0.xml"), news.url("/feed-1.xml")]
    first, *problems = result.output.splitlines()
    assert first.startswith("2 added, 2 in ")
    told = "\n".join(problems)
    assert f"{news.url('/none')}: no feed found" in told
    assert f"{news.url('/gone')}: not_found" in told
    assert f"{news.url('/')} has 2 feeds" in told


def test_urls_are_read_from_standard_input(onrecord, news, tmp_path):
    lines = f"# our feeds\n\n  {news.url('/feed-0.xml')}  \n{news.url('/feed-1.xml')}\n"
    result = onrecord("add", "-", input=lines)
    assert (result.exit_code, result.output[:16]) == (0, "2 added, 2 in " + str(tmp_path)[:2])
    assert sorted(listed(tmp_path)) == [news.url("/feed-0.xml"), news.url("/feed-1.xml")]


def test_standard_input_without_a_url_is_an_error(onrecord):
    result = onrecord("add", "-", input="# none yet\n")
    assert result.exit_code == 1
    assert str(result.exception) == "standard input: has no URL: give one on each line"


def test_url_is_never_added_twice(onrecord, news, tmp_path):
    url = news.url("/feed-0.xml")
    result = onrecord("add", url, f"{url}?utm_source=x", news.url("/one"), url)
    assert (result.exit_code, result.output[:8]) == (0, "1 added,")
    assert listed(tmp_path) == [url]
    asked = news.asked["/feed-0.xml"]
    assert onrecord("add", url).output.startswith("0 added, 1 in ")
    assert news.asked["/feed-0.xml"] == asked  # a listed feed need not be fetched


def test_folder_is_set_for_all_feeds(onrecord, news, tmp_path):
    onrecord("add", news.url("/feed-0.xml"), news.url("/feed-1.xml"), "--folder", "Harbour")
    feeds = read_feed_list(tmp_path / "feeds.opml").feeds
    assert {feed.folder for feed in feeds} == {"Harbour"}


def test_empty_start_has_a_valid_list_without_feeds(onrecord, news, tmp_path):
    result = onrecord("init", "--empty")
    assert result.exit_code == 0
    assert f"feed list:   {tmp_path / 'feeds.opml'}" in result.output
    assert listed(tmp_path) == []
    assert onrecord("add", news.url("/feed-0.xml")).output.startswith("1 added, 1 in ")
    onrecord("init", "--empty")
    assert listed(tmp_path) == [news.url("/feed-0.xml")]  # an existing list is kept


def test_start_has_public_feeds(onrecord, tmp_path):
    assert onrecord("init").exit_code == 0
    assert listed(tmp_path)


def test_exported_list_can_be_imported(onrecord, news, tmp_path):
    onrecord("add", news.url("/"), "--all")
    opml = tmp_path / "other.opml"
    opml.write_bytes(onrecord("export-opml").stdout_bytes)
    onrecord("remove", news.url("/feed-0.xml"))
    assert listed(tmp_path) == [news.url("/feed-1.xml")]
    assert onrecord("import", str(opml)).output.startswith("1 added, 1 known, 0 unusable")
    assert len(listed(tmp_path)) == 2


def test_unlisted_feed_cannot_be_removed(onrecord, news):
    onrecord("add", news.url("/feed-0.xml"))
    result = onrecord("remove", "https://harbour-times.example/rss")
    assert result.exit_code == 1


def test_feeds_show_health_and_articles_show_bytes(onrecord, news):
    onrecord("add", news.url("/"), "--all")
    ingest_feeds(read_settings(), IngestRequest())
    assert "feed-0.xml" in onrecord("feeds").output
    [first, second] = sorted(news.lists["/feed-0.xml"])
    raw = onrecord("show", news.url(first), "--raw")
    assert raw.stdout_bytes == news.pages[first]
    shown = onrecord("show", news.url(second)).output
    assert "Mayor Ruth Callender" in shown
    assert onrecord("show", "nothing").exit_code == 1


def test_broken_list_is_reported_with_its_name(onrecord, tmp_path):
    (tmp_path / "feeds.opml").write_text("<html>no list</html>")
    result = onrecord("export-opml")
    assert "feeds.opml is not a valid feed list" in str(result.exception)
