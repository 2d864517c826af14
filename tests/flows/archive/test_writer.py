"""Writing pages to WARC files and reading every one back."""

from __future__ import annotations

import errno
import os
from datetime import timedelta

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from flows.archive.captures import Original, capture_of_file
from flows.archive.reader import read_capture, read_captures
from flows.archive.warc import WarcRecord, pack_record
from flows.archive.warc_reader import read_archive
from flows.errors import ArchiveError
from tests.helpers.captures import NOON, PAGE, make_capture, make_writer, write


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def bodies(folder):
    """Return the captured bodies of all files, reading each file from the start."""
    found = []
    for name in files(folder):
        for record in read_archive(folder / name):
            assert isinstance(record, WarcRecord), record
            if record.type != "warcinfo":
                found.append(read_capture(folder, name, record.offset).body)
    return found


def test_page_is_read_back_by_file_and_offset(tmp_path):
    notes = {"title": "Fähre\nläuft aus", "feed": "https://wire.example/rss"}
    capture = make_capture(asked_url="https://go.example/1", notes=notes)
    [stored] = write(tmp_path, capture)
    found = read_capture(tmp_path, stored.warc_file, stored.warc_offset)
    assert (found.body, found.url, found.captured_at) == (PAGE, capture.url, NOON)
    assert (found.asked_url, found.notes) == (capture.asked_url, notes)
    assert (found.http_status, found.media_type) == (200, "text/html")
    assert ("ETag", '"5f3\x85é"') in found.headers


def test_file_is_read_back_as_a_resource(tmp_path):
    capture = capture_of_file(
        "file:///news/a.txt", b"plain \x00 bytes", media_type="text/plain", captured_at=NOON
    )
    [stored] = write(tmp_path, capture)
    assert read_capture(tmp_path, stored.warc_file, stored.warc_offset) == capture


@pytest.mark.parametrize(
    "body", [b"", b"\r\n\r\n", b"\r\n\r\nWARC/1.1\r\n", bytes(range(256)) * 99]
)
def test_any_bytes_survive(tmp_path, body):
    [stored] = write(tmp_path, make_capture(body))
    assert read_capture(tmp_path, stored.warc_file, stored.warc_offset).body == body


def test_another_library_reads_the_file(tmp_path):
    captures = [
        make_capture(b"one"),
        make_capture(b"two"),
        make_capture(b"one", url="https://wire.example/2"),
    ]
    stored = write(tmp_path, *captures)
    with (tmp_path / stored[0].warc_file).open("rb") as file:
        records = [
            (record.record_type, record.stream_pos, record.verify_block_digest())
            for record in ArchiveIterator(file, parse_http=False)
        ]
    kinds = [
        WarcRecordType.warcinfo,
        WarcRecordType.response,
        WarcRecordType.response,
        WarcRecordType.revisit,
    ]
    assert [kind for kind, _, _ in records] == kinds
    assert [offset for _, offset, _ in records[1:]] == [item.warc_offset for item in stored]
    assert all(is_valid for _, _, is_valid in records)


def test_another_library_reads_the_page(tmp_path):
    headers = (
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Type", "text/html"),
    )
    [stored] = write(tmp_path, make_capture(headers=headers))
    with (tmp_path / stored.warc_file).open("rb") as file:
        pages = [
            (record.verify_payload_digest(), record.reader.read())
            for record in ArchiveIterator(file, record_types=WarcRecordType.response)
        ]
    assert pages == [(True, PAGE)]


def test_same_body_is_stored_once(tmp_path):
    page = os.urandom(100_000)
    later = NOON + timedelta(hours=1)
    again = make_capture(
        page, url="https://wire.example/2", captured_at=later, headers=(("ETag", '"new"'),)
    )
    first, second = write(tmp_path, make_capture(page), again)
    assert (first.is_revisit, second.is_revisit) == (False, True)
    assert (tmp_path / first.warc_file).stat().st_size < 110_000
    found = read_capture(tmp_path, second.warc_file, second.warc_offset)
    assert (found.body, found.url, found.captured_at) == (page, again.url, later)
    assert ("ETag", '"new"') in found.headers


