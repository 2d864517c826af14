-- The refusals of each reason, the most frequent first.
SELECT
    rejections.stage,
    rejections.reason,
    coalesce(any_value(refusal_reasons.kind), 'fault') AS kind,
    any_value(refusal_reasons.meaning) AS meaning,
    count(*) AS items,
    max(rejections.rejected_at) AS last_at
FROM rejections
LEFT JOIN refusal_reasons ON refusal_reasons.reason = rejections.reason
GROUP BY rejections.stage, rejections.reason
ORDER BY items DESC, rejections.stage, rejections.reason
