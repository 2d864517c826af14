-- The states that a run reached, the last one first. $run_id: the run.
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
WHERE run_id = $run_id
ORDER BY state = 'running', recorded_at DESC
