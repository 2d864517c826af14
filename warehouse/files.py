"""Files that appear whole or not at all and survive a power cut.

A file is written beside its target, synced, and renamed in one step. A reader sees the
old file or the new one, and a killed process leaves the old one.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

_PIECE = 32 * 1024 * 1024  # bytes
_FICLONE = 0x40049409  # ioctl_ficlone(2): share the blocks if the file system can
_NO_CLONE = (errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM)


def read_regular(path: Path, *, most_bytes: int) -> bytes:
    """Return the content of a file that is read as a whole.

    A pipe would be waited for without end, and a device may have no end. The null device
    counts as an empty file.

    Raises:
        OSError: The file cannot be opened or read, is not a regular file, or is larger than
            `most_bytes`.
    """
    # Opening a pipe waits for a writer, unless O_NONBLOCK is set; it changes nothing for files.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:  # noqa: PTH123
        mode = os.fstat(stream.fileno()).st_mode
        if not stat.S_ISREG(mode) and path != Path(os.devnull):
            problem = "it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file"
            raise OSError(errno.EINVAL, problem, str(path))
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes // 1_000_000} MB", str(path))
    return content


@contextlib.contextmanager
def replace_file(
    target: Path, *, partial: Path | None = None, is_synced: bool = True
) -> Iterator[Path]:
    """Yield a path to write to; it becomes `target` when the block ends.

    After an error in the block or while syncing, the partial file is removed and `target`
    is unchanged.

    Args:
        target: The file to create or replace; its folder must exist.
        partial: Path of the partial file, on the same file system; by default
            `.NAME.partial` beside the target.
        is_synced: Whether file and folder are synced, so that the new content survives a
            power cut. Not needed for a cache.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     target = Path(folder) / "note.txt"
        ...     with replace_file(target) as partial:
        ...         _ = partial.write_text("whole")
        ...     target.read_text()
        'whole'
    """
    partial = partial or target.with_name(f".{target.name}.partial")
    try:
        yield partial
        if is_synced:
            sync_file(partial)
        partial.rename(target)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    if is_synced:
        sync_folder(target.parent)


@contextlib.contextmanager
def replace_private(target: Path) -> Iterator[Path]:
    """Yield a path to write to, as `replace_file` does, for a file that has secrets.

    A new file can be read by its owner only. One that exists keeps its mode, and its owner if
    this process may say so. A link is followed, so that it stays one.
    """
    final = target.resolve()
    with replace_file(final) as partial:
        open_private(partial).close()
        yield partial
        if final.exists():
            before = final.stat()
            with contextlib.suppress(PermissionError):
                os.chown(partial, before.st_uid, before.st_gid)
            partial.chmod(stat.S_IMODE(before.st_mode))


@contextlib.contextmanager
def replace_output(target: Path) -> Iterator[Path]:
    """Yield a path to write to; it becomes `target` in one step, without a sync.

    A link is followed, so that it stays one. A device or pipe cannot be replaced and is
    written directly.
    """
    if target.exists() and not target.is_file():
        yield target
        return
    final = target.resolve()
    # Not hidden: it is the user's folder, and a killed program leaves the file.
    with replace_file(final, partial=final.with_name(f"{final.name}.tmp"), is_synced=False) as path:
        yield path


def open_private(path: Path) -> BinaryIO:
    """Open a file for writing that, if it is new, only its owner can read; it is emptied."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def sync_file(path: Path) -> None:
    """Make the content of a file survive a power cut."""
    _sync(path, os.O_RDWR)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file that no process writes to, and sync the copy.

    A failed copy is removed.
    """
    try:
        with source.open("rb") as read, target.open("wb") as written:
            try:
                fcntl.ioctl(written.fileno(), _FICLONE, read.fileno())
            except OSError as exc:
                if exc.errno not in _NO_CLONE:
                    raise
                _copy_bytes(read.fileno(), written.fileno())
            os.fsync(written.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _copy_bytes(source: int, target: int) -> None:
    """Copy between descriptors; the disk writes one piece while the next is copied."""
    with ThreadPoolExecutor(1) as pool:
        flushed: Future[None] | None = None
        while copied := os.sendfile(target, source, None, _PIECE):
            if copied == _PIECE and (flushed is None or flushed.done()):
                if flushed:
                    flushed.result()  # the disk reports an error only once
                flushed = pool.submit(os.fdatasync, target)
        if flushed:
            flushed.result()
