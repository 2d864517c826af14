-- Flows whose last run failed or died. Flows that a schedule runs are listed until they
-- complete, others for a week. A run of the checks that found errors has done its work.
WITH last_states AS (
    SELECT
        run_id,
        flow,
        arg_max(state, (state != 'running', recorded_at)) AS state,
        arg_max(coalesce(detail, ''), (state != 'running', recorded_at)) AS detail,
        max(recorded_at) AS ended_at
    FROM runs
    WHERE recorded_at BETWEEN $now - INTERVAL 60 DAY AND $now + INTERVAL 1 HOUR
        AND flow IN ('ingest', 'load', 'check', 'backfill', 'reprocess', 'retry', 'backup')
    GROUP BY run_id, flow
),
finished AS (
    SELECT
        flow,
        ended_at,
        detail,
        state != 'completed' AND NOT EXISTS (
            FROM checks
            WHERE checks.run_id = last_states.run_id AND checks.severity = 'error'
        ) AS is_failed
    FROM last_states
    WHERE state IN ('completed', 'failed') OR (state = 'interrupted' AND detail LIKE 'the process died%')
),
completed AS (
    SELECT
        flow,
        max(ended_at) AS completed_at
    FROM finished
    WHERE NOT is_failed
    GROUP BY flow
)
SELECT
    finished.flow AS item,
    finished.flow AS subject,
    CAST(NULL AS VARCHAR) AS source_id,
    min(finished.ended_at) AS since_at,
    'failed' AS code,
    CASE WHEN count(*) = 1 THEN 'the last run failed' ELSE 'the last ' || count(*) || ' runs failed' END
    || coalesce(': ' || nullif(arg_max(finished.detail, finished.ended_at), ''), '') AS detail
FROM finished
LEFT JOIN completed USING (flow)
WHERE finished.is_failed AND (completed.completed_at IS NULL OR finished.ended_at > completed.completed_at)
GROUP BY finished.flow
HAVING finished.flow IN ('ingest', 'check') OR max(finished.ended_at) > $now - INTERVAL 7 DAY
ORDER BY since_at
