-- What a run refused, by reason. $run_id: the run.
SELECT
    stage,
    reason,
    count(*) AS items,
    min(item) AS example
FROM rejections
WHERE run_id = $run_id
GROUP BY stage, reason
ORDER BY items DESC, stage, reason
