"""Revisits, segments and ARC files of other tools as captures."""

import gzip
from collections import Counter

import pytest

from flows.archive import record_index
from flows.archive.captures import Capture
from flows.archive.crawls import NO_ORIGIN, NO_ORIGINAL, NO_SEGMENT, read_crawl
from flows.archive.record_index import RecordIndex
from flows.archive.warc_reader import read_archive
from flows.errors import ArchiveError
from tests.helpers.web_archives import (
    arc,
    http,
    page,
    plain,
    record,
    response,
    wacz,
    zstd_frame,
)

URL = "https://ferry.example/1"
DIGEST = "WARC-Payload-Digest: sha1:FERRY"
SAME = "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
ORIGINAL = response(
    URL, page(1), record_id="<urn:x:1>", extra=[DIGEST], date="2024-05-06T12:00:00Z"
)
REFERENCES = {
    "record": "WARC-Refers-To: <urn:x:1>",
    "url-and-date": f"WARC-Refers-To-Target-URI: {URL}\r\nWARC-Refers-To-Date: 2024-05-06T12:00:00Z",
    "digest": DIGEST,
}


def revisit(reference, block=None):
    url, block = "https://ferry.example/again", http(b"") if block is None else block
    return record("revisit", url, block, extra=[SAME, reference], date="2024-06-01T08:00:00Z")


def read(path, *others):
    """Return the captures and damage of a file, and the counts of what was skipped."""
    passed: Counter[str] = Counter()
    with RecordIndex([path, *others]) as index:
        found = list(read_crawl(path, passed, index=index))
    return found, dict(passed)


