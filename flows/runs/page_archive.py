"""Archives each page as soon as it is fetched, so that no publisher is asked for it twice.

A page waits for its batch to fill and to be analysed. A killed process loses what it had in
memory, but not what it had written: the next run reads these pages from the archive. A small
file in the archive's folder says where the pages are that no batch has yet; it is removed
with the last of them. While no run was killed, that file is all that this costs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from flows.archive.captures import Capture, Original, Stored
from flows.archive.reader import CAPTURES, finder_of, notes_of, read_capture
from flows.archive.warc import WarcRecord
from flows.archive.warc_reader import read_archive, read_record
from flows.archive.writer import ArchiveWriter
from flows.errors import ArchiveError
from flows.fetching.fetch_records import FetchRequest, FetchResult, make_result
from flows.runs.captured_items import capture_of_item
from flows.runs.items import Item
from transforms.records import Document
from warehouse.connect import open_live
from warehouse.feed_queries import WantedPage
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.lock import shared_lock
from warehouse.page_versions import (
    ArchivedPage,
    PageVersion,
    Place,
    page_versions,
    unloaded_pages,
)

KEPT_FOR: Final = timedelta(days=1)  # an older page may have changed since
_PREFIX: Final = "unloaded-"
_PAGES: Final = frozenset({None, "unchanged"})  # notes of captures that hold a page


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that an earlier run fetched; it answers in place of the fetcher."""

    capture: Capture
    stored: Stored

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return the archived answer."""
        return make_result(
            request,
            final_url=self.capture.url,
            redirects=(),
            status=self.capture.http_status or 0,
            headers=self.capture.headers,
            body=self.capture.body,
            fetched_at=self.capture.captured_at,
        )


@dataclass(slots=True)
class PageArchive:
    """The pages of one run in the archive; it does nothing before `begin`.

    Pages are kept by the thread that fetches, all else is done by the thread of the run.

    Attributes:
        recovered: Number of pages that were read from the archive instead of being fetched.
    """

    recovered: int = 0
    _folder: DataFolder | None = None
    _run_id: str = ""
    _writer: ArchiveWriter | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _versions: dict[str, list[PageVersion]] = field(default_factory=dict)
    _places: dict[str, Place] = field(default_factory=dict)  # bodies of the page being written
    _left: dict[str, Place] = field(default_factory=dict)  # by an earlier run, by URL
    _waiting: dict[Place, None] = field(default_factory=dict)  # in no batch yet
    _file: str = ""  # that the list of unloaded pages names

    def begin(self, folder: DataFolder, *, run_id: str, now: datetime, wait_s: float) -> None:
        """Set up the archive for a run, and find what an earlier run has left in it.

        Args:
            folder: The data folder.
            run_id: The run.
            now: The start of the run: archive files are named by its day.
            wait_s: How long to wait for the warehouse, in seconds.

        Raises:
            WarehouseError: The warehouse cannot be read.
        """
        if self._folder is not None:
            return
        self._folder, self._run_id = folder, run_id
        self._left = self._take_over(folder, now, wait_s)
        self._writer = ArchiveWriter(
            folder.archive, now=lambda: now, find_original=self._find_original
        )

    def expect(self, pages: Sequence[WantedPage], *, wait_s: float) -> None:
        """Look up which versions of `pages` the archive has, before they are fetched."""
        if self._folder is None:
            raise AssertionError("unreachable")
        with open_live(self._folder, wait_s=wait_s) as con:
            self._versions |= page_versions(con, [page.canonical_url for page in pages])

    def take(self, page: WantedPage) -> KeptPage | None:
        """Return a page that an earlier run has archived and not loaded; None to fetch it."""
        with self._lock:
            place = self._left.pop(page.url, None)
            if place is None or self._folder is None:
                return None
            try:
                capture = read_capture(self._folder.archive, *place)
            except (ArchiveError, OSError):  # damaged, or removed because of its age
                return None
            self._waiting[place] = None
            self.recovered += 1
        stored = Stored(warc_file=place[0], warc_offset=place[1], record_id="", is_revisit=False)
        return KeptPage(capture, stored)

    def keep(self, item: Item, page: WantedPage) -> Item:
        """Archive what an item of a page holds; return the item with the place of its page.

        If the disk is full, the item is returned as it is, and its batch reports the error.
        """
        versions = self._versions.pop(page.canonical_url, [])
        main = [] if item.stored else list(_captures(item, versions))
        try:
            stored = self._write([*main, *item.others], versions)
        except OSError:
            return item
        if not main:
            return replace(item, others=())
        with self._lock:
            self._waiting[_place(stored[0])] = None
            if stored[0].warc_file != self._file:
                self._list()
        return replace(item, stored=stored[0], others=())

    def append(
        self, captures: Sequence[Capture], places: Mapping[str, Place]
    ) -> list[Stored] | None:
        """Archive more captures and sync all of them to disk.

        Args:
            captures: What to archive, besides the pages.
            places: Where the archive has bodies, by SHA-256.

        Returns:
            Where each one is; None if the run fetches no pages, so it has no open file.

        Raises:
            OSError: The disk is full or broken.
        """
        if self._writer is None:
            return None
        with self._lock:
            self._places = dict(places)
            return self._writer.write(captures)

    def settle(self, items: Iterable[Item]) -> None:
        """Strike the pages of a batch that was appended off the list of unloaded pages."""
        with self._lock:
            before = len(self._waiting)
            for item in items:
                if item.stored:
                    self._waiting.pop(_place(item.stored), None)
            if len(self._waiting) < before:
                self._list()

    def close(self) -> None:
        """Close the archive; without unloaded pages, remove their list."""
        if self._folder is None or self._writer is None:
            return
        with self._lock:
            self._writer.close()
            self._writer = None
            if self._waiting or self._left:
                self._list()
            else:
                self._list_path(self._folder).unlink(missing_ok=True)

    def _write(self, captures: Sequence[Capture], versions: Iterable[PageVersion]) -> list[Stored]:
        """Archive captures without a sync: a killed process loses nothing that it has written."""
        if not captures or self._folder is None or self._writer is None:
            return []
        with self._lock, shared_lock(self._folder.archive):
            self._places = {version.sha256: version.place for version in versions}
            return self._writer.write(captures, is_synced=False)

    def _find_original(self, sha256: str) -> Original | None:
        folder = self._folder
        return finder_of(folder.archive, self._places)(sha256) if folder else None

    def _list(self) -> None:
        """Write down which pages are in no batch, and where the next ones will be."""
        if self._folder is None:
            return
        self._file, end = self._writer.end if self._writer else ("", 0)
        listed = {"pages": [*self._waiting, *self._left.values()], "since": {self._file: end}}
        path = self._list_path(self._folder)
        # Without it, pages are fetched again: that is no reason to stop the run.
        with suppress(OSError), replace_file(path, is_synced=False) as partial:
            partial.write_bytes(orjson.dumps(listed))

    def _list_path(self, folder: DataFolder) -> Path:
        return folder.archive / f"{_PREFIX}{self._run_id}.json"

    def _take_over(self, folder: DataFolder, now: datetime, wait_s: float) -> dict[str, Place]:
        """Return where killed runs left pages that can still be used, by URL."""
        lists = sorted(folder.archive.glob(f"{_PREFIX}*.json"))
        if not lists:
            return {}
        pages = (page for path in lists for page in _archived_pages(folder.archive, path))
        recent = {page for page in pages if timedelta(0) <= now - page.captured_at <= KEPT_FOR}
        with open_live(folder, wait_s=wait_s) as con:
            left = unloaded_pages(con, recent)
        if left:
            self._left = left
            self._list()
        for path in lists:
            path.unlink(missing_ok=True)
        return left


def _place(stored: Stored) -> Place:
    return stored.warc_file, stored.warc_offset


def _captures(item: Item, versions: Iterable[PageVersion]) -> Iterator[Capture]:
    """Yield the capture of the document of an item, if it has one to archive."""
    if not isinstance(item.content, Document):
        return
    key = item.content.document_id
    if not any(version.is_known and version.document_id == key for version in versions):
        yield capture_of_item(item)
    elif item.capture is not None:
        yield replace(item.capture, notes={"unused": "unchanged"})


def _archived_pages(archive: Path, path: Path) -> Iterator[ArchivedPage]:
    """Yield the pages of a list of unloaded pages, and those that were archived after it."""
    try:
        listed = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return
    for record in _records(archive, listed):
        url = record.fields.get("onrecord-asked-uri") or record.target_url
        captured_at = record.captured_at
        notes = notes_of(record)
        is_page = record.type in CAPTURES and notes.get("unused") in _PAGES
        if (
            is_page
            and "feed_id" not in notes
            and url
            and captured_at
            and "warc-truncated" not in record.fields
        ):
            yield ArchivedPage(url, captured_at, record.warc_file, record.offset)


def _records(archive: Path, listed: dict[str, Any]) -> Iterator[WarcRecord]:
    for file, offset in listed["pages"]:
        with suppress(ArchiveError, OSError):
            yield read_record(archive / file, offset)
    for file, start in listed["since"].items():
        with suppress(OSError):
            for record in read_archive(archive / file, start=start) if file else ():
                if isinstance(record, WarcRecord):
                    yield record
