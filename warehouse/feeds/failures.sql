SELECT
    failure,
    count(*) AS polls,
    max(polled_at) AS last_at,
    max_by(detail, polled_at) AS detail
FROM polls
WHERE feed_id = $feed_id AND failure IS NOT NULL AND polled_at > $now - INTERVAL 28 DAY
GROUP BY failure
ORDER BY last_at DESC
