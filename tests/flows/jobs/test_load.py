"""What `load` takes: files of any kind, web archives, and addresses of both."""

import gzip

import pytest

from flows.archive.reader import read_captures
from flows.jobs.load import load_files, survey_files
from flows.runs.captured_items import item_of_capture
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.tool_records import PARAGRAPHS, as_csv
from tests.helpers.warehouses import query
from tests.helpers.web_archives import page, record, response, wacz, zstd_frame

pytestmark = pytest.mark.usefixtures("unpublished")

URLS = [f"https://ferry.example/{number}" for number in range(4)]
RECORDS = [response(url, page(number)) for number, url in enumerate(URLS)]


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data", workers=1, host_delay=0.0)


def test_web_archives_lie_beside_other_files(settings, tmp_path, now):
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "a").write_bytes(b"".join(map(gzip.compress, RECORDS[:1])))
    (folder / "b.txt").write_text(PARAGRAPHS)
    (folder / "c").write_bytes(zstd_frame(RECORDS[1] + RECORDS[2]))
    (folder / "d.zip").write_bytes(
        wacz({"x.warc": RECORDS[3] + record("request", URLS[3], b"GET /")})
    )
    report = load_files([folder], settings)
    assert report.found == (
        "found: 1 WARC (gzip) file; 1 text file; 1 WARC (zstd) file; 1 WACZ file",
        "skipped: 1 of type request",
    )
    assert (report.count.seen, report.count.appended) == (5, 5)
    assert survey_files([folder], now=now).found == report.found


def test_revisit_finds_its_original_in_another_file_of_the_folder(settings, tmp_path):
    folder = tmp_path / "crawl"
    folder.mkdir()
    revisit = record(
        "revisit", "https://ferry.example/again", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        extra=("WARC-Refers-To-Target-URI: " + URLS[0], "WARC-Refers-To-Date: 2024-05-06T12:00:00Z"),
    )  # fmt: skip
    (folder / "a.warc").write_bytes(revisit)
    (folder / "b.warc").write_bytes(RECORDS[0])
    load_files([folder], settings)
    assert query(settings, "SELECT count(*) FROM documents") == [(2,)]


def test_damaged_archive_is_one_rejection_and_the_rest_is_loaded(settings, tmp_path):
    file = tmp_path / "crawl.warc"
    file.write_bytes(RECORDS[0] + b"x" * 300 + b"\r\n\r\n" + RECORDS[1] + RECORDS[2][:-400])
    report = load_files([file], settings)
    assert (report.count.appended, report.count.rejected) == (2, 2)
    assert all(one.item.startswith(f"{file}#") for one in report.rejections)


def test_addresses_of_a_page_and_of_an_archive_can_be_given(settings, now):
    with serving(feeds=1, articles=2) as news:
        news.pages["/crawl.warc.gz"] = b"".join(map(gzip.compress, RECORDS[:2]))
        given = [news.url("/0/article-0"), news.url("/crawl.warc.gz"), news.url("/gone.warc")]
        near = settings.model_copy(update={"allow_hosts": news.host})
        report = load_files(given, near)
        assert survey_files(given, now=now).archives == 2
    assert (report.count.appended, report.count.rejected) == (3, 1)
    [rejection] = report.rejections
    assert (rejection.stage, rejection.reason) == ("fetch", "not_found")
    assert not list(settings.folder.downloads.iterdir())


def test_second_load_of_everything_adds_nothing(settings, tmp_path):
    (tmp_path / "crawl.warc").write_bytes(b"".join(RECORDS))
    (tmp_path / "table.csv").write_bytes(as_csv(["title", "text"], ["Owl", PARAGRAPHS]))
    places = [tmp_path / "crawl.warc", tmp_path / "table.csv"]
    load_files(places, settings)
    report = load_files(places, settings)
    assert (report.count.seen, report.count.known, report.count.appended) == (5, 5, 0)


def test_same_text_in_two_outlets_without_addresses_is_two_articles(settings, tmp_path):
    columns = ["title", "text", "outlet"]
    rows = [
        ("Owl", PARAGRAPHS, outlet) for outlet in ("Grenmoor Mail", "Orban Post", "Grenmoor Mail")
    ]
    file = tmp_path / "library.csv"
    file.write_bytes(as_csv(columns, *rows))
    report = load_files([file], settings)
    assert (report.count.appended, report.count.known) == (2, 1)
    found = query(
        settings, "SELECT count(DISTINCT article_id), list_sort(list(source_id)) FROM articles"
    )
    assert found == [(2, ["grenmoor mail", "orban post"])]
    # The archive gives the same keys.
    before = query(settings, "SELECT document_id FROM documents ORDER BY ALL")
    [capture_file] = settings.folder.archive.glob("*.warc.gz")
    captures = [one[1] for one in read_captures(capture_file) if isinstance(one, tuple)]
    again = {item_of_capture(capture).content.document_id for capture in captures}
    assert sorted(again) == [key for (key,) in before]
