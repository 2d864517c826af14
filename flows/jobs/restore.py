"""Reloads documents from the archive into a restored warehouse that lacks them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.archive.captures import Stored
from flows.archive.reader import read_captures
from flows.archive.remnants import archive_files
from flows.errors import ArchiveError
from flows.runs.batches import run_batches
from flows.runs.captured_items import item_of_capture
from flows.runs.items import Item, refused
from flows.runs.report import RunReport
from flows.runs.run import begin_run, failure_recorded
from flows.settings import Settings
from warehouse.folder import DataFolder
from warehouse.lock import shared_lock

# A page may be archived up to a day before its batch is committed.
_MARGIN = timedelta(days=1)


def reingest(settings: Settings, *, since: datetime | None) -> RunReport:
    """Load the archived documents that the warehouse lacks and return the report.

    Args:
        settings: Settings of the run.
        since: When the warehouse's newest batch was committed. Archive files last changed
            more than a day before it are skipped. None reads all files.

    Raises:
        WarehouseError: The warehouse cannot be written.
    """
    run = begin_run("restore", settings, parameters={}, now=datetime.now(UTC))
    with failure_recorded(run), shared_lock(settings.folder.archive):
        items = archived_items(settings.folder, since=since)
        return run_batches(run, items)


def archived_items(folder: DataFolder, *, since: datetime | None = None) -> Iterator[Item]:
    """Yield the documents of the archive, and a rejection for each damaged record."""
    for path in archive_files(folder.archive):
        if since is None or _changed_at(path) >= since - _MARGIN:
            yield from _items(path)


def _items(path: Path) -> Iterator[Item]:
    for found in read_captures(path):
        if isinstance(found, ArchiveError):
            yield refused(f"{found.item}@{found.offset}", found.code, found.detail)
            continue
        record, capture = found
        if "media_type" in capture.notes:  # feeds and errors have none
            place = Stored(
                warc_file=record.warc_file,
                warc_offset=record.offset,
                record_id=record.fields.get("warc-record-id", ""),
                is_revisit=record.type == "revisit",
            )
            yield replace(item_of_capture(capture), stored=place)


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
