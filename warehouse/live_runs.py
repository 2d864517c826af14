"""The last states of recent runs in the live file, which the newest snapshot may lack."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from warehouse.connect import open_file
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock

# A run says once a minute how far it is, and its batches say it whenever one was committed.
_RECENT: Final = """
WITH last_states AS (
    FROM runs
    WHERE started_at >= $since
    QUALIFY row_number() OVER (
        PARTITION BY run_id ORDER BY state = 'running', recorded_at DESC, seen DESC
    ) = 1
),
committed AS (
    SELECT
        run_id,
        sum(seen)::BIGINT AS seen,
        sum(appended)::BIGINT AS appended,
        sum(known)::BIGINT AS known,
        sum(rejected)::BIGINT AS rejected
    FROM batches
    SEMI JOIN last_states USING (run_id)
    GROUP BY run_id
)
SELECT
    last_states.run_id,
    last_states.flow,
    last_states.state,
    last_states.recorded_at,
    last_states.started_at,
    greatest(last_states.seen, committed.seen) AS seen,
    greatest(last_states.appended, committed.appended) AS appended,
    greatest(last_states.known, committed.known) AS known,
    greatest(last_states.rejected, committed.rejected) AS rejected,
    last_states.seconds,
    last_states.detail,
    last_states.parameters,
    last_states.flow_run_id,
    last_states.host,
    last_states.pid
FROM last_states
LEFT JOIN committed USING (run_id)
ORDER BY last_states.started_at DESC, last_states.run_id
"""


def read_live_runs(folder: DataFolder, *, since: datetime) -> list[dict[str, Any]]:
    """Return the runs that began since an instant, the newest first.

    The live file is only read, under the writer's lock and for a moment, so that a writer that
    comes meanwhile waits.

    Raises:
        WarehouseBusyError: A writer has the live file open just now.
        WarehouseError: It cannot be read; the message says what to do.
    """
    if not folder.live.exists():
        return []
    with writer_lock(folder.lock, wait_s=0.0), open_file(folder.live) as con:
        result = con.execute(_RECENT, {"since": since})
        columns = [column[0] for column in result.description or []]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
