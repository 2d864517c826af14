-- severity: warning
-- Feeds that may have missed entries between two polls in the last seven days.
SELECT
    latest_feeds.url AS subject,
    count(*) || ' polls showed no entry of the previous poll, last ' || max(polls.polled_at) AS detail
FROM polls
INNER JOIN latest_feeds USING (feed_id)
WHERE polls.is_gap_risk AND polls.polled_at > $now - INTERVAL 7 DAY
GROUP BY latest_feeds.url
