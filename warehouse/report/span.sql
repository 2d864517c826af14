-- The last $days days up to the newest publication that is not in the future.
SELECT
    max(CAST(published_at AT TIME ZONE 'UTC' AS DATE)) - CAST($days - 1 AS INTEGER) AS first_on,
    max(CAST(published_at AT TIME ZONE 'UTC' AS DATE)) AS last_on
FROM latest_articles
WHERE published_at <= $now
