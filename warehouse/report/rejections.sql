SELECT
    rejections.stage,
    rejections.reason,
    coalesce(refusal_reasons.kind, 'fault') AS kind,
    count(*) AS occurrences,
    arg_max(rejections.item, rejections.rejected_at) AS newest
FROM rejections
LEFT JOIN refusal_reasons ON refusal_reasons.reason = rejections.reason
GROUP BY ALL
ORDER BY occurrences DESC, stage, reason
LIMIT 12
