"""One writer at a time: an advisory lock that the operating system drops with its holder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from warehouse.errors import WarehouseBusyError, WarehouseUnwritableError

_FIRST_PAUSE_S = 0.01
_LONGEST_PAUSE_S = 0.25


def pauses(wait_s: float) -> Iterator[None]:
    """Yield once for each try within `wait_s` seconds, pausing longer each time."""
    deadline = time.monotonic() + wait_s
    pause = _FIRST_PAUSE_S
    yield
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE_S)
        yield


@contextlib.contextmanager
def writer_lock(path: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the writer's lock, or raise WarehouseBusyError with the PID that holds it.

    Raises:
        WarehouseBusyError: Another process, or another thread of this one, held it for
            `wait_s` seconds.
        WarehouseUnwritableError: The lock file cannot be made.
    """
    descriptor: int | None = None
    holder = ""
    try:
        for _ in pauses(wait_s):
            descriptor = _open(path)
            if _is_taken(descriptor, path):
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
    """Return the PID that holds the writer's lock now ("unknown" if it left none), else None."""
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


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs on this machine."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as exc:
        raise WarehouseUnwritableError(path.parent, exc.strerror or str(exc)) from exc


def _is_taken(descriptor: int, path: Path) -> bool:
    """Whether the lock is ours, on the file that the name stands for now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except (BlockingIOError, FileNotFoundError):  # a lock on a removed file keeps nobody out
        return False


def _written_pid(descriptor: int) -> str:
    return os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
