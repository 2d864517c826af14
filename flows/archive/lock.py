"""Locks that keep archive files from being removed while a process uses them."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from warehouse.errors import WarehouseBusyError
from warehouse.lock import pauses


@contextlib.contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Hold a shared lock that keeps an archive's files from being removed.

    Any number of processes can hold it. Nothing is locked if the folder does not exist.
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
def at_rest(folder: Path, *, wait_s: float) -> Iterator[None]:
    """Hold an exclusive lock on an archive.

    Raises:
        WarehouseBusyError: Other processes were still using it after `wait_s` seconds.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for _ in pauses(wait_s):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
        else:
            raise WarehouseBusyError(folder, "a process that reads or writes its files")
        yield
    finally:
        os.close(descriptor)
