SELECT
    name,
    count(*) AS occurrences,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT source_id) AS sources
FROM mentioned
WHERE kind = $kind
    AND CAST(published_at AT TIME ZONE 'UTC' AS DATE) BETWEEN $first_on AND $last_on
GROUP BY name
ORDER BY articles DESC, occurrences DESC, name
LIMIT 12
