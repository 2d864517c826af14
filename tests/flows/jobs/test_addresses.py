"""Stored addresses do not track, whichever way an article comes in; the request is as given."""

from datetime import date

import orjson
import pytest

from flows.archive.reader import read_captures
from flows.archive.warc import pack_record, stamp
from flows.backfill.request import BackfillRequest, Origin
from flows.errors import ArchiveError
from flows.jobs.backfill import backfill_range
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.jobs.rebuild import rebuild
from flows.settings import Settings
from tests.helpers.news_server import FIRST_DAY, serving
from tests.helpers.pages import make_page
from tests.helpers.warehouses import contents
from transforms.identity import document_id
from warehouse.article_queries import find_article
from warehouse.connect import open_live

pytestmark = pytest.mark.usefixtures("unpublished")

TRACKED = "?id=7&utm_source=rss&fbclid=IwAR0"
CLEAN = "?id=7"
SITE = "https://harbour-times.example"
TEXT = "“The ferry sails again on Monday,” said Mayor Ruth Callender. The old one burned down."


def from_feed(settings, news):
    page = news.url("/0/article-0")
    feed = news.pages["/feed-0.xml"].decode()
    escaped = TRACKED.replace("&", "&amp;")
    news.pages["/feed-0.xml"] = feed.replace(f"{page}</link>", f"{page}{escaped}</link>").encode()
    settings.folder.root.mkdir(exist_ok=True)
    settings.folder.feed_list.write_bytes(news.opml())
    ingest_feeds(settings, IngestRequest())


def from_lines(settings, folder):
    rows = [
        {"url": f"{SITE}/lines{TRACKED}", "text": TEXT},
        {"text": TEXT, "url": "column-17"},
    ]
    (folder / "lines.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    load_files([folder / "lines.jsonl"], settings)


def from_page(settings, folder):
    head = f'<link rel="canonical" href="{SITE}/page{TRACKED.replace("&", "&amp;")}">'
    (folder / "page.html").write_text(make_page(head=head))
    load_files([folder / "page.html"], settings)


def from_warc(settings, folder, news):
    url = f"{SITE}/warc{TRACKED}"
    body = news.pages["/0/article-0"]
    fields = {
        "WARC-Type": "response", "WARC-Record-ID": "<urn:x:1>", "WARC-Date": stamp(FIRST_DAY),
        "WARC-Target-URI": url, "Content-Type": "application/http;msgtype=response",
    }  # fmt: skip
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    (folder / "others.warc.gz").write_bytes(pack_record(fields, head.encode() + body))
    request = BackfillRequest(
        origin=Origin.WARC,
        places=(str(folder / "others.warc.gz"),),
        since=date(2024, 6, 1),
        until=date(2024, 6, 30),
    )
    backfill_range(settings, request)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Return the settings of a warehouse with an article from each way in, and its feed's host."""
    folder = tmp_path_factory.mktemp("addresses")
    with serving(feeds=1, articles=1) as news:
        settings = Settings(data=folder / "data", workers=1, host_delay=0.0, allow_hosts=news.host)
        from_feed(settings, news)
        from_lines(settings, folder)
        from_page(settings, folder)
        from_warc(settings, folder, news)
        yield settings, f"http://{news.host}/0/article-0"


def ask(settings, sql):
    with open_live(settings.folder) as con:
        return con.execute(sql).fetchall()


def test_articles_have_addresses_that_do_not_track(loaded):
    settings, page = loaded
    assert ask(settings, "SELECT url FROM articles WHERE url IS NOT NULL ORDER BY url") == [
        ("column-17",),
        (f"{page}{CLEAN}",),
        (f"{SITE}/lines{CLEAN}",),
        (f"{SITE}/warc{CLEAN}",),
    ]


def test_documents_have_the_requested_address_beside_it(loaded):
    settings, page = loaded
    found = ask(
        settings, "SELECT url, requested_url FROM documents WHERE url IS NOT NULL ORDER BY url"
    )
    assert found == [
        ("column-17", None),
        (f"{page}{CLEAN}", f"{page}{TRACKED}"),
        (f"{SITE}/lines{CLEAN}", f"{SITE}/lines{TRACKED}"),
        (f"{SITE}/warc{CLEAN}", f"{SITE}/warc{TRACKED}"),
    ]


def test_request_goes_to_the_address_in_the_feed(loaded):
    settings, page = loaded
    asked = {
        found[1].url
        for file in settings.folder.archive.glob("*.warc.gz")
        for found in read_captures(file)
        if not isinstance(found, ArchiveError)
    }
    assert f"{page}{TRACKED}" in asked
    assert f"{page}{CLEAN}" not in asked
    assert ask(settings, "SELECT DISTINCT url FROM entries") == [(f"{page}{TRACKED}",)]


def test_keys_are_made_from_the_requested_address(loaded):
    settings, _ = loaded
    url = f"{SITE}/lines{TRACKED}"
    [(key,)] = ask(settings, f"SELECT document_id FROM documents WHERE requested_url = '{url}'")
    assert key == document_id(url, TEXT.encode())


def test_every_statement_has_an_address_if_the_page_states_one(loaded):
    settings, _ = loaded
    [(url, shown)] = ask(
        settings,
        "SELECT articles.url, latest_articles.url FROM articles"
        " JOIN latest_articles USING (article_id) JOIN documents"
        " ON documents.document_id = articles.document_id WHERE path LIKE '%page.html'",
    )
    assert (url, shown) == (None, f"{SITE}/page{CLEAN}")
    mentioned = f"SELECT count(*) > 0 FROM mentioned WHERE url = '{SITE}/page{CLEAN}'"
    assert ask(settings, mentioned) == [(True,)]
    for view in ("said", "attributed", "mentioned", "said_mentions", "timeline"):
        assert ask(settings, f"SELECT count(*) FROM {view} WHERE url IS NULL") == [(0,)]


def test_article_is_found_by_the_requested_and_by_the_clean_address(loaded):
    settings, page = loaded
    with open_live(settings.folder) as con:
        by_request = find_article(con, f"{page}{TRACKED}")
        assert by_request is not None
        assert find_article(con, f"{page}{CLEAN}") == by_request


def test_rebuilt_warehouse_has_the_same_addresses(loaded, tmp_path):
    settings, _ = loaded
    rebuild(settings, tmp_path / "new")
    new = Settings(data=tmp_path / "new")
    tables = ("articles", "documents")
    assert contents(new.folder, tables) == contents(settings.folder, tables)
