"""Publishes snapshots: copies of the live file that readers may keep open.

The writer makes the copy while no connection is open: checkpoint, close, copy, sync and
verify the copy, rename it to a new number that is never reused, and move the link under
the stable name. Readers of an older snapshot keep it. The last three snapshots are kept
and are the backup: a copy replaces the oldest one only if all of its blocks are intact. A
publisher that is killed at any point leaves the old snapshots.
"""

from __future__ import annotations

import contextlib
import errno
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.connect import open_file, open_locked
from warehouse.errors import (
    WarehouseBusyError,
    WarehouseDamagedError,
    WarehouseError,
    WarehouseUnwritableError,
)
from warehouse.files import copy_file, sync_folder
from warehouse.folder import DataFolder
from warehouse.integrity import read_digests, read_through, verify_blocks, write_digests
from warehouse.lock import writer_lock
from warehouse.migrate import is_current
from warehouse.search_index import indexed_batches, update_index

KEPT = 3

_SNAPSHOT = re.compile(r"onrecord-(\d{6,})\.duckdb")
_PARTIAL = re.compile(r"onrecord.*\.partial")
_SPILLED = re.compile(r"query-\d+\.tmp")  # see `query_messages.spill_folder`
_SPILLED_S = 86_400.0  # no query runs for a day

# Batches that added rows, and rows that no batch added. What each run writes about itself is
# left out: it is no reason for a new snapshot.
_CONTENT = """
SELECT
    (SELECT count(*) FROM batches),
    (
        SELECT count(*)
        FROM batches
        WHERE len(list_filter(map_values(CAST(rows_appended AS MAP(VARCHAR, BIGINT))), lambda n: n > 0)) > 0
    ),
    (SELECT count(*) FROM alerts),
    (SELECT count(*) FROM archive_removals),
    (SELECT count(*) FROM backfill_windows),
    (SELECT count(*) FROM checks),
    (SELECT count(*) FROM matches),
    (SELECT count(*) FROM watches)
"""


def publish(
    folder: DataFolder, *, wait_s: float = 30.0, on_step: Callable[[str], None] = lambda _: None
) -> Path:
    """Publish the current content of the live file; return the path of the snapshot.

    Args:
        folder: The data folder.
        wait_s: Seconds to wait for another writer.
        on_step: Called with the name of each step before the step.

    Raises:
        WarehouseBusyError: Another process wrote for longer than `wait_s` seconds.
        WarehouseDamagedError: The live file is damaged; earlier snapshots are unchanged.
        WarehouseUnwritableError: The disk is full, read-only or broken; earlier snapshots
            are unchanged.
    """
    snapshot = copy_live(folder, wait_s=wait_s, on_step=on_step)
    # The index is built from the snapshot, so the next batch can be appended meanwhile.
    on_step("index")
    update_index(folder, wait_s=wait_s)
    return snapshot


def copy_live(
    folder: DataFolder, *, wait_s: float = 30.0, on_step: Callable[[str], None] = lambda _: None
) -> Path:
    """Publish without the full-text index; arguments and errors are as for `publish`."""
    with writer_lock(folder.lock, wait_s=wait_s):
        with open_locked(folder, wait_s=wait_s) as con:
            on_step("checkpoint")
            con.execute("CHECKPOINT")
            content = _content(con)
        # Copy after closing the connection: closing a second descriptor of the live file
        # would release the lock that DuckDB holds on it.
        try:
            snapshot = _publish(folder, content, on_step)
        except OSError as exc:
            raise WarehouseUnwritableError(folder.published, exc.strerror or str(exc)) from exc
        _note_equal(folder, content.batches)
        return snapshot


def snapshots(folder: DataFolder) -> dict[int, Path]:
    """Return the existing snapshots by number, oldest first."""
    if not folder.published.is_dir():
        return {}
    found = {int(m[1]): path for path in folder.published.iterdir()
             if (m := _SNAPSHOT.fullmatch(path.name))}  # fmt: skip
    return dict(sorted(found.items()))


def _linked(folder: DataFolder) -> int:
    """Return the number that the stable name links to, 0 if there is no link.

    The linked file may be missing.
    """
    found = _SNAPSHOT.fullmatch(folder.newest.resolve().name)
    return int(found[1]) if found else 0


def is_behind(folder: DataFolder, *, wait_s: float = 30.0) -> bool:
    """Whether the newest snapshot is unreadable, lacks rows or views, or is not indexed.

    The files are compared only if one of them has changed since this process last knew that
    they are equal.
    """
    known = _equal.get(folder.root)
    if known is None or known.files != _files(folder):
        with writer_lock(folder.lock, wait_s=wait_s):
            batches = _batches_if_same(folder, wait_s)
            if batches is None:
                return True
            known = _note_equal(folder, batches)
    return bool(indexed_batches(folder) != known.batches)


