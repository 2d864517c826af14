"""The slot: a lock that a run holds to its end, so that only one run writes.

The slot is a lock of the operating system, so it is released as soon as its holder dies,
even if the holder was killed (see `flows.runs.dead_runs`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.errors import RunActiveError
from flows.runs.run import JobContext, Run, begin_run, failure_recorded
from flows.settings import Settings
from warehouse.errors import WarehouseBusyError
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.lock import lock_holder, writer_lock


@contextlib.contextmanager
def running(
    flow: str,
    settings: Settings,
    context: JobContext | None = None,
    *,
    parameters: dict[str, Any],
    now: datetime | None = None,
) -> Iterator[Run]:
    """Hold the slot, and record a run of `flow` from start to end.

    Raises:
        RunActiveError: Another run holds the slot; this run is recorded as skipped.
        RulesError: The user's rules cannot be used; nothing was done yet.
        WarehouseError: The warehouse cannot be written; nothing was done yet.
    """
    begun: dict[str, Any] = {
        "context": context,
        "parameters": parameters,
        "now": now or datetime.now(UTC),
    }
    with contextlib.ExitStack() as held:
        try:
            name = held.enter_context(_slot(settings.folder.slot))
        except RunActiveError as exc:
            begin_run(flow, settings, state="skipped", detail=f"run {exc.run} is active", **begun)
            raise
        run = begin_run(flow, settings, holds_slot=True, **begun)
        name(f"{run.run_id} ({flow})")
        held.enter_context(failure_recorded(run))
        yield run


@contextlib.contextmanager
def holding_slot(run: Run) -> Iterator[None]:
    """Hold the slot for a part of a run that was begun without it.

    Raises:
        RunActiveError: Another run holds the slot.
    """
    with _slot(run.settings.folder.slot) as name:
        name(f"{run.run_id} ({run.flow})")
        yield


def active_run(folder: DataFolder) -> str | None:
    """Return the run that holds the slot, "KEY (FLOW)", or its process; None if it is free."""
    holder = lock_holder(folder.slot)
    if holder is None:
        return None
    return _read(_name_file(folder.slot)) or f"process {holder}"


@contextlib.contextmanager
def _slot(path: Path) -> Iterator[Callable[[str], None]]:
    """Take the slot and yield a function that records the name of its run.

    Raises:
        RunActiveError: Another run holds the slot.
    """
    holder = _name_file(path)
    try:
        with writer_lock(path, wait_s=0.0):
            yield lambda text: _write(holder, text)
            holder.unlink(missing_ok=True)
    except WarehouseBusyError as exc:
        if exc.path != path:
            raise
        raise RunActiveError(_read(holder) or exc.holder) from exc


def _name_file(slot: Path) -> Path:
    return slot.with_name(f"{slot.name}.run")


def _write(path: Path, text: str) -> None:
    with replace_file(path, is_synced=False) as partial:
        partial.write_text(text)


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""
