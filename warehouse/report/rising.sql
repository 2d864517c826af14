-- What is in many more texts than before, surest first. $days: length of the newest span, 1 or 7.
SELECT
    kind,
    name,
    articles,
    sources,
    mean_before,
    days
FROM trending_on(CAST($last_on AS DATE))
WHERE days = $days
ORDER BY score DESC, articles DESC, kind, name
LIMIT 8
