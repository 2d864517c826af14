"""Pages that killed or stalled their worker, kept aside with the reason.

They are the ones to look at first when extraction fails, and to send with a report.
"""

from __future__ import annotations

import orjson

from transforms.records import Document, Rejection
from warehouse.folder import DataFolder

REASONS = frozenset({"extract_timeout", "extract_crash", "extract_memory", "extract_error"})


def quarantine(folder: DataFolder, document: Document, rejection: Rejection) -> None:
    """Keep the content of a document whose worker did not survive it, once."""
    if rejection.reason not in REASONS:
        return
    folder.quarantine.mkdir(parents=True, exist_ok=True)
    content = document.content
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    ending = "html" if document.media_type == "html" else "txt"
    (folder.quarantine / f"{document.document_id}.{ending}").write_bytes(data)
    told = {"item": rejection.item, "reason": rejection.reason, "detail": rejection.detail}
    (folder.quarantine / f"{document.document_id}.json").write_bytes(orjson.dumps(told))
