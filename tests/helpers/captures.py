"""Captures that tests write to an archive and read back."""

import hashlib
from datetime import UTC, datetime

from flows.archive.captures import Capture
from flows.archive.reader import read_captures
from flows.archive.writer import ArchiveWriter
from flows.errors import ArchiveError

NOON = datetime(2024, 5, 6, 12, 30, 15, 250_000, tzinfo=UTC)
PAGE = "<p>The ferry left the harbor at dawn – on time.</p>".encode() * 9


def make_capture(body=PAGE, **changes):
    fields = {
        "url": "https://wire.example/news/1",
        "captured_at": NOON,
        "body": body,
        "body_sha256": hashlib.sha256(body).hexdigest(),
        "media_type": "text/html",
        "http_status": 200,
        "headers": (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"5f3\x85é"')),
    }
    return Capture(**fields | changes)


def make_writer(folder, **changes):
    return ArchiveWriter(folder, **{"now": lambda: NOON} | changes)


def write(folder, *captures, **changes):
    with make_writer(folder, **changes) as archive:
        return archive.write(captures)


def captures_of(path, **given):
    """Return records and captures of a file; damage fails the test."""
    found = list(read_captures(path, **given))
    assert not any(isinstance(item, ArchiveError) for item in found)
    return [item for item in found if not isinstance(item, ArchiveError)]
