"""Points: the backups in a store, each made at one point in time.

A point exists if its manifest does. The manifest is written last and in one step, so a
backup that is interrupted leaves only pieces, which the next one uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final

import orjson

from flows.backups.manifest import (
    FORMAT,
    Manifest,
    check_format,
    is_piece,
    manifest_name,
    point_in,
    point_of,
    read_manifest,
)
from flows.backups.stores import Store
from flows.errors import BackupError
from transforms.clock import TOLERANCE

_MARKER: Final = "onrecord-backup.json"  # a store is ours if it has this file
_README: Final = "README.txt"
# An interrupted backup is usually run again within a day, and then needs its pieces.
_LEFTOVER_AGE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was removed from a store.

    Attributes:
        points: Names of the removed points.
        files: Number of files that no point needs any more.
        bytes: Size of these files.
        unreadable: Points whose manifest cannot be read. As nobody knows which pieces they
            need, no piece was removed.
    """

    points: tuple[str, ...] = ()
    files: int = 0
    bytes: int = 0
    unreadable: tuple[str, ...] = ()


def prepare_store(store: Store) -> None:
    """Make an empty store one for backups; an existing one is only checked.

    Raises:
        BackupError: It has other files, a newer onrecord wrote it, or it cannot be written.
    """
    if _is_ours(store):
        return
    unfinished = {_README, *(f".{name}.partial" for name in (_README, _MARKER))}
    others = [name for name in store.listed() if name not in unfinished]
    if others:
        problem = (
            f"has other files ({others[0]}) and no backup of onrecord: name a new or empty folder"
        )
        raise BackupError(store.name, problem)
    store.write(_README, files("flows.backups").joinpath(_README).read_bytes())
    store.write(_MARKER, orjson.dumps({"format": FORMAT, "see": _README}))


def require_store(store: Store) -> None:
    """Raise BackupError if a store has no backup or a newer onrecord wrote it."""
    if not _is_ours(store):
        raise BackupError(store.name, "there is no backup of onrecord: check the name")


def _is_ours(store: Store) -> bool:
    found = store.read(_MARKER)
    if found is None:
        return False
    try:
        check_format(orjson.loads(found), store.name)
    except (ValueError, KeyError, TypeError) as exc:
        problem = f'is damaged: replace its content by {{"format": {FORMAT}}}'
        raise BackupError(f"{store.name}/{_MARKER}", problem) from exc
    return True


def points(store: Store) -> list[str]:
    """Return the names of the points, oldest first.

    A point ahead of the clock was made while the clock was wrong. It counts as the oldest, so
    that it is neither restored instead of later ones nor kept instead of them.
    """
    latest = point_of(datetime.now(UTC) + TOLERANCE)
    found = filter(None, map(point_in, store.listed("backups")))
    return sorted(found, key=lambda point: (point <= latest, point))


def read_point(store: Store, point: str) -> Manifest:
    """Return the manifest of a point.

    Raises:
        BackupError: It does not exist, is damaged, or a newer onrecord wrote it.
    """
    name = manifest_name(point)
    content = store.read(name)
    if content is None:
        there = ", ".join(points(store)[-5:])
        problem = f"has no point {point}: " + (f"the newest are {there}" if there else "none is")
        raise BackupError(store.name, problem)
    return read_manifest(content, f"{store.name}/{name}")


def newest_point(store: Store) -> Manifest:
    """Return the manifest of the newest point.

    Raises:
        BackupError: There is none, it is damaged, or a newer onrecord wrote it.
    """
    there = points(store)
    if not there:
        raise BackupError(store.name, "has no complete backup: run `onrecord backup` first")
    return read_point(store, there[-1])


def newest_readable(store: Store) -> Manifest | None:
    """Return the newest manifest that can be read, None if there is none."""
    for point in reversed(points(store)):
        try:
            return read_point(store, point)
        except BackupError:
            continue
    return None


def prune(
    store: Store, keep: int, *, now: datetime, on_step: Callable[[str], None] = lambda _: None
) -> Pruned:
    """Remove all points but the newest `keep`, and the pieces that no point needs.

    Files that are not ours are never removed. Pieces of no point at all, which interrupted
    backups leave, are removed when they are a day old.

    Args:
        store: The store.
        keep: Number of points to keep, at least 1.
        now: The current instant.
        on_step: Called with the name of each step before the step.
    """
    readable, unreadable = _read_all(store, points(store))
    old, kept = readable[:-keep], readable[-keep:]
    on_step("forget")
    store.remove(manifest_name(manifest.point) for manifest in old)
    forgotten = tuple(manifest.point for manifest in old)
    if unreadable:
        return Pruned(points=forgotten, unreadable=unreadable)
    needed, freed = _names(kept), _names(old)
    limit = now - _LEFTOVER_AGE
    useless = {
        name: file.bytes
        for name, file in store.listed().items()
        if is_piece(name) and name not in needed and (name in freed or file.written_at < limit)
    }
    on_step("sweep")
    store.remove(useless)
    return Pruned(points=forgotten, files=len(useless), bytes=sum(useless.values()))


def _read_all(store: Store, there: Iterable[str]) -> tuple[list[Manifest], tuple[str, ...]]:
    readable, unreadable = [], []
    for point in there:
        try:
            readable.append(read_point(store, point))
        except BackupError:
            unreadable.append(point)
    return readable, tuple(unreadable)


def _names(manifests: Iterable[Manifest]) -> set[str]:
    return {piece.name for manifest in manifests for piece in manifest.pieces}
