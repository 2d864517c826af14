"""Publishes what readers do not see yet; every job does this at its end.

A run may be killed between its last commit and its snapshot, and the next run may have
nothing to do. So each job looks at its end, also if it returned early or failed.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from flows.errors import RunActiveError
from flows.events import SnapshotPublished
from flows.logs import log
from flows.runs.interruption import was_interrupted
from flows.runs.run import JobContext
from flows.settings import Settings
from transforms.errors import OnrecordError
from warehouse.errors import WarehouseError
from warehouse.publish import is_behind, publish


@contextlib.contextmanager
def published_at_end(settings: Settings, context: JobContext | None = None) -> Iterator[None]:
    """Publish when the body of the `with` ends, if readers lack something.

    After an error in the body, this is tried too, and only the first error is raised. It is
    not tried if another run is active, which publishes at its own end, if the warehouse cannot
    be used, or after a signal.

    Raises:
        WarehouseError: The snapshot cannot be made; earlier ones are unchanged.
    """
    try:
        yield
    except (RunActiveError, WarehouseError):
        raise
    except Exception as exc:
        if not was_interrupted(exc):
            with contextlib.suppress(OnrecordError):
                publish_if_behind(settings, context)
        raise
    publish_if_behind(settings, context)


def publish_if_behind(
    settings: Settings, context: JobContext | None = None, *, has_new_rows: bool = False
) -> Path | None:
    """Publish a snapshot if readers lack something; return its path, None if they do not.

    Args:
        settings: The settings.
        context: How the caller runs steps.
        has_new_rows: Whether the caller knows that readers lack rows: then the files are not
            compared.

    Raises:
        WarehouseError: The snapshot cannot be made; earlier ones are unchanged.
    """
    folder = settings.folder
    if not folder.live.exists() and not folder.newest.exists():
        return None  # nothing was ever written
    if not (has_new_rows or is_behind(folder, wait_s=settings.lock_wait_s)):
        return None
    return (context or JobContext()).as_step("publish", publish_logged)(settings)


def publish_logged(settings: Settings) -> Path:
    """Publish a snapshot of the warehouse, log it, and return its path.

    Raises:
        WarehouseError: The snapshot cannot be made; earlier ones are unchanged.
    """
    started = time.monotonic()
    path = publish(settings.folder, wait_s=settings.lock_wait_s)
    seconds = time.monotonic() - started
    log(SnapshotPublished(path=path, bytes=path.stat().st_size, seconds=seconds))
    return path