@contextlib.contextmanager
def open_for_notes(
    folder: DataFolder, *, wait_s: float = 30.0
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the live file like `open_live`, for rows that are no reason for a new snapshot."""
    with writer_lock(folder.lock, wait_s=wait_s):
        known = _equal.get(folder.root)
        was_equal = known is not None and known.files == _files(folder)
        with open_locked(folder, wait_s=wait_s) as con:
            yield con
        if known is not None and was_equal:
            _note_equal(folder, known.batches)


class _Equal(NamedTuple):
    """The state of the live file and of the newest snapshot when they had the same content."""

    files: object
    batches: int  # of the snapshot


_equal: dict[Path, _Equal] = {}  # by data folder


def _note_equal(folder: DataFolder, batches: int) -> _Equal:
    """Note that the two files have the same content; the caller holds the writer's lock."""
    _equal[folder.root] = _Equal(_files(folder), batches)
    return _equal[folder.root]


def _files(folder: DataFolder) -> object:
    """Return what changes whenever the live file or the newest snapshot does."""
    log = folder.live.with_name(f"{folder.live.name}.wal")
    snapshot = folder.newest.resolve()
    return snapshot, *map(_stamp, (folder.live, log, snapshot))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:  # another process may have removed it at this moment
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


class _Content(NamedTuple):
    """What a file has: all its batches, and counts of what readers must see."""

    batches: int
    counts: tuple[int, ...]


def _content(con: duckdb.DuckDBPyConnection) -> _Content:
    ((batches, *counts),) = con.execute(_CONTENT).fetchall()
    return _Content(batches, tuple(counts))


def _batches_if_same(folder: DataFolder, wait_s: float) -> int | None:
    """Return how many batches the newest snapshot has; None if it lacks rows or views, or is unreadable.

    The caller holds the writer's lock.
    """
    with open_locked(folder, wait_s=wait_s) as con:
        live = _content(con)
    try:
        with open_file(folder.newest.resolve()) as con:
            found = _content(con)
            return found.batches if found.counts == live.counts and is_current(con) else None
    except (WarehouseError, duckdb.Error):
        return None


def _publish(folder: DataFolder, content: _Content, on_step: Callable[[str], None]) -> Path:
    folder.published.mkdir(parents=True, exist_ok=True)
    _remove_left_files(folder)
    kept = snapshots(folder)
    final = folder.published / f"onrecord-{max(kept, default=_linked(folder)) + 1:06d}.duckdb"
    partial = final.with_suffix(".partial")
    link = folder.published / "onrecord.link.partial"
    # Not `replace_file`: the copy is synced while it is written, and one sync of the folder
    # covers both the snapshot and the link.
    on_step("copy")
    _copy_at_rest(folder.live, partial)
    on_step("verify")
    digests = _verify_copy(folder, partial, content)
    on_step("rename")
    partial.rename(final)
    on_step("link")
    link.symlink_to(final.name)
    link.rename(folder.newest)
    sync_folder(folder.published)
    on_step("prune")
    for old in list(kept.values())[: 1 - KEPT]:
        for path in (old, old.with_name(f"{old.name}.wal")):
            path.unlink(missing_ok=True)
    write_digests(folder.verified, digests)
    return final


def _remove_left_files(folder: DataFolder) -> None:
    """Remove what killed publishers left, and what queries left whose processes were killed."""
    for left in folder.published.iterdir():
        if _PARTIAL.fullmatch(left.name):
            left.unlink()
        elif _SPILLED.fullmatch(left.name) and time.time() - left.stat().st_mtime > _SPILLED_S:
            shutil.rmtree(left, ignore_errors=True)


def _copy_at_rest(live: Path, target: Path) -> None:
    """Copy the live file.

    Raises:
        WarehouseBusyError: A program that does not use our lock wrote to the file.
        WarehouseDamagedError: The live file cannot be read.
    """
    before = live.stat()
    try:
        copy_file(live, target)
    except OSError as exc:
        if exc.errno == errno.EIO:  # one of the two disks is broken
            raise _blamed(live, target, str(exc)) from exc
        raise
    after = live.stat()
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        target.unlink()
        raise WarehouseBusyError(live, "a program that wrote to it while it was copied")


def _verify_copy(folder: DataFolder, copy: Path, content: _Content) -> list[bytes]:
    """Verify a copy of the live file and return the digests of its blocks.

    Raises:
        WarehouseBusyError: A program that does not use our lock wrote to the live file before
            it was copied; the copy is removed.
        WarehouseDamagedError: The live file is damaged; the copy is removed.
        WarehouseUnwritableError: Only the copy is damaged; it is removed.
    """

    def compare(con: duckdb.DuckDBPyConnection) -> None:
        if _content(con) != content:
            raise WarehouseBusyError(folder.live, "a program that wrote to it before it was copied")

    try:
        return verify_blocks(copy, read_digests(folder.verified), first=compare)
    except WarehouseDamagedError as exc:
        copy.unlink()
        raise _blamed(folder.live, copy, exc.reason) from exc
    except WarehouseBusyError:
        copy.unlink()
        raise


def _blamed(live: Path, copy: Path, reason: str) -> WarehouseError:
    """Return the error for a copy that could not be made: of the live file if it is damaged."""
    try:
        read_through(live)
    except (WarehouseError, duckdb.Error) as exc:
        found = str(getattr(exc, "reason", exc)).partition("\n")[0]
        return WarehouseDamagedError(live, found)
    return WarehouseUnwritableError(copy, f"its disk does not keep what is written: {reason}")
