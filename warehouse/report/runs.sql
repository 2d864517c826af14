SELECT
    flow,
    state,
    started_at,
    seen,
    appended,
    known,
    rejected,
    round(seconds, 1) AS seconds
FROM run_summary
ORDER BY started_at DESC
LIMIT 8
