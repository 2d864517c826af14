"""FAULTS: files that are cut, garbled, mislabelled, one gzip member, or bombs."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.reader import read_captures
from flows.archive.warc import WarcRecord, pack_record
from flows.archive.warc_reader import read_archive
from flows.errors import ArchiveError
from tests.helpers.web_archives import http, packed, plain, zstd_frame

PAGES = [b"<p>First ferry.</p>" * 20, b"<p>Second ferry.</p>" * 30, b"<p>Third ferry.</p>" * 10]
PLAIN = list(map(plain, PAGES))


def read(tmp_path, data, **limits):
    """Return the blocks that were read, and the codes and offsets of the damage."""
    path = tmp_path / "news.warc.gz"
    path.write_bytes(data)
    found = list(read_archive(path, **limits))
    blocks = [item.block for item in found if isinstance(item, WarcRecord)]
    damages = [item for item in found if isinstance(item, ArchiveError)]
    return blocks, [item.code for item in damages], [item.offset for item in damages]


def saved(tmp_path, data):
    path = tmp_path / "news.warc"
    path.write_bytes(data)
    return path


def records(path):
    """Return the records of an undamaged file."""
    found = [item for item in read_archive(path) if isinstance(item, WarcRecord)]
    assert len(found) == len(list(read_archive(path)))
    return found


MEMBERS = [packed(page) for page in PAGES]
WHOLE = b"".join(MEMBERS)
WHOLE_PLAIN = b"".join(PLAIN)


@pytest.mark.parametrize(
    "data",
    [WHOLE, b"".join(map(plain, PAGES)), gzip.compress(b"".join(map(plain, PAGES)))],
    ids=["members", "plain", "one-member"],
)
def test_sound_file_is_read_whole(tmp_path, data):
    assert read(tmp_path, data) == (PAGES, [], [])


@settings(deadline=None)
@given(
    blocks=st.lists(st.binary(max_size=400), min_size=1, max_size=4),
    fields=st.dictionaries(
        st.sampled_from(["X-A", "X-B"]), st.text(st.characters(codec="utf-8"), max_size=40)
    ),
)
def test_packed_records_are_read_back(blocks, fields, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "news.warc.gz"
    path.write_bytes(b"".join(pack_record({"WARC-Type": "resource", **fields}, b) for b in blocks))
    found = records(path)
    assert [record.block for record in found] == blocks
    for name, value in fields.items():
        assert found[0].fields[name.lower()].split() == value.split()


@settings(deadline=None)
@given(data=st.binary(max_size=600), at=st.integers(0, 3))
def test_reader_survives_any_bytes(data, at, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "news.warc.gz"
    path.write_bytes(b"".join(MEMBERS[:at]) + data)
    blocks = [item.block for item in read_archive(path) if isinstance(item, WarcRecord)]
    assert blocks[:at] == PAGES[:at]


def test_records_of_one_member_have_no_offset_of_their_own(tmp_path):
    path = tmp_path / "one.warc.gz"
    path.write_bytes(gzip.compress(b"".join(map(plain, PAGES))))
    assert [record.is_addressable for record in records(path)] == [True, False, False]


def test_every_cut_of_a_file_is_reported(tmp_path):
    bounds = [0, len(MEMBERS[0]), len(MEMBERS[0]) + len(MEMBERS[1]), len(WHOLE)]
    for cut in range(len(WHOLE)):
        whole = sum(bound <= cut for bound in bounds) - 1
        blocks, codes, offsets = read(tmp_path, WHOLE[:cut])
        assert blocks == PAGES[:whole], cut
        if cut in bounds:
            assert codes == [], cut
        else:
            assert codes in (["truncated"], ["garbage"]), cut
            assert offsets == [bounds[whole]], cut


def test_cut_of_a_plain_file_is_reported(tmp_path):
    data = b"".join(map(plain, PAGES))
    blocks, codes, _ = read(tmp_path, data[:-50])
    assert (blocks, codes) == (PAGES[:2], ["truncated"])


def test_cut_of_one_large_member_is_reported(tmp_path):
    data = gzip.compress(b"".join(map(plain, PAGES)), compresslevel=0)
    blocks, codes, _ = read(tmp_path, data[:-100])
    assert (blocks, codes) == (PAGES[:2], ["truncated"])


@pytest.mark.parametrize(
    "garbage",
    [
        b"\0" * 5000,
        b"garbage" * 30_000,
        b"\x1f\x8b\x08garbage",
        b"\x1f\x8b\x08" * 9,
        b"W",
        b"WARC/1.0 without an end",
    ],
)
def test_garbage_between_records_is_reported_and_the_rest_is_read(tmp_path, garbage):
    blocks, codes, offsets = read(tmp_path, MEMBERS[0] + garbage + MEMBERS[1] + MEMBERS[2])
    assert blocks == PAGES
    assert codes
    assert offsets[0] == len(MEMBERS[0])


def test_file_of_garbage_is_reported(tmp_path):
    assert read(tmp_path, b"no archive at all") == ([], ["garbage"], [0])
    assert read(tmp_path, gzip.compress(b"no record at all")) == ([], ["garbage"], [0])
    assert read(tmp_path, b"") == ([], [], [])


@pytest.mark.parametrize(
    "layout", [bytes, gzip.compress, zstd_frame], ids=["plain", "gzip", "zstd"]
)
@pytest.mark.parametrize(
    "garbage",
    [
        b"W",
        b"crashed " * 9,
        b"\0" * 300_000,
        b"WARC/" * 50_000,
        b"</p>\r\n\r\n",
        b"http://a.example/ 192.0.2.1 20240506120000 ",
    ],
)
def test_garbage_among_plain_records_is_one_rejection(tmp_path, garbage, layout):
    data = layout(PLAIN[0] + garbage + PLAIN[1] + PLAIN[2])
    blocks, codes, offsets = read(tmp_path, data)
    assert (blocks, len(codes)) == (PAGES, 1)
    assert offsets == [len(PLAIN[0]) if layout is bytes else 0]


@pytest.mark.parametrize("cut", [3, 9, 60, 200, 250, 400])
def test_record_that_a_crash_cut_is_one_rejection(tmp_path, cut):
    blocks, codes, offsets = read(tmp_path, PLAIN[0] + PLAIN[1][:cut] + PLAIN[2])
    assert (blocks, len(codes), offsets) == ([PAGES[0], PAGES[2]], 1, [len(PLAIN[0])])


def test_each_of_two_records_with_a_wrong_length_is_reported(tmp_path):
    wrong = plain(PAGES[1], length=7) + plain(PAGES[1], length=9999)
    blocks, codes, _ = read(tmp_path, PLAIN[0] + wrong + PLAIN[2])
    assert (blocks, codes) == ([PAGES[0], PAGES[2]], ["wrong_length"] * 2)


@pytest.mark.parametrize("start", [b"x", b"\x1f\x8b", b"\0" * 200_000, b"<html>"])
@pytest.mark.parametrize(
    "layout", [bytes, gzip.compress, zstd_frame], ids=["plain", "gzip", "zstd"]
)
def test_garbage_at_the_start_hides_no_record(tmp_path, start, layout):
    blocks, codes, offsets = read(tmp_path, start + b"".join(map(layout, PLAIN)))
    assert (blocks, codes, offsets) == (PAGES, ["garbage"], [0])


def test_names_may_be_in_any_case_and_lines_end_without_a_return(tmp_path):
    for data in (WHOLE_PLAIN.lower(), WHOLE_PLAIN.replace(b"\r\n", b"\n")):
        blocks, codes, _ = read(tmp_path, data)
        assert ([block.lower() for block in blocks], codes) == (
            [page.lower() for page in PAGES],
            [],
        )


def test_one_line_end_between_records_is_enough(tmp_path):
    data = b"".join(record.removesuffix(b"\r\n") for record in PLAIN)
    assert read(tmp_path, data) == (PAGES, [], [])


@pytest.mark.parametrize("pack", [gzip.compress, zstd_frame], ids=["gzip", "zstd"])
def test_record_may_lie_in_several_parts(tmp_path, pack):
    data = b"".join(pack(WHOLE_PLAIN[at : at + 150]) for at in range(0, len(WHOLE_PLAIN), 150))
    assert read(tmp_path, data) == (PAGES, [], [])


@pytest.mark.parametrize("pack", [gzip.compress, zstd_frame], ids=["gzip", "zstd"])
def test_cut_of_one_part_over_all_costs_only_what_is_after_it(tmp_path, pack):
    noise = [random.Random(number).randbytes(900) for number in range(400)]
    whole = pack(b"".join(map(plain, noise)))
    blocks, codes, offsets = read(tmp_path, whole[: len(whole) * 3 // 4])
    assert blocks == noise[: len(blocks)]
    assert len(blocks) > 180
    assert (codes, offsets) == (["truncated"], [0])


@pytest.mark.parametrize("pack", [gzip.compress, zstd_frame], ids=["gzip", "zstd"])
def test_damage_in_one_part_over_all_ends_the_readable_part_and_says_so(tmp_path, pack):
    large = random.Random(5).randbytes(300_000)
    data = bytearray(pack(b"".join(PLAIN * 50) + plain(large) + PLAIN[0]))
    data[-100_000] ^= 0x40
    data[-99_000:] = b""
    found = list(read_archive(saved(tmp_path, bytes(data) + b"end")))
    assert [one.block for one in found if isinstance(one, WarcRecord)] == PAGES * 50
    [damage] = [one for one in found if isinstance(one, ArchiveError)]
    assert damage.offset == 0
    assert "bytes into the inflated data" in damage.detail


def test_damaged_byte_loses_only_its_own_record(tmp_path):
    for at in range(len(MEMBERS[0]), len(MEMBERS[0]) + len(MEMBERS[1])):
        data = bytearray(WHOLE)
        data[at] ^= 0x40
        blocks, codes, _ = read(tmp_path, bytes(data))
        # Some bytes of a gzip header have no meaning.
        assert blocks == PAGES or (blocks == [PAGES[0], PAGES[2]] and codes), at


@pytest.mark.parametrize(
    "length", [0, 5, len(PAGES[1]) - 1, len(PAGES[1]) + 1, len(PAGES[1]) + 300, 900_000]
)
@pytest.mark.parametrize("layout", ["members", "plain", "one-member"])
def test_wrong_length_loses_no_other_record(tmp_path, length, layout):
    records = [plain(PAGES[0]), plain(PAGES[1], length=length), plain(PAGES[2])]
    pack = {
        "members": lambda: b"".join(map(gzip.compress, records)),
        "plain": lambda: b"".join(records),
        "one-member": lambda: gzip.compress(b"".join(records)),
    }
    blocks, codes, _ = read(tmp_path, pack[layout]())
    assert blocks == [PAGES[0], PAGES[2]]
    assert codes == ["wrong_length"]


@pytest.mark.parametrize("length", ["many", "-1", "1e3", "", "9" * 30, "٣"])
def test_length_that_is_not_a_number_is_reported(tmp_path, length):
    blocks, codes, _ = read(tmp_path, MEMBERS[0] + packed(PAGES[1], length=length) + MEMBERS[2])
    assert (blocks, codes) == ([PAGES[0], PAGES[2]], ["bad_record"])


@pytest.mark.parametrize("line", ["no name", "warc-date: again", ": no name"])
def test_odd_line_of_a_head_is_ignored_with_what_continues_it(tmp_path, line):
    data = packed(PAGES[0], extra=f"{line}\r\n more\r\nX-Note: one\r\n two\r\n")
    [found] = records(saved(tmp_path, data))
    assert (found.block, found.fields["x-note"]) == (PAGES[0], "one two")
    assert found.fields["warc-date"] == "2024-05-06T12:00:00Z"


@pytest.mark.parametrize("digest", ["sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "sha256:00", "md5:ff"])
def test_wrong_digest_is_reported(tmp_path, digest):
    data = MEMBERS[0] + packed(PAGES[1], extra=f"WARC-Block-Digest: {digest}\r\n") + MEMBERS[2]
    blocks, codes, _ = read(tmp_path, data)
    assert (blocks, codes) == ([PAGES[0], PAGES[2]], ["digest_mismatch"])


def make_bomb(size, *, length=None):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = plain(b"", length=size if length is None else length)[:-4]
    pieces = [packer.compress(head)]
    pieces += [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*pieces, packer.compress(b"\r\n\r\n"), packer.flush()])


@pytest.mark.parametrize("length", [None, 10**12, 10])
def test_bomb_is_skipped_in_bounded_memory(tmp_path, length):
    data = MEMBERS[0] + make_bomb(200 << 20, length=length) + MEMBERS[2]
    tracemalloc.start()
    blocks, codes, offsets = read(tmp_path, data, max_record_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert blocks == [PAGES[0], PAGES[2]]
    assert codes[0] in {"record_too_large", "wrong_length"}
    assert offsets[0] == len(MEMBERS[0])
    assert peak < 10_000_000


@pytest.mark.parametrize("layout", [gzip.compress, bytes], ids=["one-member", "plain"])
def test_large_record_in_the_middle_is_skipped(tmp_path, layout):
    data = layout(b"".join(map(plain, [PAGES[0], b"x" * 3_000_000, PAGES[2]])))
    blocks, codes, _ = read(tmp_path, data, max_record_bytes=1_000_000)
    assert (blocks, codes) == ([PAGES[0], PAGES[2]], ["record_too_large"])


def test_reading_a_bomb_of_blank_lines_ends(tmp_path):
    blocks, _, _ = read(tmp_path, gzip.compress(b"\r\n" * 20_000_000, compresslevel=1) + MEMBERS[0])
    assert blocks in ([PAGES[0]], [])


RESPONSES = {
    "plain": http(PAGES[0]),
    "gzip": http(gzip.compress(PAGES[0]), "Content-Encoding: gzip"),
    "chunked": http(
        b"5\r\n"
        + PAGES[0][:5]
        + b"\r\n"
        + b"%x\r\n" % (len(PAGES[0]) - 5)
        + PAGES[0][5:]
        + b"\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked",
    ),
    "says-gzip-and-is-not": http(PAGES[0], "Content-Encoding: gzip"),
    "says-chunked-and-is-not": http(PAGES[0], "Transfer-Encoding: chunked"),
    "newlines-alone": http(PAGES[0]).replace(b"\r\n", b"\n"),
}


@pytest.mark.parametrize(
    "block", [pytest.param(block, id=name) for name, block in RESPONSES.items()]
)
def test_responses_of_other_crawlers_are_read(tmp_path, block):
    path = tmp_path / "news.warc.gz"
    path.write_bytes(
        packed(block, kind="response", content_type="application/http; msgtype=response")
    )
    [found] = read_captures(path)
    assert not isinstance(found, ArchiveError)
    _, capture = found
    assert (capture.body, capture.http_status, capture.media_type) == (PAGES[0], 200, "text/html")


@pytest.mark.parametrize(
    ("block", "code"),
    [(b"no answer", "bad_record"), (http(gzip.compress(bytes(500_000)), "Content-Encoding: gzip"), "record_too_large"),
     (http(gzip.compress(PAGES[0])[:-9], "Content-Encoding: gzip"), "bad_record"), (http(b"\0\1x", "Content-Encoding: br"), "bad_record")],
)  # fmt: skip
def test_unreadable_response_is_reported(tmp_path, block, code):
    path = tmp_path / "news.warc.gz"
    path.write_bytes(packed(block, kind="response", content_type="application/http"))
    [damage] = read_captures(path, max_bytes=100_000)
    assert isinstance(damage, ArchiveError)
    assert damage.code == code


def test_records_about_the_file_are_not_captures(tmp_path):
    path = tmp_path / "news.warc"
    path.write_bytes(plain(b"software: x\r\n", kind="warcinfo"))
    assert [record.type for record in records(path)] == ["warcinfo"]
    assert list(read_captures(path)) == []


def test_many_records_are_read_from_one_stream(tmp_path):
    buffer = io.BytesIO()
    for number in range(3000):
        buffer.write(packed(b"%d" % number))
    blocks, codes, _ = read(tmp_path, buffer.getvalue())
    assert (len(blocks), codes) == (3000, [])
