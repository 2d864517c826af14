"""The job `backup`: save a data folder as a new point in a folder or bucket.

It saves the newest snapshot of the warehouse, the archive, the feed list, the settings and
the rules. The waiting batches are appended and a snapshot is published first, so the locks
of the writer are held only for that. Runs may go on meanwhile: the archive is saved after
the snapshot, so it has every capture that the snapshot refers to.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows import __version__
from flows.backups.manifest import Manifest, instant_of, manifest_name, write_manifest
from flows.backups.points import Pruned, newest_readable, points, prepare_store, prune
from flows.backups.restoring import is_being_restored
from flows.backups.saving import Saver, find_sources, is_unchanged
from flows.backups.stores import FolderStore, Store, open_store
from flows.errors import BackupError
from flows.printable import number
from flows.runs.run import JobContext, begin_run, failure_recorded, record_state
from flows.settings import Settings
from warehouse.append import append_waiting
from warehouse.connect import open_live
from warehouse.errors import WarehouseDamagedError, WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.health import size
from warehouse.lock import shared_lock, writer_lock
from warehouse.publish import is_behind, publish
from warehouse.snapshot_facts import SnapshotFacts, lacks_rows, verify_snapshot
from warehouse.spool import spooled

OnBytes = Callable[[int, int], None]  # bytes that are done, and bytes of all files


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup did.

    Attributes:
        target: Folder or bucket.
        point: Name of the new point.
        newest_batch_at: When the newest batch of the saved warehouse was committed, UTC; None
            without batches.
        files: Files of the data folder in it.
        bytes: Their size.
        copied_bytes: Bytes that were copied; the rest was there already.
        pruned: What was removed from the target.
    """

    target: str
    point: str
    newest_batch_at: datetime | None
    files: int
    bytes: int
    copied_bytes: int
    pruned: Pruned

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, a line each."""
        if not self.pruned.unreadable:
            return ()
        return (f"no files were removed, because {self.pruned.unreadable[0]} cannot be read",)

    @property
    def summary(self) -> str:
        """The report as one line."""
        removed = f", {number(len(self.pruned.points), 'old point')} removed"
        return (
            f"{self.point}: {number(self.files, 'file')}, {size(self.bytes)}, "
            f"{size(self.copied_bytes)} copied{removed if self.pruned.points else ''}"
        )


def back_up(
    settings: Settings,
    to: str,
    context: JobContext | None = None,
    *,
    keep: int | None = None,
    on_bytes: OnBytes = lambda _done, _all: None,
) -> BackupReport:
    """Save the data folder as a new point and return the report.

    Args:
        settings: Settings of the run.
        to: Folder, or `s3://bucket/prefix`.
        context: How the job is executed.
        keep: Points to keep; older ones are removed. None keeps all.
        on_bytes: Called with the bytes that are done and those of all files.

    Raises:
        SettingsError: `to` names no folder or bucket.
        BackupError: The target cannot be used, or a file cannot be read. Earlier points are
            unchanged, and the next backup continues where this one stopped.
        WarehouseError: There is nothing to save, or another process holds the warehouse or
            makes a backup.
    """
    folder, store = settings.folder, open_store(to)
    _require_saveable(folder, store)
    # Nobody may remove captures from the archive between the snapshot and the copy.
    with writer_lock(folder.backup_lock, wait_s=0.0), shared_lock(folder.archive):
        snapshot = _fresh_snapshot(settings)
        # Recorded after the snapshot, so that no restored warehouse has this run as active.
        parameters = {"to": store.name, "keep": keep}
        run = begin_run("backup", settings, context, parameters=parameters, now=datetime.now(UTC))
        with failure_recorded(run):
            started = time.monotonic()
            report = _save(folder, store, snapshot, keep=keep, on_bytes=on_bytes)
    seconds = time.monotonic() - started
    detail = "; ".join((f"{report.summary} in {seconds:.1f} s", *report.notes))
    record_state(run, "completed", detail=detail)
    return report


def _require_saveable(folder: DataFolder, store: Store) -> None:
    """Raise an error if there is nothing to save, or if the target is a part of it."""
    if is_being_restored(folder):
        problem = "holds an unfinished restore: run `onrecord restore --from ...` again first"
        raise BackupError(str(folder.root), problem)
    if not folder.live.exists() and not folder.newest.exists():
        raise WarehouseMissingError(folder.live)
    if isinstance(store, FolderStore):
        target, data = store.root.resolve(), folder.root.resolve()
        if target.is_relative_to(data) or data.is_relative_to(target):
            problem = f"is in the data folder {data}, or around it: name a folder elsewhere"
            raise BackupError(str(store.root), problem)


def _fresh_snapshot(settings: Settings) -> Path:
    """Return the newest snapshot, published now if rows are missing."""
    folder, wait_s = settings.folder, settings.lock_wait_s
    if spooled(folder.spool):
        with open_live(folder, wait_s=wait_s) as con:
            append_waiting(con, folder)
    if is_behind(folder, wait_s=wait_s) or lacks_rows(folder, wait_s=wait_s):
        publish(folder, wait_s=wait_s)
    return folder.newest.resolve()


def _save(
    folder: DataFolder, store: Store, snapshot: Path, *, keep: int | None, on_bytes: OnBytes
) -> BackupReport:
    prepare_store(store)
    before = newest_readable(store)
    known = {file.path: file for file in before.files} if before else {}
    facts = _facts(folder, snapshot, before)
    sources = find_sources(folder, snapshot)
    done, total = 0, sum(source.bytes for source in sources)

    def count(some: int) -> None:
        nonlocal done
        done += some
        on_bytes(done, max(total, done))

    saver = Saver(store, _sizes(store), on_bytes=count)
    manifest = Manifest(
        files=tuple(saver.save(source, known.get(source.path)) for source in sources),
        created_at=_next_instant(store),
        onrecord_version=__version__,
        snapshot=_path_of(folder, snapshot),
        **asdict(facts),
    )
    _require_pieces(store, manifest)
    store.write(manifest_name(manifest.point), write_manifest(manifest))
    pruned = prune(store, keep, now=datetime.now(UTC)) if keep else Pruned()
    return BackupReport(
        target=store.name,
        point=manifest.point,
        newest_batch_at=facts.newest_batch_at,
        files=len(manifest.files),
        bytes=manifest.bytes,
        copied_bytes=saver.copied_bytes,
        pruned=pruned,
    )


def _facts(folder: DataFolder, snapshot: Path, before: Manifest | None) -> SnapshotFacts:
    """Return the facts about the snapshot; it is verified unless the last backup has it."""
    path = _path_of(folder, snapshot)
    known = [file for file in before.files if file.path == path] if before else []
    if before and known and is_unchanged(known[0], snapshot.stat()):
        return SnapshotFacts(**{name: getattr(before, name) for name in SnapshotFacts.__slots__})
    try:
        return verify_snapshot(snapshot)
    except WarehouseDamagedError as exc:
        problem = f"is damaged ({exc.reason}): remove it, run `onrecord publish`, then the backup"
        raise BackupError(str(snapshot), problem) from exc


def _path_of(folder: DataFolder, snapshot: Path) -> str:
    return f"{folder.published.name}/{snapshot.name}"


def _sizes(store: Store) -> dict[str, int]:
    return {name: file.bytes for name, file in store.listed().items()}


def _next_instant(store: Store) -> datetime:
    """Return the current instant in whole seconds, but later than all points."""
    instant = datetime.now(UTC).replace(microsecond=0)
    if there := points(store):
        instant = max(instant, instant_of(there[-1]) + timedelta(seconds=1))
    return instant


def _require_pieces(store: Store, manifest: Manifest) -> None:
    """Raise BackupError if a piece has been removed meanwhile, by another backup."""
    there = _sizes(store)
    lost = [piece.name for piece in manifest.pieces if there.get(piece.name) != piece.bytes]
    if lost:
        problem = (
            f"{number(len(lost), 'file')} disappeared during the backup ({lost[0]}): use the "
            "folder or bucket for one data folder only, then run the backup again"
        )
        raise BackupError(store.name, problem)