def test_body_of_an_earlier_run_is_recognized(tmp_path):
    [first] = write(tmp_path, make_capture())
    original = Original(
        warc_file=first.warc_file,
        warc_offset=first.warc_offset,
        url="https://wire.example/news/1",
        captured_at=NOON,
    )
    [second] = write(tmp_path, make_capture(), find_original=lambda sha256: original)
    [third] = write(
        tmp_path,
        make_capture(),
        find_original=lambda sha256: Original(
            warc_file=second.warc_file,
            warc_offset=second.warc_offset,
            url="https://wire.example/2",
            captured_at=NOON,
        ),
    )
    assert (second.is_revisit, third.is_revisit) == (True, True)
    assert read_capture(tmp_path, third.warc_file, third.warc_offset).body == PAGE


def test_same_file_is_stored_once(tmp_path):
    captures = [
        capture_of_file(f"file:///{name}", PAGE, media_type="text/html", captured_at=NOON)
        for name in "ab"
    ]
    stored = write(tmp_path, *captures)
    assert stored[1].is_revisit
    assert read_capture(tmp_path, stored[1].warc_file, stored[1].warc_offset) == captures[1]


def test_empty_body_is_not_a_duplicate(tmp_path):
    assert not any(
        item.is_revisit for item in write(tmp_path, make_capture(b""), make_capture(b""))
    )


def test_runs_of_a_day_share_a_file(tmp_path):
    for number in range(3):
        write(tmp_path, make_capture(b"%d" % number))
    assert files(tmp_path) == ["onrecord-20240506-00000.warc.gz"]
    assert bodies(tmp_path) == [b"0", b"1", b"2"]


def test_new_day_or_full_file_starts_a_new_file(tmp_path):
    days = iter([NOON, NOON, NOON + timedelta(days=1), NOON + timedelta(days=1)])
    with make_writer(tmp_path, now=lambda: next(days)) as archive:
        first, second = archive.write([make_capture(b"1")]) + archive.write([make_capture(b"2")])
    assert (first.warc_file, second.warc_file) == (
        "onrecord-20240506-00000.warc.gz",
        "onrecord-20240507-00000.warc.gz",
    )
    stored = write(
        tmp_path, *(make_capture(os.urandom(5000)) for _ in range(6)), max_file_bytes=10_000
    )
    assert len({item.warc_file for item in stored}) == 3
    assert len(bodies(tmp_path)) == 8


def test_writer_does_not_touch_the_file_of_another_writer(tmp_path):
    with make_writer(tmp_path) as one, make_writer(tmp_path) as other:
        [first], [second] = one.write([make_capture(b"1")]), other.write([make_capture(b"2")])
    assert first.warc_file != second.warc_file


@pytest.mark.parametrize("cut", [1, 7, 200])
def test_torn_file_is_kept_and_a_new_one_is_started(tmp_path, cut):
    [first, _] = write(tmp_path, make_capture(b"whole"), make_capture(os.urandom(999)))
    path = tmp_path / first.warc_file
    os.truncate(path, path.stat().st_size - cut)
    [third] = write(tmp_path, make_capture(b"after"))
    assert third.warc_file == "onrecord-20240506-00001.warc.gz"
    assert read_capture(tmp_path, first.warc_file, first.warc_offset).body == b"whole"
    assert read_capture(tmp_path, third.warc_file, third.warc_offset).body == b"after"


def test_file_that_ends_in_zeros_is_not_extended(tmp_path):
    [first] = write(tmp_path, make_capture(b"whole"))
    with (tmp_path / first.warc_file).open("ab") as file:
        file.write(bytes(4096))
    assert write(tmp_path, make_capture(b"after"))[0].warc_file != first.warc_file


