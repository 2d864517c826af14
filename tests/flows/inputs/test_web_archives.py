"""Web archives as items: pages, skipped records with reasons, damage with file and offset."""

import gzip
from collections import Counter

import brotli
import pytest

from flows.archive.parts import is_web_archive, web_archive_kind
from flows.archive.record_index import RecordIndex
from flows.inputs.web_archives import read_web_archive, skipped_notes, unwanted_page
from flows.runs.items import Item
from tests.helpers.captures import make_capture, write
from tests.helpers.web_archives import (
    arc,
    chunked,
    http,
    page,
    plain,
    record,
    response,
    wacz,
    zstd_frame,
)
from transforms.records import Document, Rejection

URLS = [f"https://ferry.example/{number}" for number in range(3)]
RECORDS = [response(url, page(number)) for number, url in enumerate(URLS)]


def read(path, wants=unwanted_page, **given):
    """Return the documents and rejections of a file, and the counts of what was skipped."""
    passed: Counter[str] = Counter()
    items = list(read_web_archive(path, wants=wants, passed=passed, **given))
    assert all(isinstance(item, Item) for item in items)
    contents = [item.content for item in items]
    documents = [one for one in contents if isinstance(one, Document)]
    return documents, [one for one in contents if isinstance(one, Rejection)], dict(passed)


def saved(tmp_path, data, name="crawl.bin"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


FORMATS = {
    "WARC": b"".join(RECORDS),
    "WARC (gzip)": b"".join(map(gzip.compress, RECORDS)),
    "WARC (zstd)": b"".join(map(zstd_frame, RECORDS)),
    "ARC": b"".join(arc({url: http(page(n)) for n, url in enumerate(URLS)})[1:]),
    "WACZ": wacz({"crawl.warc.gz": b"".join(map(gzip.compress, RECORDS))}),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_pages_of_every_format_become_documents(tmp_path, kind):
    path = saved(tmp_path, FORMATS[kind])
    assert is_web_archive(path.read_bytes()) == web_archive_kind(path) == kind
    documents, rejections, passed = read(path)
    assert [one.url for one in documents] == URLS
    assert [one.content for one in documents] == [page(number) for number in range(3)]
    assert {one.fetched_at.date().isoformat() for one in documents} == {"2024-05-06"}
    assert (rejections, passed) == ([], {})


def test_encoded_bodies_are_decoded(tmp_path):
    data = response(URLS[0], brotli.compress(page(0)), "Content-Encoding: br")
    data += response(
        URLS[1], chunked(gzip.compress(page(1))),
        "TRANSFER-ENCODING: chunked", "content-encoding: GZIP",
    )  # fmt: skip
    data += response(URLS[2], page(2), "Content-Encoding: br").replace(b"HTTP/1.1", b"http/1.1")
    documents, _, _ = read(saved(tmp_path, data))
    assert [one.content for one in documents] == [page(number) for number in range(3)]


def test_skipped_records_are_counted_with_the_reason(tmp_path):
    data = RECORDS[0] + response(URLS[1], b"gone", status="404 Not Found")
    data += response(URLS[2], b"GIF89a\0").replace(b"text/html", b"image/gif")
    data += record("request", URLS[0], b"GET / HTTP/1.1\r\n\r\n")
    data += record("revisit", URLS[1], http(b""), extra=["WARC-Payload-Digest: sha1:NO"])
    documents, _, passed = read(saved(tmp_path, data))
    assert len(documents) == 1
    assert skipped_notes(Counter(passed)) == [
        "skipped: 1 not HTML",
        "skipped: 1 not found or moved",
        "skipped: 1 of type request",
        "skipped: 1 revisits whose original is in none of the files",
    ]


def test_caller_says_which_pages_it_wants(tmp_path):
    path = saved(tmp_path, b"".join(RECORDS))
    documents, _, passed = read(path, wants=lambda one: None if one.url == URLS[1] else "unasked")
    assert ([one.url for one in documents], passed) == ([URLS[1]], {"unasked": 2})


def test_original_of_a_revisit_may_be_in_another_file_of_the_load(tmp_path):
    digest = ["WARC-Payload-Digest: sha1:FERRY"]
    other = saved(tmp_path, response(URLS[0], page(0), extra=digest), "other.warc")
    path = saved(tmp_path, record("revisit", URLS[1], http(b""), extra=digest))
    with RecordIndex([path, other]) as index:
        [document], _, passed = read(path, index=index)
    assert (document.url, document.content, passed) == (URLS[1], page(0), {})


def test_damage_is_one_rejection_with_file_and_offset(tmp_path):
    path = saved(tmp_path, RECORDS[0] + b"crashed" + RECORDS[1] + RECORDS[2][:-30])
    documents, rejections, _ = read(path)
    assert [one.url for one in documents] == URLS[:2]
    ends = [len(RECORDS[0]), len(RECORDS[0]) + 7 + len(RECORDS[1])]
    assert [one.item for one in rejections] == [f"{path}#{end}" for end in ends]
    assert [one.reason for one in rejections] == ["garbage", "truncated"]


def test_damage_in_a_wacz_names_the_entry(tmp_path):
    archive = RECORDS[0] + b"crashed" + RECORDS[1]
    path = saved(tmp_path, wacz({"a.warc": archive}), "crawl.wacz")
    documents, [rejection], _ = read(path)
    assert len(documents) == 2
    assert rejection.item == f"{path}/archive/a.warc#{len(RECORDS[0])}"


def test_file_that_is_no_archive_or_cannot_be_opened_is_rejected(tmp_path):
    assert read(saved(tmp_path, page(1)))[1][0].reason == "garbage"
    assert read(tmp_path / "missing.warc")[1][0].reason == "unreadable"
    assert read(saved(tmp_path, b""))[1][0].reason == "empty"


def test_pages_of_our_own_archive_keep_what_was_noted_with_them(tmp_path):
    notes = {"url": URLS[0], "title": "Ferry is late", "path": "news.html"}
    [stored] = write(tmp_path, make_capture(plain(page(0)), notes=notes))
    [document], _, passed = read(tmp_path / stored.warc_file)
    assert (document.title, document.url, passed) == (
        "Ferry is late",
        URLS[0],
        {"of type warcinfo": 1},
    )
