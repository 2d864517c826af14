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
    """Hold the writer's lock, or raise WarehouseBusyError with the PID that holds it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as exc:
        raise WarehouseUnwritableError(path.parent, exc.strerror or str(exc)) from exc
    try:
        for _ in pauses(wait_s):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
        else:
            holder = os.pread(descriptor, 20, 0).decode().strip() or "unknown"
            raise WarehouseBusyError(path, f"process {holder}")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