def test_full_disk_keeps_acknowledged_captures(tmp_path, monkeypatch):
    real = os.write
    with make_writer(tmp_path) as archive:
        [first] = archive.write([make_capture(b"before")])

        def write_half(file, data):
            if len(data) < 300:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(file, bytes(data[:200]))

        monkeypatch.setattr(os, "write", write_half)
        with pytest.raises(OSError, match="No space"):
            archive.write([make_capture(os.urandom(400))])
        monkeypatch.undo()
        [third] = archive.write([make_capture(b"after")])
    assert bodies(tmp_path) == [b"before", b"after"]
    assert first.warc_file == third.warc_file


def test_bytes_are_synced_before_their_place_is_returned(tmp_path, monkeypatch):
    synced, real = [], os.fsync

    def fsync(file):
        real(file)
        synced.append(os.fstat(file).st_size)

    monkeypatch.setattr(os, "fsync", fsync)
    with make_writer(tmp_path) as archive:
        [stored] = archive.write([make_capture(os.urandom(5000))])
        assert synced[-1] == (tmp_path / stored.warc_file).stat().st_size


def test_secrets_stay_out_of_the_archive(tmp_path):
    capture = make_capture(
        url="https://wire.example/1?token=cAnAry",
        asked_url="https://desk:cAnAry@wire.example/?api_key=cAnAry",
        headers=(("Link", "<https://wire.example/?key=cAnAry>; rel=self"),),
    )
    [stored] = write(tmp_path, capture)
    found = read_capture(tmp_path, stored.warc_file, stored.warc_offset)
    assert "cAnAry" not in f"{found.url} {found.asked_url} {found.headers}"


@pytest.mark.parametrize(
    ("name", "offset"),
    [("../secret.warc.gz", 0), ("/etc/passwd", 0), ("", 0), ("onrecord-20240506-00000.warc.gz", -1),
     ("onrecord-20240506-00000.warc.gz", 3), ("onrecord-20240506-00000.warc.gz", 10**9),
     ("onrecord-20240506-00000.warc.gz", 0)],
)  # fmt: skip
def test_place_without_a_capture_is_reported(tmp_path, name, offset):
    write(tmp_path, make_capture())
    with pytest.raises(ArchiveError):
        read_capture(tmp_path, name, offset)


def test_long_notes_are_read_back_and_do_not_disturb_other_tools(tmp_path):
    notes = {"feed_text": "<p>Пароход вышел из гавани.</p>\n" * 9000}
    stored = write(
        tmp_path, make_capture(notes=notes), make_capture(notes=notes), make_capture(b"plain")
    )
    for item in stored[:2]:
        assert read_capture(tmp_path, item.warc_file, item.warc_offset).notes == notes
    path = tmp_path / stored[0].warc_file
    found = [item for item in read_captures(path) if not isinstance(item, ArchiveError)]
    assert [capture.notes for _, capture in found] == [notes, notes, {}]
    assert [record.offset for record, _ in found] == [item.warc_offset for item in stored]
    with path.open("rb") as file:
        kinds = [record.headers["WARC-Type"] for record in ArchiveIterator(file, parse_http=False)]
    assert kinds == ["warcinfo", "metadata", "response", "metadata", "revisit", "response"]


def test_fields_that_no_reader_would_accept_are_refused():
    with pytest.raises(ValueError, match="bytes of fields"):
        pack_record({"WARC-Type": "resource", "WARC-Target-URI": "x" * 2_000_000}, b"")


def test_revisit_without_its_first_capture_is_reported(tmp_path):
    gone = Original(
        warc_file="gone.warc.gz", warc_offset=9, url="https://wire.example/1", captured_at=NOON
    )
    [stored] = write(tmp_path, make_capture(), find_original=lambda _: gone)
    [damage] = read_captures(tmp_path / stored.warc_file)
    assert isinstance(damage, ArchiveError)
    assert (damage.code, damage.offset) == ("bad_record", stored.warc_offset)
