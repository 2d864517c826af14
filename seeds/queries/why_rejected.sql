-- What was rejected, and why?
-- kind: the article of a page behind a wall is missing; of a page that is no article, nothing is.
SELECT
    rejections.stage,
    rejections.reason,
    coalesce(refusal_reasons.kind, 'fault') AS kind,
    count(*) AS items,
    min(rejections.item) AS for_example
FROM rejections
LEFT JOIN refusal_reasons ON refusal_reasons.reason = rejections.reason
GROUP BY rejections.stage, rejections.reason, kind
ORDER BY items DESC, rejections.stage, rejections.reason
LIMIT 20
