from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.fetching.bodies import Body, BodyError, inflate

PROSE = b"The ferry left the harbor at dawn. " * 40


def collect(encoding, *chunks, limit=100_000, is_cut=False):
    body = Body(encoding, limit, is_cut=is_cut)
    for chunk in chunks:
        body.feed(chunk)
    return body.finish()


def code_of(encoding, *chunks, **limits):
    with pytest.raises(BodyError) as caught:
        collect(encoding, *chunks, **limits)
    return caught.value.code


def test_plain_body_is_returned_unchanged():
    assert collect("", PROSE[:50], PROSE[50:]) == PROSE


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP "])
def test_gzip_is_inflated_byte_by_byte(encoding):
    packed = gzip.compress(PROSE)
    assert collect(encoding, *(packed[i : i + 1] for i in range(len(packed)))) == PROSE


def test_members_follow_each_other_and_padding_is_ignored():
    assert collect("gzip", gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 9) == b"one two"


def test_members_split_at_every_byte_are_joined():
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    for cut in range(1, len(packed)):
        assert collect("gzip", packed[:cut], packed[cut:]) == b"one two"


@settings(deadline=None)
@given(pieces=st.lists(st.binary(max_size=300), max_size=5), cuts=st.lists(st.integers(1, 50)))
def test_network_chunks_do_not_change_the_result(pieces, cuts):
    whole = b"".join(pieces)
    for encoding, wire in (("", whole), ("gzip", b"".join(map(gzip.compress, pieces)))):
        chunks, at = [], 0
        for cut in cuts:
            chunks.append(wire[at : at + cut])
            at += cut
        assert collect(encoding, *chunks, wire[at:]) == whole


def test_empty_body_needs_no_gzip_header():
    assert collect("gzip") == b""


@pytest.mark.parametrize("cut", [1, 5, 15, 30, -1])
def test_cut_gzip_is_truncated(cut):
    assert code_of("gzip", gzip.compress(PROSE)[:cut]) == "truncated_body"


def test_wrong_checksum_is_truncated():
    packed = bytearray(gzip.compress(PROSE))
    packed[-6] ^= 0xFF
    assert code_of("gzip", bytes(packed)) == "truncated_body"


def test_body_that_is_not_gzip_is_bad_encoding():
    assert code_of("gzip", b"<html>") == "bad_encoding"


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip,br"])
def test_encoding_that_was_not_requested_is_refused(encoding):
    assert code_of(encoding, b"x") == "bad_encoding"


def test_second_layer_of_gzip_is_kept():
    inner = gzip.compress(PROSE)
    assert collect("gzip", gzip.compress(inner)) == inner


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_body_over_the_limit_is_too_large(encoding):
    data = b"x" * 101
    assert code_of(encoding, gzip.compress(data) if encoding else data, limit=100) == "too_large"
    data = b"x" * 100
    assert collect(encoding, gzip.compress(data) if encoding else data, limit=100) == data


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_excess_is_cut_on_request(encoding):
    data = b"x" * 5000
    packed = gzip.compress(data) if encoding else data
    assert collect(encoding, packed, limit=100, is_cut=True) == b"x" * 100


def test_bomb_is_stopped_in_bounded_memory():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    assert len(bomb) < 400_000
    tracemalloc.start()
    assert code_of("gzip", bomb, limit=2_000_000) == "too_large"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_endless_empty_members_are_stopped():
    chunk = gzip.compress(b"") * 1000
    assert code_of("gzip", *[chunk] * 200, limit=1000) == "too_large"


def test_inflate_respects_its_limit():
    assert inflate(gzip.compress(PROSE), len(PROSE)) == PROSE
    with pytest.raises(BodyError, match="too_large"):
        inflate(gzip.compress(PROSE), len(PROSE) - 1)
