"""Tells of flow runs that Prefect saw fail and that could not tell of it themselves.

A run that was killed, or that failed before it could open the warehouse, leaves no row in
`runs`. Prefect notices it, and its automation starts the flow `alert`.
"""

from __future__ import annotations

import contextlib
from datetime import datetime

from flows.alerts.after_run import after_run
from flows.alerts.facts import of_flow_run
from flows.alerts.queue import enqueue
from flows.settings import Settings
from warehouse.connect import open_live
from warehouse.errors import WarehouseError


def tell_flow_run(
    settings: Settings, *, name: str, state: str, flow_run_id: str | None, now: datetime
) -> bool:
    """Look for what needs a person, and tell of a flow run that did not record its end.

    Args:
        settings: Where alerts go.
        name: Name of the flow run.
        state: Its state in Prefect, such as `Crashed`.
        flow_run_id: Its key in Prefect.
        now: The instant of the look.

    Returns:
        Whether a message about this run was queued.
    """
    is_lost = not _is_recorded(settings, flow_run_id)
    if is_lost:
        title = f"onrecord: {name} ended as {state.lower()}"
        body = (
            f"Prefect says that the run “{name}” ended as {state.lower()}, and the run could not "
            "record why. The next run finishes its work.\n\nNext: look at the log of the run in "
            "Prefect's pages, and at memory and disk; `onrecord doctor` looks for more."
        )
        enqueue(settings, title, body, now=now, facts=of_flow_run(name, state, flow_run_id, now))
    after_run(settings, now=now)
    return is_lost


def _is_recorded(settings: Settings, flow_run_id: str | None) -> bool:
    """Whether the run has recorded its own end, which is told like any other failure."""
    folder = settings.folder
    if flow_run_id is None or not folder.live.exists():
        return False
    with contextlib.suppress(WarehouseError), open_live(folder, wait_s=settings.lock_wait_s) as con:
        row = con.execute(
            "SELECT count(*) FROM runs WHERE flow_run_id = ? AND state != 'running'", [flow_run_id]
        ).fetchone()
        return bool(row and row[0])
    return False
