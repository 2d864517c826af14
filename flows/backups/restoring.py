"""Restoring: writes the files of a backup to a data folder.

Each file is written beside its place and renamed when its digest is right. A note in the
data folder says which backup is being restored, so that an interrupted restore can be run
again: files that are already there are kept.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import orjson

from flows.backups.checking import find_problem
from flows.backups.manifest import Manifest, SavedFile
from flows.backups.saving import RESTORE_NOTE
from flows.backups.stores import Store
from flows.errors import BackupError
from warehouse.errors import WarehouseUnwritableError
from warehouse.files import open_private, replace_file, sync_folder
from warehouse.folder import DataFolder
from warehouse.health import size

_SHOWN = 3


def bring_back(
    store: Store,
    manifest: Manifest,
    folder: DataFolder,
    *,
    now: datetime,
    on_bytes: Callable[[int], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Write the files of a backup and return the new paths of the files they replaced.

    The snapshot gets its stable name; there is no live file afterwards. The caller has made
    sure that the folder may be written, and removes the note (`end_restore`) when the
    warehouse is complete.

    Args:
        store: Where the backup is.
        manifest: The backup.
        folder: The data folder.
        now: The current instant, used to name the folder of replaced files.
        on_bytes: Called with the number of bytes that are done.

    Raises:
        BackupError: A piece is missing or damaged, or the store cannot be read.
        WarehouseUnwritableError: The disk is too small or cannot be written.
    """
    aside = folder.quarantine / f"replaced-{now:%Y%m%dT%H%M%S.%fZ}"
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        _require_room(folder, manifest)
        _write_note(folder, store, manifest)
        moved = _clear(folder, manifest, aside)
        for file in manifest.files:
            moved += _bring(store, file, folder, aside)
            on_bytes(file.bytes)
        _link(folder, Path(manifest.snapshot).name)
    except OSError as exc:
        raise WarehouseUnwritableError(folder.root, exc.strerror or str(exc)) from exc
    return tuple(moved)


def end_restore(folder: DataFolder) -> None:
    """Remove the note of the restore."""
    (folder.root / RESTORE_NOTE).unlink(missing_ok=True)


def is_being_restored(folder: DataFolder) -> bool:
    """Whether a restore of a data folder was begun and did not end."""
    return (folder.root / RESTORE_NOTE).exists()


def refuse_overwrite(store: Store, manifest: Manifest, folder: DataFolder) -> None:
    """Raise BackupError if the data folder has files; what this restore left is allowed."""
    note = folder.root / RESTORE_NOTE
    if note.exists():
        if note.read_bytes() == _note(store, manifest):
            return
        begun = _begun(note)
        problem = (
            f"holds an unfinished restore{begun}: run that one again, or add --force to this one"
        )
        raise BackupError(str(folder.root), problem)
    there = sorted(_content(folder), key=lambda path: path.as_posix())
    if not there:
        return
    ours = {folder.root / file.path for file in manifest.files} | {folder.live, folder.newest}
    replaced = [path for path in there if path in ours] or there
    shown = ", ".join(path.relative_to(folder.root).as_posix() for path in replaced[:_SHOWN])
    more = f" and {len(replaced) - _SHOWN:,} more" if len(replaced) > _SHOWN else ""
    verb = "would replace" if replaced is not there else "has"
    problem = (
        f"is not empty; the restore {verb} {shown}{more}: name a new folder with --data, or add"
        " --force, which moves what it replaces to the quarantine folder"
    )
    raise BackupError(str(folder.root), problem)


def _content(folder: DataFolder) -> Iterator[Path]:
    """Yield the files of a data folder that are more than locks."""
    for path in folder.root.rglob("*"):
        is_lock = path.parent == folder.live.parent and ".lock" in path.name
        if not is_lock and not path.is_dir():
            yield path


def _require_room(folder: DataFolder, manifest: Manifest) -> None:
    snapshot = sum(file.bytes for file in manifest.files if file.path == manifest.snapshot)
    there = sum(
        (folder.root / file.path).stat().st_size
        for file in manifest.files
        if (folder.root / file.path).exists()
    )
    needed = manifest.bytes + snapshot - there  # the live file is a copy of the snapshot
    free = shutil.disk_usage(folder.root).free
    if free < needed:
        raise WarehouseUnwritableError(
            folder.root, f"the restore needs {size(needed)}, {size(free)} are free"
        )


def _note(store: Store, manifest: Manifest) -> bytes:
    return orjson.dumps({"from": store.name, "point": manifest.point})


def _begun(note: Path) -> str:
    try:
        begun = orjson.loads(note.read_bytes())
        return f" (--from {begun['from']} --at {begun['point']})"
    except (ValueError, KeyError, TypeError):
        return ""


def _write_note(folder: DataFolder, store: Store, manifest: Manifest) -> None:
    with replace_file(folder.root / RESTORE_NOTE) as partial:
        partial.write_bytes(_note(store, manifest))


def _clear(folder: DataFolder, manifest: Manifest, aside: Path) -> list[Path]:
    """Move another warehouse out of the way: live file, snapshots, index and spool."""
    wanted = folder.root / manifest.snapshot
    found = [*folder.live.parent.glob(f"{folder.live.name}*")]
    for place in (folder.published, folder.spool):
        found += place.iterdir() if place.is_dir() else ()
    if folder.newest.is_symlink():
        found.remove(folder.newest)
        folder.newest.unlink()
    return [_move(folder, path, aside) for path in found if path != wanted]


def _bring(store: Store, file: SavedFile, folder: DataFolder, aside: Path) -> list[Path]:
    final = folder.root / file.path
    moved = []
    if final.exists():
        if _has_content(final, file):
            _set_times(final, file)
            return []
        moved.append(_move(folder, final, aside))
    final.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(final) as partial:
        _write(store, file, partial)
        partial.chmod(file.mode)
        _set_times(partial, file)
    return moved


def _write(store: Store, file: SavedFile, partial: Path) -> None:
    whole = hashlib.sha256()
    with open_private(partial) as stream:
        for piece in file.pieces:
            content = store.read(piece.name)
            problem = find_problem(piece, content)
            if content is None or problem:
                raise BackupError(
                    f"{store.name}/{piece.name}",
                    f"{problem}: restore another point (--at); `onrecord backup --check` tells"
                    " which ones are whole",
                )
            whole.update(content)
            stream.write(content)
    if whole.hexdigest() != file.sha256:
        problem = f"its pieces do not make up {file.path}: restore another point (--at)"
        raise BackupError(store.name, problem)


def _has_content(path: Path, file: SavedFile) -> bool:
    if path.stat().st_size != file.bytes:
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def _set_times(path: Path, file: SavedFile) -> None:
    # So that the next backup from here need not read unchanged files.
    os.utime(path, ns=(file.modified_ns, file.modified_ns))


def _move(folder: DataFolder, path: Path, aside: Path) -> Path:
    target = aside / path.relative_to(folder.root)
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(path, target))


def _link(folder: DataFolder, name: str) -> None:
    link = folder.published / "onrecord.link.partial"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.rename(folder.newest)
    sync_folder(folder.published)
