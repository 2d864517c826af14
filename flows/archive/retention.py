"""Removes captures that are older than they are to be kept; off unless a limit is set.

What something newer refers to is left in a remnant (see `flows.archive.remnants`), which
also says what is gone; the table `archive_removals` says it to those who ask in SQL. Runs
that write wait outside meanwhile, and nobody may read the archive as a whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from flows.archive.aging import Thinning, find_old, plan
from flows.archive.archive_lock import at_rest
from flows.archive.references import archive_files
from flows.archive.remnants import Remnant, is_remnant, read_remnant, write_remnant
from flows.batches import append_spooled
from flows.runs import Run, record_state
from flows.settings import Settings
from flows.slots import running
from warehouse.append import append_rows
from warehouse.article_queries import acquired_documents, removed_so_far
from warehouse.connect import open_live
from warehouse.errors import WarehouseUnwritableError
from warehouse.folder import DataFolder

_TOLD = ("warc_file", "removed_at", "keep_days", "first_captured_at", "last_captured_at")

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was removed from the archive, or would be.

    Attributes:
        captures: Captures: pages, article files, feeds and other answers.
        documents: Those of them that were pages or article files.
        bytes: Bytes of their files; before a removal, with the records that stay.
        kept: Captures that stay in these files, because something needs them.
    """

    files: int = 0
    captures: int = 0
    documents: int = 0
    bytes: int = 0
    kept: int = 0


def removable(settings: Settings, *, keep_days: int, now: datetime) -> Removed:
    """Return what `remove_old` would remove; nothing is changed."""
    folder = settings.folder
    if not folder.archive.is_dir():
        return Removed()
    limit = now - timedelta(days=keep_days)
    thinnings = plan(folder.archive, find_old(folder.archive, limit, _known_to(settings)))
    return Removed(
        files=len(thinnings),
        captures=sum(thinning.captures for thinning in thinnings),
        documents=sum(thinning.documents for thinning in thinnings),
        bytes=sum(thinning.file.size for thinning in thinnings),
        kept=sum(len(thinning.kept) for thinning in thinnings),
    )


def remove_old(
    settings: Settings, *, keep_days: int, now: datetime, on_step: OnStep = lambda _: None
) -> Removed:
    """Remove captures that are older than `keep_days` days and return what was removed.

    Args:
        settings: Settings of the run.
        keep_days: Days that captures are kept.
        now: The instant to count from.
        on_step: Told the name of each step before it is taken.

    Raises:
        RunActiveError: A run writes; nothing was removed.
        WarehouseError: The warehouse or the archive cannot be written, or somebody reads it.
    """
    folder = settings.folder.archive
    if not folder.is_dir():
        return Removed()
    with running("compact", settings, parameters={"keep_archive_days": keep_days}, now=now) as run:
        append_spooled(run)
        try:
            old = find_old(folder, now - timedelta(days=keep_days), _known_to(settings))
            with at_rest(folder, wait_s=settings.lock_wait_s):
                thinnings = plan(folder, old)
                on_step("planned")
                thinned = [
                    thinning for thinning in thinnings if _thin(thinning, keep_days, now, on_step)
                ]
        except OSError as exc:
            raise WarehouseUnwritableError(folder, exc.strerror or str(exc)) from exc
        on_step("record")
        captures, documents, count = _record(run)
        record_state(run, "completed", detail=f"{captures:,} captures removed from the archive")
    return Removed(
        files=len(thinned), captures=captures, documents=documents, bytes=count,
        kept=sum(len(thinning.kept) for thinning in thinned),
    )  # fmt: skip


def _known_to(settings: Settings) -> Callable[[Iterable[str]], set[str]]:
    def known(document_ids: Iterable[str]) -> set[str]:
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            return acquired_documents(con, document_ids)

    return known


def _thin(thinning: Thinning, keep_days: int, now: datetime, on_step: OnStep) -> bool:
    """Remove what goes from one file; return whether nobody writes or wrote to it."""
    path = thinning.file.path
    with _held(path) as is_free:
        # A load that began on that day goes on with its file, days later.
        if not is_free or path.stat().st_size != thinning.file.size:
            return False
        on_step(path.name)
        write_remnant(path, _remnant(thinning, keep_days, now), thinning.offsets, now)
        return True


@contextlib.contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Hold a file as its writer does; yield whether it was free."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _remnant(thinning: Thinning, keep_days: int, now: datetime) -> Remnant:
    """Return what is to be told of a file, after what was told of it before."""
    file = thinning.file
    if not is_remnant(file.path):
        return Remnant(
            warc_file=file.warc_file,
            removed_at=now,
            first_removed_at=now,
            keep_days=keep_days,
            captures=thinning.captures,
            documents=thinning.documents,
            bytes=0,
            first_captured_at=file.first_captured_at,
            last_captured_at=file.last_captured_at,
        )
    before, _ = read_remnant(file.path)
    return replace(
        before,
        removed_at=now,
        keep_days=keep_days,
        captures=before.captures + thinning.captures,
        documents=before.documents + thinning.documents,
        later=dict(before.later) | dict.fromkeys(thinning.gone, now),
    )


def _record(run: Run) -> tuple[int, int, int]:
    """Append to `archive_removals` what the remnants tell and it does not have yet.

    Returns:
        Captures, documents and bytes that were not recorded before.
    """
    rows: list[dict[str, object]] = []
    total = (0, 0, 0)
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        recorded = removed_so_far(con)
        for remnant in remnants(run.settings.folder):
            before = recorded.get(remnant.warc_file, (0, 0, 0))
            new = (
                remnant.captures - before[0],
                remnant.documents - before[1],
                remnant.bytes - before[2],
            )
            if not new[0]:
                continue
            total = (total[0] + new[0], total[1] + new[1], total[2] + new[2])
            row = {name: getattr(remnant, name) for name in _TOLD}
            row |= dict(zip(("captures", "documents", "bytes"), new, strict=True))
            rows.append(row | {"run_id": run.run_id})
        append_rows(con, "archive_removals", rows)
    return total


def remnants(folder: DataFolder) -> list[Remnant]:
    """Return what is told of every file that was removed, the oldest first."""
    paths = archive_files(folder.archive) if folder.archive.is_dir() else []
    return [read_remnant(path)[0] for path in paths if is_remnant(path)]


def lost_documents(folder: DataFolder, *, since: datetime | None = None) -> int:
    """Return how many documents the archive cannot give back because they were removed.

    Args:
        folder: The data folder.
        since: Count only files with captures from this instant on.
    """
    return sum(
        remnant.documents
        for remnant in remnants(folder)
        if since is None or remnant.last_captured_at >= since
    )
