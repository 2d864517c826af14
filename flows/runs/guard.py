"""The one guard against bugs of ours: a document that hits one becomes a rejection."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

from flows.losses import Lost, loss_of
from transforms.records import Document, Rejection

R = TypeVar("R")


def guarded(function: Callable[[], R]) -> R | Lost:
    """Return the result of `function`, or what went wrong if it raises an error.

    Raises:
        MachineError: The disk, the installation or another part of this machine is at fault.
    """
    try:
        return function()
    except Exception as exc:  # noqa: BLE001  # the only guard: a bug of ours becomes a counted rejection
        return loss_of(exc, traceback.format_exc(limit=-3).strip())


def lost(item: str, found: Lost) -> Rejection:
    """Return the rejection of an item whose analysis did not end."""
    reason = f"extract_{found.code}"
    return Rejection(item=item, stage="analyse", reason=reason, detail=found.detail)


def name_of(document: Document) -> str:
    """Return the name of a document in a rejection."""
    return document.url or document.document_id
