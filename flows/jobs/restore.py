"""The job `restore`: bring back a data folder from a backup, or captures from the archive.

A backup is written to an empty data folder. A damaged warehouse is restored from its
snapshots (see `warehouse.restore`) and then gets the archived polls and documents that it
lacks.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.archive.remnants import archive_files
from flows.backups.manifest import Manifest
from flows.backups.points import newest_point, read_point, require_store
from flows.backups.restoring import bring_back, end_restore, refuse_overwrite
from flows.backups.stores import open_store
from flows.errors import BackupError
from flows.feeds.readers import FeedReaders, ReaderOptions
from flows.feeds.replay import Earlier, Replay
from flows.fetching.masked_values import MaskedValues
from flows.jobs.ingest import IngestRequest, find_work
from flows.jobs.rebuild import first_instant, replayed_items
from flows.printable import number
from flows.runs.batches import run_batches
from flows.runs.report import RunReport
from flows.runs.run import Run, begin_run, failure_recorded, record_state
from flows.settings import Settings
from transforms.feeds.feed_records import FeedEntry
from warehouse.connect import open_live
from warehouse.feed_queries import (
    KnownEntries,
    known_captures,
    known_entries,
    known_feeds,
    latest_entry,
)
from warehouse.folder import DataFolder
from warehouse.lock import shared_lock, writer_lock
from warehouse.migrate import newest_known
from warehouse.restore import Restored, restore
from warehouse.salvage import row_counts
from warehouse.search_index import update_index
from warehouse.snapshot_facts import count_rows

_OF_BATCHES = frozenset({"batches", "settled_batches", "watch_looks"})
_ADDED = {"runs": "of this restore", "stages": "of this restore"}
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


def load_later_captures(settings: Settings, *, since: datetime | None) -> RunReport:
    """Load the polls and documents that the archive has and the warehouse lacks.

    Args:
        settings: Settings of the run.
        since: When the warehouse's newest batch was committed. Archive files last changed
            more than a day before it are skipped. None reads all files.

    Raises:
        FeedListError: The warehouse has no feeds, and the feed list is not valid.
        WarehouseError: The warehouse cannot be written.
    """
    run = begin_run("restore", settings, parameters={}, now=datetime.now(UTC))
    folder = settings.folder
    files = later_files(folder, since=since)
    with failure_recorded(run), shared_lock(folder.archive):
        with open_live(folder, wait_s=settings.lock_wait_s) as con:
            feeds = known_feeds(con)
            places, documents = known_captures(con, since - _MARGIN if since else None)
        if not feeds and folder.feed_list.exists():
            find_work(settings, IngestRequest(), first_instant(files) or run.now)
            with open_live(folder, wait_s=settings.lock_wait_s) as con:
                feeds = known_feeds(con)
        with FeedReaders(ReaderOptions(processes=1)) as readers:
            replay = Replay(
                feeds,
                readers,
                masked=MaskedValues(folder.masked_values),
                earlier=_earlier(settings, places),
            )
            return run_batches(run, replayed_items(files, replay, documents))


def later_files(folder: DataFolder, *, since: datetime | None = None) -> list[Path]:
    """Return the archive files that may have captures since an instant; all for None."""
    paths = archive_files(folder.archive) if folder.archive.is_dir() else []
    return [path for path in paths if since is None or _changed_at(path) >= since - _MARGIN]


def _earlier(settings: Settings, places: frozenset[tuple[str, int]]) -> Earlier:
    """Return how a replay asks the warehouse for what it has already."""

    def recall(entries: Iterable[FeedEntry], feed_id: str) -> KnownEntries:
        keys = [(entry.entry_id, entry.canonical_url) for entry in entries]
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            ids, urls = [key for key, _ in keys], [url for _, url in keys if url]
            return known_entries(con, ids, urls, [feed_id])

    def entry_of(canonical_url: str, at: datetime) -> tuple[str, str] | None:
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            return latest_entry(con, canonical_url, at)

    return Earlier(places=places, recall=recall, entry_of=entry_of)


def table_lines(settings: Settings, done: Restored) -> list[str]:
    """Return a line for each table of a restored warehouse: where its rows come from.

    Rows that the damaged file had and the warehouse lacks are lost. Their number is only
    known if the damaged file can be opened; otherwise the last line says so.
    """
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        now = row_counts(con)
    lines = []
    for table, rows in now.items():
        kept, salvaged = done.rows.get(table, 0), done.salvaged.get(table, 0)
        # Documents from the archive are in other batches, but nothing of them is lost.
        before = 0 if table in _OF_BATCHES else done.damaged_rows.get(table, 0)
        lost = max(before - rows, 0)
        counts = {
            "from the snapshot": kept,
            "from the damaged file": salvaged,
            _ADDED.get(table, "from the spool and the archive"): rows - kept - salvaged,
            "lost": lost,
        }
        parts = [f"{count:,} {what}" for what, count in counts.items() if count]
        if parts:
            lines.append(f"{table}: {number(rows, 'row')}: {', '.join(parts)}")
    if not done.damaged_rows:
        lines.append(
            "the replaced file could not be opened, so nobody knows whether it had more: requests "
            "without a response, runs, checks, alerts and backfills are not in the archive"
        )
    return lines


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
