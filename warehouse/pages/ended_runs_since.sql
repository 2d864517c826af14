-- The runs that began since an instant and have ended. $since: the instant.
SELECT DISTINCT run_id
FROM runs
WHERE started_at >= $since AND state != 'running'
