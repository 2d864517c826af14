"""Bodies with one encoding or several, damaged ones, bombs, and bodies that were decoded before."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest

from flows.archive.encodings import decode_body
from flows.archive.zstd import zstd
from flows.fetching.bodies import BodyError
from tests.helpers.web_archives import chunked, page

PAGE = page(1) * 20
LIMIT = 1 << 20


def raw_deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "br": brotli.compress,
    "zstd": zstd.compress,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
}


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("is_stored_decoded", [False, True])
def test_encoding_is_removed_if_the_body_has_it(name, is_stored_decoded):
    body = PAGE if is_stored_decoded else PACKERS[name](PAGE)
    assert decode_body(body, (("CONTENT-encoding", f" {name.upper()} "),), LIMIT) == PAGE


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(raw_deflate(PAGE), [("Content-Encoding", "deflate")], id="raw-deflate"),
        pytest.param(
            zstd.compress(PAGE[:99]) + zstd.compress(PAGE[99:]), [("Content-Encoding", "zstd")],
            id="two-frames",
        ),
        pytest.param(
            brotli.compress(gzip.compress(PAGE)), [("Content-Encoding", "gzip, br")], id="two"
        ),
        pytest.param(
            brotli.compress(gzip.compress(PAGE)),
            [("Content-Encoding", "gzip"), ("Content-Encoding", "br")], id="two-headers",
        ),
        pytest.param(gzip.compress(PAGE), [("Content-Encoding", "gzip, br")], id="outer-removed"),
        pytest.param(
            chunked(zstd.compress(PAGE)),
            [("Transfer-Encoding", "chunked"), ("Content-Encoding", "zstd")], id="chunked-zstd",
        ),
        pytest.param(
            chunked(gzip.compress(PAGE)), [("Transfer-Encoding", "gzip, Chunked")], id="transfer"
        ),
        pytest.param(PAGE, [("Content-Encoding", "utf-8")], id="no-encoding-at-all"),
        pytest.param(PAGE, [("Content-Encoding", "compress")], id="says-compress-and-is-not"),
    ],
)  # fmt: skip
def test_stacked_and_odd_encodings_are_removed(body, headers):
    assert decode_body(body, tuple(headers), LIMIT) == PAGE


def test_empty_body_stays_empty():
    for name in PACKERS:
        assert decode_body(b"", (("Content-Encoding", name),), LIMIT) == b""


@pytest.mark.parametrize("name", PACKERS)
def test_cut_body_is_refused(name):
    with pytest.raises(BodyError, match=r"ended|truncated"):
        decode_body(PACKERS[name](PAGE)[:-9], (("Content-Encoding", name),), LIMIT)


@pytest.mark.parametrize(
    ("body", "name"), [(b"\x1f\x9d\x90abc", "compress"), (b"\0\1\2\3", "dcb"), (b"\0\1\2", "br")]
)
def test_unknown_encoding_is_refused(body, name):
    with pytest.raises(BodyError):
        decode_body(body, (("Content-Encoding", name),), LIMIT)


@pytest.mark.parametrize("name", PACKERS)
def test_bomb_is_refused_in_bounded_memory(name):
    bomb = PACKERS[name](bytes(100 << 20))
    tracemalloc.start()
    with pytest.raises(BodyError, match="too_large"):
        decode_body(bomb, (("Content-Encoding", name),), LIMIT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
