-- The seconds that a run spent in its stages, the longest first. $run_id: the run.
SELECT
    stage,
    sum(seconds) AS seconds
FROM stages
WHERE run_id = $run_id
GROUP BY stage
ORDER BY seconds DESC, stage
