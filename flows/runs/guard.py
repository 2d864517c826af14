"""The one guard against bugs of ours: a document that hits one becomes a rejection."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

from transforms.records import Document, Rejection

R = TypeVar("R")


def guarded(item: str, function: Callable[[], R | Rejection]) -> R | Rejection:
    """Return the result of `function`, or a rejection of `item` if it raises an error."""
    try:
        return function()
    except MemoryError:
        return lost(item, "extract_memory", "needed more memory than a worker may use")
    except Exception:  # noqa: BLE001  # the only guard: a bug of ours becomes a counted rejection
        return lost(item, "extract_error", traceback.format_exc(limit=-3).strip())


def lost(item: str, reason: str, detail: str) -> Rejection:
    """Return the rejection of an item whose analysis did not end."""
    return Rejection(item=item, stage="analyse", reason=reason, detail=detail)


def name_of(document: Document) -> str:
    """Return the name of a document in a rejection."""
    return document.url or document.document_id
