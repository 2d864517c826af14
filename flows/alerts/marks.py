"""Files whose time is that of an event, so that a health check can read it without the warehouse.

An ingest that finds nothing due makes no run; only its mark says that it was there.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path

from transforms.clock import is_ahead
from warehouse.folder import DataFolder


def last_ingest(folder: DataFolder) -> Path:
    """Return the mark of the last ingest that completed or found nothing due."""
    return folder.alerts / "last_ingest"


def last_look(folder: DataFolder) -> Path:
    """Return the mark of the last look for problems."""
    return folder.alerts / "last_look"


def last_emergency(folder: DataFolder) -> Path:
    """Return the mark of the last message that the warehouse cannot be used.

    It lies outside the data folder, whose disk may be full or read-only.
    """
    key = uuid.uuid5(uuid.NAMESPACE_URL, str(folder.root.absolute())).hex[:16]
    return Path(tempfile.gettempdir()) / f"onrecord-{os.getuid()}-{key}.told"


def mark(path: Path, now: datetime) -> None:
    """Set the time of a mark; raises OSError if that is not possible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (now.timestamp(), now.timestamp()))


def marked_at(path: Path, *, now: datetime | None = None) -> datetime | None:
    """Return the time of a mark, UTC; None if the event never happened.

    Also None if the time is ahead of `now`: a wrong clock set it, so it says nothing.
    """
    with contextlib.suppress(OSError):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return None if now is not None and is_ahead(at, now) else at
    return None
