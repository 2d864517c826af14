"""The last states of recent runs in the live file, which the newest snapshot may lack."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from warehouse.connect import open_file
from warehouse.folder import DataFolder

_RECENT: Final = """
SELECT
    run_id,
    flow,
    state,
    recorded_at,
    started_at,
    seen,
    appended,
    known,
    rejected,
    seconds,
    detail,
    parameters,
    flow_run_id,
    host,
    pid
FROM runs
WHERE started_at >= $since
QUALIFY row_number() OVER (
    PARTITION BY run_id ORDER BY state = 'running', recorded_at DESC, seen DESC
) = 1
ORDER BY started_at DESC, run_id
"""


def read_live_runs(folder: DataFolder, *, since: datetime) -> list[dict[str, Any]]:
    """Return the runs that began since an instant, the newest first.

    The live file is only read, and for a moment: a writer that comes meanwhile waits for it.

    Raises:
        WarehouseBusyError: A writer has the live file open just now.
        WarehouseError: It cannot be read; the message says what to do.
    """
    if not folder.live.exists():
        return []
    with open_file(folder.live) as con:
        result = con.execute(_RECENT, {"since": since})
        columns = [column[0] for column in result.description or []]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
