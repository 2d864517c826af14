"""Documents that killed or stalled their worker, saved with the reason.

Inspect them first when extraction fails, and attach them to a bug report.
"""

from __future__ import annotations

import contextlib
import glob
from pathlib import Path

import orjson

from flows.events import DocumentQuarantined
from flows.logs import log
from transforms.records import Document, Rejection
from warehouse.errors import WarehouseUnwritableError
from warehouse.folder import DataFolder

REASONS = frozenset({"extract_timeout", "extract_crash", "extract_memory", "extract_error"})


def quarantine(folder: DataFolder, document: Document, rejection: Rejection) -> None:
    """Save a document that its worker could not process, and the reason.

    Raises:
        WarehouseUnwritableError: The disk is full or read-only.
    """
    if rejection.reason not in REASONS:
        return
    try:
        path = _save(folder, document, rejection)
    except OSError as exc:
        raise WarehouseUnwritableError(folder.quarantine, exc.strerror or str(exc)) from exc
    log(
        DocumentQuarantined(
            document_id=document.document_id,
            item=rejection.item,
            reason=rejection.reason,
            path=path,
        )
    )


def kept_copy(folder: DataFolder, document_id: str) -> bytes | None:
    """Return the content of a document in the quarantine; None if it is not there."""
    for path in folder.quarantine.glob(f"{glob.escape(document_id)}.*"):
        if path.suffix != ".json":
            with contextlib.suppress(FileNotFoundError):
                return path.read_bytes()
    return None


def _save(folder: DataFolder, document: Document, rejection: Rejection) -> Path:
    folder.quarantine.mkdir(parents=True, exist_ok=True)
    content = document.content
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    ending = "txt" if document.media_type == "text" else document.media_type
    path = folder.quarantine / f"{document.document_id}.{ending}"
    path.write_bytes(data)
    note = {"item": rejection.item, "reason": rejection.reason, "detail": rejection.detail}
    (folder.quarantine / f"{document.document_id}.json").write_bytes(orjson.dumps(note))
    return path
