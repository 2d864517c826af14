"""Documents that killed or stalled their worker, saved with the reason.

Inspect them first when extraction fails, and attach them to a bug report.
"""

from __future__ import annotations

import orjson

from flows.events import DocumentQuarantined
from flows.logs import log
from transforms.records import Document, Rejection
from warehouse.folder import DataFolder

REASONS = frozenset({"extract_timeout", "extract_crash", "extract_memory", "extract_error"})


def quarantine(folder: DataFolder, document: Document, rejection: Rejection) -> None:
    """Save a document that its worker could not process, and the reason."""
    if rejection.reason not in REASONS:
        return
    folder.quarantine.mkdir(parents=True, exist_ok=True)
    content = document.content
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    ending = "txt" if document.media_type == "text" else document.media_type
    path = folder.quarantine / f"{document.document_id}.{ending}"
    path.write_bytes(data)
    note = {"item": rejection.item, "reason": rejection.reason, "detail": rejection.detail}
    (folder.quarantine / f"{document.document_id}.json").write_bytes(orjson.dumps(note))
    log(
        DocumentQuarantined(
            document_id=document.document_id,
            item=rejection.item,
            reason=rejection.reason,
            path=path,
        )
    )
