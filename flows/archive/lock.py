"""Who may remove files of the archive: nobody while another process reads or refers to them."""

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
    """Keep the files of an archive where they are, for any number of processes at a time.

    A folder that does not exist has nothing to keep.
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
    """Be the only process that uses an archive.

    Raises:
        WarehouseBusyError: Others used it for `wait_s` seconds.
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
