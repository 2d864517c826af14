-- Feeds that answer but show no new entry for longer than their own history explains.
-- The longest pause of a feed does not count if it has eight or more: a holiday, or a time in
-- which we did not poll, must not hide the next silence. A history of less than two weeks may
-- not contain a weekend, so such a feed is not silent before the fourth day.
WITH last_shown AS (
    SELECT
        feed_id,
        max(polled_at) AS last_at
    FROM polls
    WHERE polled_at > $now - INTERVAL 90 DAY AND new_entries > 0
    GROUP BY feed_id
),
answered AS (
    SELECT
        feed_id,
        max(polled_at) AS answered_at
    FROM polls
    WHERE polled_at > $now - INTERVAL 3 DAY AND outcome IN ('new', 'unchanged')
    GROUP BY feed_id
),
quiet AS MATERIALIZED (
    SELECT feed_id
    FROM answered
    INNER JOIN last_shown USING (feed_id)
    WHERE answered.answered_at - last_shown.last_at > INTERVAL 1 DAY
),
pauses AS (
    SELECT
        feed_id,
        polled_at,
        epoch(polled_at - lag(polled_at) OVER (PARTITION BY feed_id ORDER BY polled_at)) AS pause_s
    FROM polls
    SEMI JOIN quiet USING (feed_id)
    WHERE polled_at > $now - INTERVAL 90 DAY AND new_entries > 0
),
history AS (
    SELECT
        feed_id,
        min(polled_at) AS first_at,
        count(pause_s) AS pauses,
        max(pause_s, 2)[CASE WHEN count(pause_s) >= 8 THEN 2 ELSE 1 END] AS usual_s
    FROM pauses
    GROUP BY feed_id
),
-- A silence that was found goes on until a new entry, also when its history is forgotten.
known AS (
    SELECT
        alert_key,
        since_at,
        detail
    FROM open_alerts
    WHERE kind = 'feed_silent'
),
silent AS (
    SELECT
        answered.feed_id,
        answered.answered_at,
        coalesce(last_shown.last_at, known.since_at) AS since_at,
        history.usual_s,
        known.detail
    FROM answered
    LEFT JOIN last_shown USING (feed_id)
    LEFT JOIN history USING (feed_id)
    LEFT JOIN known ON known.alert_key = 'feed_silent:' || answered.feed_id
    WHERE (
        history.pauses >= 5
        AND epoch(answered.answered_at - last_shown.last_at) > greatest(
            $factor * history.usual_s,
            CASE WHEN last_shown.last_at - history.first_at < INTERVAL 15 DAY THEN 4 ELSE 1 END * 86400
        )
    ) OR (known.since_at IS NOT NULL AND (last_shown.last_at IS NULL OR last_shown.last_at <= known.since_at))
)
SELECT
    silent.feed_id AS item,
    polls.url AS subject,
    feeds.source_id,
    silent.since_at,
    'silent' AS code,
    coalesce(
        silent.detail,
        'no new entry, though pauses of more than '
        || CASE
            WHEN silent.usual_s >= 172800 THEN round(silent.usual_s / 86400)::INTEGER || ' days'
            ELSE ceil(silent.usual_s / 3600)::INTEGER || ' h'
        END
        || ' are unusual for it'
    ) AS detail
FROM silent
INNER JOIN latest_feeds AS feeds ON feeds.feed_id = silent.feed_id AND feeds.state IN ('listed', 'moved')
INNER JOIN polls ON polls.feed_id = silent.feed_id AND polls.polled_at = silent.answered_at
WHERE polls.polled_at > $now - INTERVAL 3 DAY
ORDER BY silent.since_at, subject
