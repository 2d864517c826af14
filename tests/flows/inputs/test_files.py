"""Files become items; errors say which file, what is wrong and what to do."""

import gzip
import json
import os
import socket
from pathlib import Path

import orjson
import pytest

from flows.inputs.files import read_items
from flows.inputs.kinds import is_binary, looks_like_html
from flows.jobs.load import load_files
from flows.runs.captured_items import file_url
from flows.settings import Settings
from tests.helpers.other_user import as_other_user, open_folder
from transforms.records import Document, Rejection

pytestmark = pytest.mark.usefixtures("unpublished")

TEXT = (
    "“Ferry number {} sails again on Monday,” said Mayor Ruth Callender. The old one burned down."
)


def items_of(*paths, now):
    return [(item.path, item.content) for item in read_items(paths, now=now)]


def refusal(path, now):
    [(_, content)] = items_of(path, now=now)
    assert isinstance(content, Rejection)
    assert content.item.startswith(str(path))
    assert content.stage == "read"
    return content


def test_folder_is_read_in_name_order(tmp_path, now):
    for name, content in (
        ("b.txt", "Rain fell."),
        ("a.html", "<p>Rain fell.</p>"),
        ("c.JSONL", '{"text": "Rain fell."}'),
        ("ignored.css", "p {}"),
    ):
        (tmp_path / name).write_text(content)
    found = items_of(tmp_path, now=now)
    assert [Path(path).name for path, _ in found] == ["a.html", "b.txt", "c.JSONL#1"]
    assert [content.media_type for _, content in found] == ["html", "text", "text"]


def test_page_without_a_file_extension_is_recognised_by_its_start(tmp_path, now):
    page = tmp_path / "saved"
    page.write_text("\ufeff <!DOCTYPE html><html><body><p>Rain fell.</p></body></html>")
    [(_, document)] = items_of(page, now=now)
    assert document.media_type == "html"


def test_good_json_lines_around_a_bad_one_are_kept(tmp_path, now):
    file = tmp_path / "articles.jsonl"
    file.write_bytes(
        b'{"id": "1", "text": "Rain fell."}\n{broken\n[]\n{"id": "2", "html": "<p>x"}\n'
    )
    found = items_of(file, now=now)
    assert [type(content) for _, content in found] == [Document, Rejection, Rejection, Document]
    assert found[1][1].reason == "bad_input"
    assert found[1][0].endswith("articles.jsonl#2")


def test_gzipped_lines_are_read(tmp_path, now):
    file = tmp_path / "articles.jsonl.gz"
    file.write_bytes(gzip.compress(orjson.dumps({"text": "Rain fell."})))
    [(_, document)] = items_of(file, now=now)
    assert document.content == "Rain fell."


def test_cut_gzip_is_reported_after_its_readable_lines(tmp_path, now):
    file = tmp_path / "articles.jsonl.gz"
    lines = b"".join(orjson.dumps({"text": os.urandom(40).hex()}) + b"\n" for _ in range(2000))
    file.write_bytes(gzip.compress(lines)[:-2000])
    found = items_of(file, now=now)
    assert isinstance(found[0][1], Document)
    assert found[-1][1].reason == "unreadable"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("a.html", b"", "empty", id="empty"),
        pytest.param("a.txt", b" \n\t", "empty", id="blank"),
        pytest.param("a.html", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary", id="picture"),
        pytest.param("a.mp4", b"\x00\x00\x00\x18ftypmp42", "unsupported", id="film"),
        pytest.param("a.jsonl", b"", "empty", id="no-lines"),
        pytest.param("a.jsonl.gz", b"no gzip", "bad_input", id="no-gzip"),
    ],
)
def test_unusable_file_is_refused_with_a_reason(tmp_path, now, name, content, reason):
    file = tmp_path / name
    file.write_bytes(content)
    assert refusal(file, now).reason == reason


def test_missing_path_is_refused(tmp_path, now):
    assert refusal(tmp_path / "nowhere", now).reason == "not_found"


def test_folder_without_articles_is_refused(tmp_path, now):
    (tmp_path / "style.css").write_text("p {}")
    assert refusal(tmp_path, now).reason == "no_articles"


def test_oversized_file_is_refused_without_reading_it_whole(tmp_path, now):
    file = tmp_path / "large.html"
    with file.open("wb") as stream:
        stream.write(b"<html>" + b" " * 60_000_000)
    assert refusal(file, now).reason == "too_large"


def test_named_pipe_does_not_hang(tmp_path, now):
    os.mkfifo(tmp_path / "pipe.txt")
    assert refusal(tmp_path / "pipe.txt", now).reason == "not_a_file"


def test_unreadable_file_is_refused(now):
    with open_folder() as folder:
        file = folder / "a.txt"
        file.write_text("Rain fell.")
        file.chmod(0)
        found = as_other_user(refusal, file, now)
    assert (found.reason, found.detail) == ("unreadable", "cannot be read: Permission denied")


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_device_is_refused(name, now):
    assert refusal(Path(name), now).reason in {"not_a_file", "not_found"}


def test_socket_is_refused(tmp_path, now):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        assert refusal(tmp_path / "s", now).reason == "not_a_file"


def test_records_of_a_file_that_still_grows_are_loaded_up_to_the_cut(tmp_path):
    file, settings = tmp_path / "news.jsonl", Settings(data=tmp_path / "data", workers=1)
    lines = [
        json.dumps({"url": f"https://a.example/{at}", "text": TEXT.format(at)}) for at in range(3)
    ]
    file.write_text("\n".join(lines)[:-40])
    report = load_files([file], settings)
    assert (report.count.appended, report.count.rejected) == (2, 1)
    assert [one.item for one in report.rejections] == [f"{file}#3"]
    file.write_text("\n".join(lines) + "\n")
    report = load_files([file], settings)
    assert (report.count.appended, report.count.known, report.count.rejected) == (1, 2, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
def test_text_in_any_encoding_is_not_taken_for_binary(encoding):
    assert not is_binary("<p>Rain fell on Aren.</p>".encode(encoding) * 10)


def test_html_is_recognised_in_utf_16():
    assert looks_like_html("<html><p>x</p>".encode("utf-16-le"))


def test_file_with_a_non_utf8_name_is_read_under_a_storable_name(tmp_path, now):
    folder = os.fsencode(tmp_path)
    for name, content in ((b"m\xe4rz.txt", b"The ferry was late."), (b"\xff.html", b"")):
        with open(os.path.join(folder, name), "wb") as stream:  # noqa: PTH118, PTH123  # a path of bytes
            stream.write(content)
    page, empty = read_items([tmp_path], now=now)
    assert page.path == f"{tmp_path}/m\\xe4rz.txt"
    assert isinstance(page.content, Document)
    assert file_url(page.path).endswith("/m%5Cxe4rz.txt")
    assert empty.path == f"{tmp_path}/\\xff.html"
    assert empty.content.reason == "empty"
