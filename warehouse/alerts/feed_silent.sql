-- Feeds that answer but show no new entry for longer than their own history explains.
-- The longest pause of a feed does not count if it has eight or more: a holiday, or a time in
-- which we did not poll, must not hide the next silence. A history of less than two weeks may
-- not contain a weekend, so such a feed is not silent before the fourth day.
WITH last_shown AS (
    SELECT
        feed_id,
        max(polled_at) AS last_at
    FROM polls
    WHERE polled_at BETWEEN $now - INTERVAL 90 DAY AND $now + INTERVAL 1 HOUR AND new_entries > 0
    GROUP BY feed_id
),
answered AS (
    SELECT
        feed_id,
        max(polled_at) AS answered_at
    FROM polls
    WHERE polled_at BETWEEN $now - INTERVAL 3 DAY AND $now + INTERVAL 1 HOUR
        AND outcome IN ('new', 'unchanged')
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
    WHERE polled_at BETWEEN $now - INTERVAL 90 DAY AND $now + INTERVAL 1 HOUR AND new_entries > 0
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
silent AS MATERIALIZED (
    SELECT
        answered.feed_id,
        answered.answered_at,
        last_shown.last_at,
        history.usual_s
    FROM answered
    INNER JOIN last_shown USING (feed_id)
    INNER JOIN history USING (feed_id)
    WHERE history.pauses >= 5
        AND epoch(answered.answered_at - last_shown.last_at) > greatest(
            $factor * history.usual_s,
            CASE WHEN last_shown.last_at - history.first_at < INTERVAL 15 DAY THEN 4 ELSE 1 END * 86400
        )
),
listed AS (
    SELECT
        feed_id,
        source_id
    FROM latest_feeds
    WHERE state IN ('listed', 'moved')
)
SELECT
    silent.feed_id AS item,
    polls.url AS subject,
    listed.source_id,
    silent.last_at AS since_at,
    'silent' AS code,
    'no new entry, though pauses of more than '
    || CASE
        WHEN silent.usual_s >= 172800 THEN round(silent.usual_s / 86400)::INTEGER || ' days'
        ELSE ceil(silent.usual_s / 3600)::INTEGER || ' h'
    END
    || ' are unusual for it' AS detail
FROM silent
INNER JOIN listed USING (feed_id)
INNER JOIN polls ON polls.feed_id = silent.feed_id AND polls.polled_at = silent.answered_at
WHERE polls.polled_at > $now - INTERVAL 3 DAY
UNION ALL -- a silence goes on until a new entry, also when its history is forgotten or polls fail
SELECT
    listed.feed_id AS item,
    open_alerts.subject,
    listed.source_id,
    open_alerts.since_at,
    'silent' AS code,
    open_alerts.detail
FROM open_alerts
INNER JOIN listed ON open_alerts.alert_key = 'feed_silent:' || listed.feed_id
ANTI JOIN silent ON silent.feed_id = listed.feed_id
LEFT JOIN last_shown ON last_shown.feed_id = listed.feed_id
WHERE open_alerts.kind = 'feed_silent'
    AND (last_shown.last_at IS NULL OR last_shown.last_at <= open_alerts.since_at)
ORDER BY since_at, subject