def saved(tmp_path, data, name="crawl.warc"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


LAYOUTS = {
    "plain": b"".join,
    "gzip": lambda records: b"".join(map(gzip.compress, records)),
    "one-gzip-member": lambda records: gzip.compress(b"".join(records)),
    "zstd": lambda records: b"".join(map(zstd_frame, records)),
    "one-zstd-frame": lambda records: zstd_frame(b"".join(records)),
    "wacz": lambda records: wacz({f"{n}.warc": one for n, one in enumerate(records)}),
    "packed-wacz": lambda records: wacz({"a.warc": b"".join(records)}, is_stored=False),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("is_first", [False, True])
def test_revisit_has_the_body_of_its_original(tmp_path, layout, reference, is_first):
    records = [plain(b"<p>x</p>"), ORIGINAL, revisit(REFERENCES[reference])]
    found, passed = read(saved(tmp_path, LAYOUTS[layout](records[:: -1 if is_first else 1])))
    [again] = [one for one in found if one.url.endswith("again")]
    assert (again.body, again.http_status, again.media_type) == (page(1), 200, "text/html")
    assert (again.captured_at.month, len(found), passed) == (6, 3, {})


def test_revisit_without_a_head_has_that_of_its_original(tmp_path):
    found, _ = read(saved(tmp_path, ORIGINAL + revisit(DIGEST, block=b"")))
    assert [one.http_status for one in found] == [200, 200]


def test_digest_of_an_empty_block_in_a_revisit_says_nothing(tmp_path):
    digest = "WARC-Block-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
    data = ORIGINAL + revisit(f"{DIGEST}\r\n{digest}")
    found, _ = read(saved(tmp_path, data))
    assert [one.body for one in found] == [page(1), page(1)]
    [_, damage], _ = read(saved(tmp_path, ORIGINAL + response(URL, page(2), extra=[digest])))
    assert damage.code == "digest_mismatch"


def test_original_may_be_in_another_file(tmp_path):
    other = saved(tmp_path, gzip.compress(ORIGINAL), "other.warc.gz")
    path = saved(tmp_path, revisit(DIGEST))
    assert read(path) == ([], {NO_ORIGINAL: 1})
    [again], passed = read(path, tmp_path / "missing.warc", other)
    assert (again.body, passed) == (page(1), {})


def test_archives_of_a_load_are_indexed_once(tmp_path, monkeypatch):
    indexed = []

    def noted(part, **given):
        indexed.append(part.name)
        return read_archive(part, **given)

    monkeypatch.setattr(record_index, "read_archive", noted)
    other = saved(tmp_path, ORIGINAL, "other.warc")
    paths = [saved(tmp_path, revisit(DIGEST), f"{number}.warc") for number in range(3)]
    with RecordIndex([*paths, other]) as index:
        bodies = [one.body for path in paths for one in read_crawl(path, Counter(), index=index)]
    assert bodies == [page(1)] * 3
    assert indexed == ["0.warc", "1.warc", "2.warc", "other.warc"]


def test_page_that_had_not_changed_needs_no_original(tmp_path):
    profile = "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/server-not-modified"
    data = record("revisit", URL, b"", extra=[profile])
    [found], passed = read(saved(tmp_path, data))
    assert (found.unused, passed) == ("not_modified", {})


def segments(block, size):
    """Return the records of one record that was split."""
    pieces = [block[at : at + size] for at in range(0, len(block), size)]
    records = []
    for number, piece in enumerate(pieces, 1):
        extra = [f"WARC-Segment-Number: {number}"]
        if number == len(pieces):
            extra.append(f"WARC-Segment-Total-Length: {len(block)}")
        if number == 1:
            records.append(record("response", URL, piece, record_id="<urn:x:s>", extra=extra))
        else:
            extra.append("WARC-Segment-Origin-ID: <urn:x:s>")
            records.append(
                record("continuation", URL, piece, record_id=f"<urn:x:s{number}>", extra=extra)
            )
    return records


@pytest.mark.parametrize("layout", LAYOUTS)
def test_segments_are_joined(tmp_path, layout):
    first, *rest = segments(http(page(2)), 150)
    data = LAYOUTS[layout]([ORIGINAL, first, ORIGINAL, *rest])
    found, passed = read(saved(tmp_path, data))
    assert ([one.body for one in found], passed) == ([page(1), page(2), page(1)], {})


def test_segments_may_be_in_another_file(tmp_path):
    first, *rest = segments(http(page(2)), 300)
    one, other = saved(tmp_path, first), saved(tmp_path, b"".join(rest), "rest.warc")
    [found], passed = read(one, other)
    assert (found.body, passed) == (page(2), {})
    assert read(other, one) == ([], {})


@pytest.mark.parametrize(("missing", "reason"), [(0, NO_ORIGIN), (1, NO_SEGMENT), (-1, NO_SEGMENT)])
def test_record_with_a_missing_segment_is_counted(tmp_path, missing, reason):
    records = segments(http(page(2)), 300)
    count = len(records) - 1 if reason == NO_ORIGIN else 1
    del records[missing]
    assert read(saved(tmp_path, b"".join(records))) == ([], {reason: count})


def test_segments_above_the_limit_are_damage(tmp_path):
    data = b"".join(segments(http(bytes(3000)), 1000))
    [found] = read_crawl(saved(tmp_path, data), Counter(), max_bytes=2000)
    assert isinstance(found, ArchiveError)
    assert found.code == "record_too_large"


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_arc_files_are_read(tmp_path, version, pack):
    pages = {
        f"http://ferry.example/a page/{n}": http(page(n)).replace(b"HTTP/1.1", b"http/1.0")
        for n in range(3)
    }
    data = b"".join(map(pack, arc(pages | {"http://ferry.example/old": page(3)}, version=version)))
    found, passed = read(saved(tmp_path, data))
    assert [one.url for one in found] == [*pages, "http://ferry.example/old"]
    assert [one.body for one in found] == [page(n) for n in range(4)]
    assert [one.http_status for one in found] == [200, 200, 200, None]
    assert {one.media_type for one in found} == {"text/html"}
    assert found[0].captured_at.isoformat() == "2024-05-06T12:00:00+00:00"
    assert passed == {"of type warcinfo": 1}


@pytest.mark.parametrize(
    "garbage", [b"crashed\n", b"crashed", b"\0" * 200_000, b"http://no.example/ head\n"]
)
def test_garbage_in_an_arc_file_is_one_rejection(tmp_path, garbage):
    first, *records = arc({f"http://ferry.example/{n}": http(page(n)) for n in range(4)})
    data = first + records[0] + garbage + b"".join(records[1:])
    found, _ = read(saved(tmp_path, data))
    assert [one.body for one in found if isinstance(one, Capture)] == [page(n) for n in range(4)]
    [damage] = [one for one in found if isinstance(one, ArchiveError)]
    assert damage.offset == len(first + records[0])


@pytest.mark.parametrize("change", [-7, 7, 5000])
def test_wrong_length_in_an_arc_file_loses_no_other_record(tmp_path, change):
    records = arc({f"http://ferry.example/{n}": http(page(n)) for n in range(3)})
    length = len(http(page(1)))
    records[2] = records[2].replace(b" %d\n" % length, b" %d\n" % (length + change), 1)
    found, _ = read(saved(tmp_path, b"".join(records)))
    assert [one.body for one in found if isinstance(one, Capture)] == [page(0), page(2)]
    assert [one.code for one in found if isinstance(one, ArchiveError)] == ["wrong_length"]


def test_records_of_other_types_are_counted(tmp_path):
    data = ORIGINAL + record("request", URL, b"GET / HTTP/1.1\r\n\r\n") + record("x-note", URL, b"")
    [found], passed = read(saved(tmp_path, data))
    assert (found.url, passed) == (URL, {"of type request": 1, "of type x-note": 1})


@pytest.mark.parametrize("kind", ["", "\0\1", "two words", "x" * 50])
def test_record_without_a_type_is_damage(tmp_path, kind):
    [found], passed = read(saved(tmp_path, record(kind, URL, b"")))
    assert (found.code, passed) == ("bad_record", {})
