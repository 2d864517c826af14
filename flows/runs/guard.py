"""The one guard against bugs of ours: a document that hits one becomes a rejection."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Final, TypeVar

from flows.errors import MachineError
from flows.machine_faults import raise_machine_fault
from flows.pool import Lost
from transforms.records import Document, Rejection

R = TypeVar("R")

_INSTALLED: Final = "install onrecord again or set a larger ONRECORD_WORKER_MEMORY_MB"


def guarded(function: Callable[[], R]) -> R | Lost:
    """Return the result of `function`, or what went wrong if it raises an error.

    Raises:
        MachineError: The disk, the installation or another part of this machine is at fault.
            Whether memory was too small for one document or for all is for the caller to
            find out.
    """
    try:
        return function()
    except MemoryError:
        return Lost("memory", "needed more memory than a worker may use")
    except ImportError as exc:  # libraries load parts of theirs when they first need them
        raise MachineError(f"a part of a library cannot be loaded ({exc})", _INSTALLED) from exc
    except Exception as exc:  # noqa: BLE001  # the only guard: a bug of ours becomes a counted rejection
        raise_machine_fault(exc)
        return Lost("error", traceback.format_exc(limit=-3).strip())


def lost(item: str, found: Lost) -> Rejection:
    """Return the rejection of an item whose analysis did not end."""
    reason = f"extract_{found.code}"
    return Rejection(item=item, stage="analyse", reason=reason, detail=found.detail)


def name_of(document: Document) -> str:
    """Return the name of a document in a rejection."""
    return document.url or document.document_id
