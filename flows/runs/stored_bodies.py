"""The stored answer of a document: from the archive, otherwise from the quarantine."""

from __future__ import annotations

from pathlib import Path

from flows.archive.reader import read_capture
from flows.errors import ArchiveError
from flows.machine_faults import raise_machine_fault
from flows.runs.quarantine import kept_copy
from warehouse.folder import DataFolder


def stored_body(
    folder: DataFolder, document_id: str, warc_file: str | None, warc_offset: int | None
) -> bytes | None:
    """Return the bytes of a document; None if they are not (or no longer) stored.

    Raises:
        MachineError: The disk or another part of this machine is at fault.
    """
    if warc_file is not None and warc_offset is not None:
        body = _archived(folder.archive, warc_file, warc_offset)
        if body is not None:
            return body
    return kept_copy(folder, document_id)


def _archived(archive: Path, warc_file: str, offset: int) -> bytes | None:
    try:
        return read_capture(archive, warc_file, offset).body
    except (ArchiveError, OSError) as exc:
        raise_machine_fault(exc)
        return None
