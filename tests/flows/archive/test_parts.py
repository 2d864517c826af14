"""WACZ files: stored and compressed entries, wrong indexes, damage; and kinds of archives."""

import gzip
import io
import random
import zipfile

import pytest

from flows.archive.parts import Part, is_web_archive, parts_of, web_archive_kind
from flows.archive.warc import WarcRecord
from flows.archive.warc_reader import read_archive, read_record
from flows.errors import ArchiveError
from tests.helpers.web_archives import (
    arc,
    http,
    packed,
    page,
    plain,
    skippable,
    trained_dictionary,
    wacz,
    zstd_frame,
)

PAGES = [page(number) for number in range(3)]
GZIPPED = b"".join(map(packed, PAGES))
PLAIN = b"".join(map(plain, PAGES))


def saved(tmp_path, data, name="crawl.bin"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def blocks_in(path):
    parts = [part for part in parts_of(path) if isinstance(part, Part)]
    return [
        one.block for part in parts for one in read_archive(part) if isinstance(one, WarcRecord)
    ]


def only_part(path):
    [part] = parts_of(path)
    assert isinstance(part, Part)
    return part


@pytest.mark.parametrize("is_stored", [True, False])
@pytest.mark.parametrize("index", [b"", b"com,example)/ 1 {}\n", b"\0" * 5000])
def test_wacz_is_read_whole_whatever_its_index_says(tmp_path, is_stored, index):
    archives = {"a.warc.gz": GZIPPED, "b.warc": PLAIN, "c.warc.zst": zstd_frame(PLAIN)}
    path = saved(tmp_path, wacz(archives, is_stored=is_stored, index=index))
    assert web_archive_kind(path) == "WACZ"
    assert blocks_in(path) == PAGES * 3


@pytest.mark.parametrize("is_stored", [True, False])
def test_record_of_an_entry_is_read_at_its_place(tmp_path, is_stored):
    path = saved(tmp_path, wacz({"b.warc": PLAIN}, is_stored=is_stored), "crawl.wacz")
    part = only_part(path)
    assert part.name == "crawl.wacz/archive/b.warc"
    for found in list(read_archive(part)):
        assert read_record(part, found.offset) == found


def test_cut_wacz_gives_the_records_that_are_left(tmp_path):
    data = wacz({"a.warc.gz": GZIPPED})
    path = saved(tmp_path, data[: data.index(packed(PAGES[2])[20:]) + 30])
    assert isinstance(next(parts_of(path)), ArchiveError)
    assert blocks_in(path) == PAGES[:2]
    assert web_archive_kind(path) == "WACZ"


def test_damaged_entry_is_read_as_far_as_it_can_be(tmp_path):
    image = plain(random.Random(5).randbytes(200_000))
    data = bytearray(wacz({"a.warc": PLAIN + image + PLAIN}, is_stored=False))
    data[len(data) // 2] ^= 0xFF
    part = only_part(saved(tmp_path, bytes(data)))
    blocks = [one.block for one in read_archive(part) if isinstance(one, WarcRecord)]
    assert blocks == PAGES
    assert "zip: " in part.damage.detail


def test_encrypted_entry_is_reported(tmp_path):
    data = bytearray(wacz({"a.warc.gz": GZIPPED}))
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[at + 8] |= 1
    part = only_part(saved(tmp_path, bytes(data)))
    assert list(read_archive(part)) == []
    assert "encrypted" in part.damage.detail


def test_zip_without_archives_is_refused(tmp_path):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as entries:
        entries.writestr("archive.txt", "no folder")
    path = saved(tmp_path, target.getvalue())
    [refusal] = parts_of(path)
    assert "no folder archive/" in refusal.detail
    assert web_archive_kind(path) is None


ARC = arc({"http://ferry.example/1": http(PAGES[0])})
LONG_DICTIONARY = skippable(trained_dictionary().dict_content + bytes(100_000))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PLAIN, "WARC"),
        (b"\r\n" + PLAIN.lower(), "WARC"),
        (b"crashed here" + PLAIN, "WARC"),
        (GZIPPED, "WARC (gzip)"),
        (b"crashed here" + GZIPPED, "WARC (gzip)"),
        (zstd_frame(PLAIN), "WARC (zstd)"),
        (LONG_DICTIONARY, "WARC (zstd)"),
        (b"".join(ARC), "ARC"),
        (b"".join(map(gzip.compress, ARC)), "ARC (gzip)"),
        (wacz({"a.warc.gz": GZIPPED}), "WACZ"),
        (b"crashed here\n" + b"".join(ARC), "ARC"),
        (PAGES[0], None),
        (
            b"This is how a record looks:\r\n\r\n" + PLAIN[:200] + b"<p>...</p>\r\n\r\nAnd so on.",
            None,
        ),
        (b"<pre>WARC/1.0\r\nWARC-Type: response</pre>", None),
        (gzip.compress(PAGES[0]), None),
        (zstd_frame(b'{"text": "no archive"}'), None),
        (wacz({}), None),
        (b"", None),
    ],
)
def test_kind_is_recognised_by_the_content(tmp_path, data, kind):
    assert is_web_archive(data[:65536]) == kind
    assert web_archive_kind(saved(tmp_path, data)) == kind
