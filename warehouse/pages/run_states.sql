-- How many runs of the last 30 days ended in which state, by flow. $since: the instant.
SELECT
    flow,
    state,
    count(*) AS runs
FROM run_summary
WHERE started_at >= $since
GROUP BY flow, state
ORDER BY flow, state
