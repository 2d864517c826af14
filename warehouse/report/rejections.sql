SELECT
    stage,
    reason,
    count(*) AS occurrences,
    arg_max(item, rejected_at) AS newest
FROM rejections
GROUP BY ALL
ORDER BY occurrences DESC, stage, reason
LIMIT 12
