"""The archived original of an article."""

from __future__ import annotations

from pathlib import Path

from flows.archive.captures import Capture
from flows.archive.reader import read_capture
from flows.archive.remnants import REMOVED
from flows.errors import ArchiveError, InputError


def read_original(archive: Path, item: str, warc_file: str | None, warc_offset: int) -> Capture:
    """Return the capture that an article was read from.

    Args:
        archive: The folder of the archive.
        item: What the article is called in the message of an error.
        warc_file: The file of the archive that has it; empty or None if none has.
        warc_offset: Its place in that file.

    Raises:
        InputError: It is not in the archive, was removed because of its age, or cannot be read.
        ArchiveError: The record is damaged.
    """
    if not warc_file:
        raise InputError(item, "not_archived", "its document is not in the archive")
    try:
        return read_capture(archive, warc_file, warc_offset)
    except ArchiveError as exc:
        if exc.code != REMOVED:
            raise
        raise InputError(item, exc.code, f"{exc.detail}; its text is kept") from exc
    except OSError as exc:
        problem = f"its raw capture cannot be read: {archive / warc_file}: {exc.strerror}"
        raise InputError(item, "unreadable", problem) from exc
