"""The job `restore`: bring back a data folder from a backup, or documents from the archive.

A backup is written to an empty data folder. A damaged warehouse is restored from its
snapshots (see `warehouse.restore`) and then gets the archived documents that it lacks.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.archive.captures import Stored
from flows.archive.reader import read_captures
from flows.archive.remnants import archive_files
from flows.backups.manifest import Manifest
from flows.backups.points import newest_point, read_point, require_store
from flows.backups.restoring import bring_back, end_restore, refuse_overwrite
from flows.backups.stores import open_store
from flows.errors import ArchiveError, BackupError
from flows.runs.batches import run_batches
from flows.runs.captured_items import item_of_capture
from flows.runs.items import Item, refused
from flows.runs.report import RunReport
from flows.runs.run import Run, begin_run, failure_recorded, record_state
from flows.settings import Settings
from warehouse.folder import DataFolder
from warehouse.lock import shared_lock, writer_lock
from warehouse.migrate import newest_known
from warehouse.restore import restore
from warehouse.search_index import update_index
from warehouse.snapshot_facts import count_rows

# A page may be archived up to a day before its batch is committed.
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    """The backup that was restored, and the new paths of the files it replaced."""

    manifest: Manifest
    set_aside: tuple[Path, ...]


def restore_backup(
    settings: Settings,
    source: str,
    *,
    at: str | None = None,
    is_forced: bool = False,
    on_bytes: Callable[[int, int], None] = lambda _done, _all: None,
) -> RestoredBackup:
    """Bring a data folder back from a backup and record the run in its warehouse.

    An interrupted restore is run again: it keeps the files that are already there.

    Args:
        settings: Settings of the run; its data folder is written.
        source: Folder or `s3://bucket/prefix` with backups.
        at: The point; None for the newest one.
        is_forced: Whether existing files may be replaced; they go to the quarantine folder.
        on_bytes: Called with the bytes that are done and those of all files.

    Raises:
        SettingsError: `source` names no folder or bucket.
        BackupError: The backup is missing or damaged, a newer onrecord made it, or the data
            folder is not empty.
        WarehouseError: The data folder cannot be written, or a run writes to it.
    """
    folder, store, now = settings.folder, open_store(source), datetime.now(UTC)
    require_store(store)
    manifest = read_point(store, at) if at else newest_point(store)
    if manifest.schema > newest_known():
        problem = (
            f"{manifest.point} was made by a newer onrecord ({manifest.onrecord_version}, "
            f"migration {manifest.schema}): update onrecord"
        )
        raise BackupError(store.name, problem)
    if not is_forced:
        refuse_overwrite(store, manifest, folder)
    done = 0

    def count(some: int) -> None:
        nonlocal done
        done += some
        on_bytes(done, manifest.bytes)

    with writer_lock(folder.backup_lock, wait_s=0.0), writer_lock(folder.slot, wait_s=0.0):
        moved = bring_back(store, manifest, folder, now=now, on_bytes=count)
        # The live file is missing now, so this makes it from the snapshot.
        restore(folder, now=now, wait_s=settings.lock_wait_s)
        _require_rows(folder, manifest)
        update_index(folder, wait_s=settings.lock_wait_s)
        _record(settings, store.name, manifest, now)
        end_restore(folder)
    return RestoredBackup(manifest, moved)


def _require_rows(folder: DataFolder, manifest: Manifest) -> None:
    """Raise BackupError if the live file lacks rows of the backup."""
    rows = {name: count for name, count in manifest.rows.items() if name != "schema_migrations"}
    if manifest.schema == newest_known() and (found := count_rows(folder.live, rows)) != rows:
        table = next(name for name in rows if found[name] != rows[name])
        problem = f"{table} has {found[table]:,} rows, the backup {rows[table]:,}: restore again"
        raise BackupError(str(folder.live), problem)


def _record(settings: Settings, source: str, manifest: Manifest, now: datetime) -> None:
    run = Run(
        run_id=f"run-{uuid.uuid4().hex}",
        flow="restore",
        now=now,
        settings=settings,
        parameters={"from": source, "at": manifest.point},
    )
    record_state(run, "completed", detail=f"restored from the backup {manifest.point}")


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
