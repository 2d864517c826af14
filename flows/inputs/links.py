"""Links: addresses of pages that a user's file names, to be fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.errors import InputError
from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.inputs.records import TOO_LONG, BadRecord, Record
from flows.inputs.streams import BROKEN, bounded_lines, open_stream, readable, unreadable
from transforms.charsets import decode
from transforms.feeds.feed_records import FeedBody, FeedEntry, FeedRefusal
from transforms.urls import canonical_url

MAX_FEED_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Link:
    """The address of a page to fetch.

    Attributes:
        path: The file, with `#` and the number of the row or record.
        entry: The address, and what the file says about the page.
    """

    path: str
    entry: FeedEntry


def link_to(url: str) -> Link | None:
    """Return the link to a page that is named alone; None if it is no address of a page."""
    key = canonical_url(url)
    if key is None:
        return None
    entry = FeedEntry(entry_id="", feed_id="", position=0, url=url, canonical_url=key)
    return Link("command line", entry)


def read_addresses(path: Path) -> Iterator[Record | BadRecord]:
    """Yield each address of a list, one per line; lines that begin with # are comments.

    Raises:
        InputError: The file cannot be read any further.
    """
    with open_stream(path) as stream:
        try:
            for number, line in bounded_lines(stream):
                if line is None:
                    yield BadRecord(number, "line_too_long", f"line {number}: {TOO_LONG}")
                    continue
                text = decode(line).text.strip()
                if text and not text.startswith("#"):
                    yield Record(number, {"url": text})
        except BROKEN as exc:
            raise unreadable(path, exc) from exc


def read_feed_file(path: Path, now: datetime) -> Iterator[FeedEntry]:
    """Yield the entries of a saved feed or sitemap that have an address.

    Raises:
        InputError: The file is too large, or is no feed that can be read.
    """
    with open_stream(path) as stream:
        try:
            content = stream.read(MAX_FEED_BYTES + 1)
        except BROKEN as exc:
            raise unreadable(path, exc) from exc
    if len(content) > MAX_FEED_BYTES:
        raise InputError(readable(path), "too_large", "is a feed larger than 50 MB: split it")
    body = FeedBody(url=path.absolute().as_uri(), content=content, fetched_at=now)
    with FeedReaders(ReaderOptions(processes=1)) as readers:
        [(_, found)] = readers.read([body])
    if isinstance(found, FeedRefusal):
        raise InputError(readable(path), found.reason, f"is no feed: {found.detail}")
    entries = [entry for entry in found.entries if entry.url]
    if not entries:
        problem = f"is a feed ({found.kind}) without addresses of pages"
        raise InputError(readable(path), "no_addresses", problem)
    yield from entries
