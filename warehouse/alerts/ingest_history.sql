-- The last completed ingest, the number of completed ones in 60 days, and their usual distance.
SELECT
    max(ended_at) AS completed_at,
    count(*) AS completed,
    coalesce(quantile_cont(pause_s, 0.5), 0) AS pause_s
FROM (
    SELECT
        ended_at,
        epoch(ended_at - lag(ended_at) OVER (ORDER BY ended_at)) AS pause_s
    FROM (
        SELECT max(recorded_at) AS ended_at
        FROM runs
        WHERE flow = 'ingest' AND state = 'completed'
            AND recorded_at BETWEEN $now - INTERVAL 60 DAY AND $now + INTERVAL 1 HOUR
        GROUP BY run_id
    )
)
