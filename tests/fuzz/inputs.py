"""Targets: files that users bring: tables, JSON, web archives, files of any kind."""

from __future__ import annotations

import csv
import functools
import io
import tempfile
from pathlib import Path

import orjson
from hypothesis import strategies as st

from flows.archive.warc import WarcRecord, pack_record
from flows.archive.warc_reader import read_archive, read_record
from flows.errors import ArchiveError
from flows.inputs.files import read_items
from flows.inputs.json_records import read_json, read_json_lines
from flows.inputs.records import BadRecord, Record
from flows.inputs.tables import find_shape, read_table
from flows.seeds import read_tables, seeds_dir
from tests.fuzz.target import Target
from tests.fuzz.texts import NOW, SENTENCES
from tests.helpers.web_archives import http, packed, page, plain
from transforms.errors import OnrecordError
from transforms.importing.fields import FieldNames
from transforms.records import Document, Rejection


@functools.cache
def _folder():
    """Return a folder for the files of one process; it is removed at its end."""
    return tempfile.TemporaryDirectory(prefix="onrecord-fuzz-")


def _saved(name, content):
    path = Path(_folder().name) / name
    path.write_bytes(content)
    return path


@functools.cache
def _names():
    return FieldNames.from_tables(read_tables(seeds_dir(), "inputs"))


_ENDINGS = (
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".txt",
    ".html",
    ".xml",
    ".opml",
    ".warc",
    ".warc.gz",
    "",
    ".gz",
    ".zip",
)
_FILE_PIECES = (
    "title,text,url\n", "title\ttext\turl\n", "sep=;\n", ",", ";", "\t", '"', '""', "\n", "\r\n", "\r", "Ferry strike ends", "https://a.example/1", "06/05/2024",
    '{"title": "Ferry", "text": "', '{"articles": [', '{"url": "https://a.example/1"}', "[", "]", "{", "}", ":", "null", "\\ud800", "NaN", "1e999", "\ufeff", "\x00",
    "<doc>", "<opml>", "WARC/1.0\r\n", "<p>", "<TEI>", "%PDF-1.7", "PK\x03\x04", "\x1f\x8b",
)  # fmt: skip
_CONTENTS = (
    st.lists(st.sampled_from(_FILE_PIECES) | st.sampled_from(SENTENCES) | st.text(max_size=6), max_size=25).map(
        lambda pieces: "".join(pieces).encode()
    )
    | st.binary(max_size=150)
)  # fmt: skip


def check_file(given):
    """Check that a file of any kind gives the same items twice, each a document or an error."""
    ending, content = given
    path = _saved(f"input{ending}", content)
    found = list(read_items([path], now=NOW))
    assert found == list(read_items([path], now=NOW))
    for one in found:
        assert isinstance(one.content, Document | Rejection)


_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=12)
_ROWS = st.lists(st.tuples(_CELLS, _CELLS.map("Ferry {}".format), _CELLS), min_size=1, max_size=6)


def check_table(given):
    """Check that a table is read as it was written."""
    rows, delimiter, ending = given
    written = io.StringIO(newline="")
    lines = csv.writer(written, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    lines.writerows([("title", "text", "url"), *rows])
    content = written.getvalue().encode()
    shape = find_shape(content, _names(), is_named=True)
    assert shape is not None
    found = list(read_table(_saved("table.csv", content), shape, lambda _: True))
    assert [tuple(one.values.values()) for one in found] == rows


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _CELLS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_CELLS, inner, max_size=3),
    max_leaves=10,
)  # fmt: skip
_OBJECTS = st.lists(st.dictionaries(_CELLS, _JSON, min_size=1, max_size=4), max_size=5)


def check_json(given):
    """Check that records are read as they were written, and broken ones are refused."""
    objects, noise = given
    lines = b"\n".join(map(orjson.dumps, objects))
    found = list(read_json_lines(_saved("records.jsonl", lines)))
    assert [one.values for one in found] == objects
    found = list(read_json(_saved("records.json", orjson.dumps(objects)), lambda _: False))
    assert [one.values for one in found] == objects
    broken = lines[: len(lines) // 2] + noise + lines[len(lines) // 2 :]
    for read in (read_json_lines, lambda path: read_json(path, lambda _: False)):
        try:
            found = list(read(_saved("broken.json", broken)))
        except OnrecordError:
            continue
        assert all(isinstance(one, Record | BadRecord) for one in found)


_FIELDS = st.dictionaries(
    st.sampled_from(("WARC-Type", "WARC-Target-URI", "WARC-Date", "Content-Type", "X-Note")),
    st.text(st.characters(categories=["L", "N", "P"]), max_size=10),
)
_BLOCKS = st.lists(st.binary(max_size=60) | st.just(http(page(1))), min_size=1, max_size=4)
_CHANGES = st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=3)), max_size=4)


def check_warc(given):
    """Check that records are read as they were packed, and damage is reported as a value."""
    fields, blocks, pack, changes = given
    sound = b"".join(pack(fields, block) for block in blocks)
    found = list(read_archive(_saved("sound.warc", sound)))
    assert [one.block for one in found if isinstance(one, WarcRecord)] == blocks
    broken = bytearray(sound)
    for at, new in changes:
        broken[at : at + len(new)] = new
    path = _saved("broken.warc", bytes(broken))
    for one in read_archive(path):
        assert isinstance(one, WarcRecord | ArchiveError)
        assert 0 <= one.offset <= len(broken)
        if isinstance(one, WarcRecord):
            assert read_record(path, one.offset, one.inner).block == one.block


TARGETS = (
    Target("files", st.tuples(st.sampled_from(_ENDINGS), _CONTENTS), check_file),
    Target(
        "tables",
        st.tuples(_ROWS, st.sampled_from(",;\t"), st.sampled_from(("\n", "\r\n"))),
        check_table,
    ),
    Target("json-records", st.tuples(_OBJECTS, st.binary(max_size=4)), check_json),
    Target(
        "warc-records",
        st.tuples(
            _FIELDS,
            _BLOCKS,
            st.sampled_from(
                (pack_record, lambda _, block: packed(block), lambda _, block: plain(block))
            ),
            _CHANGES,
        ),
        check_warc,
    ),
)
