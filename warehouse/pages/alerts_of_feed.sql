-- What was told of a feed, and of its publisher's pages. $feed_id: the feed; $source_id: the
-- publisher; $most: how many rows.
SELECT
    kind,
    state,
    is_urgent,
    since_at,
    recorded_at,
    detail
FROM alerts
WHERE alert_key IN ('feed_silent:' || $feed_id, 'feed_failing:' || $feed_id)
    OR (kind = 'publisher_failing' AND source_id = $source_id)
ORDER BY recorded_at DESC
LIMIT $most
