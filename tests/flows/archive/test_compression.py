"""Zstandard archives with a dictionary, and how a file's compression is recognised."""

import io
import tracemalloc

import pytest

from flows.archive.compression import compression_of
from flows.archive.warc import WarcRecord
from flows.archive.warc_reader import read_archive, read_record
from flows.archive.zstd import zstd
from flows.errors import ArchiveError
from tests.helpers.web_archives import (
    packed,
    page,
    plain,
    skippable,
    trained_dictionary,
    zstd_frame,
)

PAGES = [page(number) for number in range(3)]
DICTIONARY = trained_dictionary()
FRAMES = b"".join(zstd_frame(plain(one), DICTIONARY) for one in PAGES)


def blocks_in(path):
    return [one.block if isinstance(one, WarcRecord) else one for one in read_archive(path)]


def saved(tmp_path, data):
    path = tmp_path / "news.warc.zst"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(skippable(DICTIONARY.dict_content), id="dictionary"),
        pytest.param(skippable(zstd_frame(DICTIONARY.dict_content)), id="packed-dictionary"),
        pytest.param(
            skippable(b"a note", kind=0x50) + skippable(DICTIONARY.dict_content), id="after-a-note"
        ),
    ],
)
def test_records_are_inflated_with_the_dictionary_of_the_file(tmp_path, start):
    path = saved(tmp_path, start + FRAMES)
    assert blocks_in(path) == PAGES
    for found in list(read_archive(path)):
        assert read_record(path, found.offset) == found


def test_files_with_a_dictionary_each_can_be_joined(tmp_path):
    one = skippable(DICTIONARY.dict_content) + FRAMES
    other = skippable(zstd_frame(DICTIONARY.dict_content)) + FRAMES
    assert blocks_in(saved(tmp_path, one + other + zstd_frame(plain(PAGES[0])))) == [
        *PAGES, *PAGES, PAGES[0],
    ]  # fmt: skip


def test_damaged_dictionary_is_named_as_the_cause(tmp_path):
    damaged = skippable(DICTIONARY.dict_content[:4] + bytes(60))
    [damage] = blocks_in(saved(tmp_path, damaged + FRAMES))
    assert isinstance(damage, ArchiveError)
    assert "the file's dictionary is damaged" in damage.detail


def test_frame_that_is_cut_inside_a_note_is_reported(tmp_path):
    data = zstd_frame(plain(PAGES[0])) + skippable(b"a longer note", kind=0x51)[:-3]
    [block, damage] = blocks_in(saved(tmp_path, data))
    assert (block, damage.code) == (PAGES[0], "garbage")


def test_every_cut_of_a_zstd_file_is_one_rejection(tmp_path):
    frames = [zstd_frame(plain(one)) for one in PAGES]
    whole, bounds = b"".join(frames), [sum(map(len, frames[:n])) for n in range(4)]
    for cut in range(1, len(whole)):
        found = blocks_in(saved(tmp_path, whole[:cut]))
        count = sum(bound <= cut for bound in bounds) - 1
        assert found[:count] == PAGES[:count], cut
        assert [one.offset for one in found[count:]] == ([] if cut in bounds else [bounds[count]])


def test_zstd_bomb_is_skipped_in_bounded_memory(tmp_path):
    packer = zstd.ZstdCompressor()
    pieces = [packer.compress(plain(b"", length=200 << 20)[:-4])]
    pieces += [packer.compress(bytes(1 << 20)) for _ in range(200)]
    bomb = b"".join([*pieces, packer.compress(b"\r\n\r\n"), packer.flush()])
    path = saved(tmp_path, bomb + zstd_frame(plain(PAGES[0])))
    tracemalloc.start()
    damage, *blocks = (
        one.block if isinstance(one, WarcRecord) else one
        for one in read_archive(path, max_record_bytes=1_000_000)
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (damage.code, blocks) == ("record_too_large", [PAGES[0]])
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (packed(b"x"), "gzip"),
        (b"garbage" + packed(b"x"), "gzip"),
        (FRAMES, "zstd"),
        (b"garbage" + zstd_frame(plain(b"x")), "zstd"),
        (plain(b"x"), None),
        (b"garbage" + plain(packed(b"x")), None),
        (b"", None),
    ],
)
def test_compression_is_recognised_by_the_content(data, name):
    found = compression_of(io.BytesIO(data))
    assert (found.name if found else None) == name
