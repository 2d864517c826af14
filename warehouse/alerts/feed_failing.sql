-- Feeds whose polls fail for longer than $hours and for longer than they failed before.
-- A failing feed is polled at least every 30 days. Polls during an outage of our own network
-- are excused and count for nothing; no failure is new before a poll after them.
WITH last_polls AS (
    SELECT
        feed_id,
        max(polled_at) FILTER (outcome IN ('new', 'unchanged')) AS answered_at,
        max(polled_at) FILTER (outcome = 'failed') AS failed_at,
        max(polled_at) FILTER (outcome = 'excused') AS excused_at
    FROM polls
    WHERE polled_at BETWEEN $now - INTERVAL 35 DAY AND $now + INTERVAL 1 HOUR
    GROUP BY feed_id
),
failing AS (
    SELECT
        feed_id,
        coalesce(excused_at > failed_at, FALSE) AS is_excused
    FROM last_polls
    WHERE failed_at IS NOT NULL AND (answered_at IS NULL OR failed_at > answered_at)
),
tries AS (
    SELECT
        polls.feed_id,
        polls.polled_at,
        polls.url,
        polls.failure,
        polls.detail,
        polls.outcome = 'failed' AS is_failed,
        count_if(polls.outcome IN ('new', 'unchanged')) OVER (
            PARTITION BY polls.feed_id ORDER BY polls.polled_at
        ) AS stretch
    FROM polls
    SEMI JOIN failing USING (feed_id)
    WHERE polls.polled_at BETWEEN $now - INTERVAL 35 DAY AND $now + INTERVAL 1 HOUR
        AND polls.outcome IN ('new', 'unchanged', 'failed')
),
stretches AS (
    SELECT
        feed_id,
        stretch,
        min(polled_at) FILTER (is_failed) AS since_at,
        lead(min(polled_at)) OVER (PARTITION BY feed_id ORDER BY stretch) AS until_at,
        count_if(is_failed) AS failed,
        arg_max(url, polled_at) AS url,
        arg_max(failure, polled_at) AS failure,
        arg_max(coalesce(detail, ''), polled_at) AS detail
    FROM tries
    GROUP BY feed_id, stretch
),
usual AS (
    SELECT
        feed_id,
        max(epoch(until_at - since_at)) AS longest_s
    FROM stretches
    WHERE until_at IS NOT NULL
    GROUP BY feed_id
),
known AS (
    SELECT
        alert_key,
        since_at
    FROM open_alerts
    WHERE kind = 'feed_failing'
)
SELECT
    feeds.feed_id AS item,
    stretches.url AS subject,
    feeds.source_id,
    least(stretches.since_at, coalesce(known.since_at, stretches.since_at)) AS since_at,
    stretches.failure AS code,
    stretches.failure
    || CASE WHEN stretches.detail = '' THEN '' ELSE ' (' || stretches.detail || ')' END AS detail
FROM stretches
INNER JOIN failing ON failing.feed_id = stretches.feed_id
INNER JOIN latest_feeds AS feeds ON feeds.feed_id = stretches.feed_id AND feeds.state IN ('listed', 'moved')
LEFT JOIN usual ON usual.feed_id = stretches.feed_id
LEFT JOIN known ON known.alert_key = 'feed_failing:' || stretches.feed_id
WHERE stretches.until_at IS NULL
    AND (
        known.since_at IS NOT NULL
        OR stretches.failed >= 2
        AND NOT failing.is_excused
        AND epoch($now - stretches.since_at) >= greatest(3600 * $hours, 1.5 * coalesce(usual.longest_s, 0))
    )
UNION ALL
SELECT
    feed_id AS item,
    url AS subject,
    source_id,
    recorded_at AS since_at,
    'gone' AS code,
    'the publisher says that it was permanently removed (410)' AS detail
FROM latest_feeds
WHERE state = 'gone'
ORDER BY since_at, subject
