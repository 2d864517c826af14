-- The runs, the newest first. $flow, $state: only these, NULL for all; $skip: rows before the
-- page; $most: how many.
SELECT
    run_id,
    flow,
    state,
    started_at,
    recorded_at,
    seen,
    appended,
    known,
    rejected,
    seconds,
    detail
FROM run_summary
WHERE ($flow IS NULL OR flow = $flow)
    AND ($state IS NULL OR state = $state)
ORDER BY started_at DESC, run_id
LIMIT $most
OFFSET $skip
