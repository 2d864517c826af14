-- What was rejected, and why?
SELECT
    stage,
    reason,
    count(*) AS items,
    min(item) AS for_example
FROM rejections
GROUP BY stage, reason
ORDER BY items DESC, stage, reason
LIMIT 20
