SELECT
    CAST(published_at AT TIME ZONE 'UTC' AS DATE) AS day,
    source_id,
    count(*) AS articles
FROM latest_articles
WHERE CAST(published_at AT TIME ZONE 'UTC' AS DATE) BETWEEN $first_on AND $last_on
GROUP BY ALL
ORDER BY ALL
