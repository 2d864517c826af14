"""Locks on files and folders; the system releases them when their holder ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from warehouse.errors import WarehouseBusyError, WarehouseUnwritableError

_FIRST_PAUSE_S = 0.01
_LONGEST_PAUSE_S = 0.25
_BEGAN = 19  # `starttime` in proc_pid_stat(5), counted from the state: ticks since the boot
_CLOCK_ERROR_S = 10.0


def pauses(wait_s: float) -> Iterator[None]:
    """Yield once per try within `wait_s` seconds, with growing pauses between them."""
    deadline = time.monotonic() + wait_s
    pause = _FIRST_PAUSE_S
    yield
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE_S)
        yield


@contextlib.contextmanager
def writer_lock(path: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the writer's lock; the file contains the PID of its holder.

    Raises:
        WarehouseBusyError: Another process, or another thread of this one, held it for
            `wait_s` seconds.
        WarehouseUnwritableError: The lock file cannot be created.
    """
    descriptor: int | None = None
    holder = ""
    try:
        for _ in pauses(wait_s):
            descriptor = _open(path)
            if _lock(descriptor, path):
                break
            holder = _written_pid(descriptor)
            os.close(descriptor)
            descriptor = None
        else:
            raise WarehouseBusyError(path, f"process {holder or 'unknown'}")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def lock_holder(path: Path) -> str | None:
    """Return the PID that holds the writer's lock, None if it is free.

    The PID is "unknown" if the holder has not written it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written_pid(descriptor) or "unknown"
    finally:
        os.close(descriptor)
    return None


@contextlib.contextmanager
def shared_lock(folder: Path) -> Iterator[None]:
    """Hold the lock on a folder together with any number of other processes.

    It waits while a process holds the lock alone. If the folder does not exist, nothing is
    locked.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def exclusive_lock(folder: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the lock on a folder alone.

    Raises:
        FileNotFoundError: The folder does not exist.
        WarehouseBusyError: Other processes held the lock for `wait_s` seconds.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not any(try_lock(descriptor) for _ in pauses(wait_s)):
            raise WarehouseBusyError(folder, "a process that reads or writes its files")
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Lock an open file for this process alone; return False if another one holds it.

    The lock lasts until the descriptor is closed.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_alive(pid: int, *, since: datetime | None = None) -> bool:
    """Whether a process with this PID runs on this machine.

    Args:
        pid: The PID.
        since: An instant at which the process ran; a process that began later has only got
            its PID again. None if that is unknown.
    """
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return since is None or not _began_after(pid, since)


def _began_after(pid: int, instant: datetime) -> bool:
    """Whether a process began after an instant, or has ended but was not waited for.

    Clocks may be set meanwhile, so a few seconds prove nothing.
    """
    try:
        stated = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        began_s = int(stated[_BEGAN]) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):  # it has just ended, or this is not Linux
        return False
    booted_at = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return stated[0] == "Z" or booted_at + began_s > instant.timestamp() + _CLOCK_ERROR_S


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as exc:
        raise WarehouseUnwritableError(path.parent, exc.strerror or str(exc)) from exc


def _lock(descriptor: int, path: Path) -> bool:
    """Lock the file; return whether `path` still names it.

    A lock on a removed file excludes nobody.
    """
    try:
        return try_lock(descriptor) and os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _written_pid(descriptor: int) -> str:
    return os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
