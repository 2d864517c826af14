-- One row per feed of the list. The first poll shows what was published before it, so the entries
-- of that poll count from the time that the feed gives them, all others from the poll that found
-- them.
WITH firsts AS (
    SELECT feed_id, min(seen_at) AS first_seen_at
    FROM entries
    WHERE status = 'new'
    GROUP BY feed_id
),
appeared AS (
    SELECT
        entries.feed_id,
        CASE
            WHEN entries.seen_at > firsts.first_seen_at THEN entries.seen_at
            ELSE least(coalesce(entries.published_at, entries.seen_at), entries.seen_at)
        END AS new_at
    FROM entries
    INNER JOIN firsts USING (feed_id)
    WHERE entries.status = 'new' AND entries.seen_at <= $now + INTERVAL 1 HOUR
),
newest AS (
    SELECT feed_id, max(new_at) AS last_new_at FROM appeared GROUP BY feed_id
),
recent AS (
    SELECT
        appeared.feed_id,
        newest.last_new_at,
        appeared.new_at,
        count(*) AS entries,
        appeared.new_at - lag(appeared.new_at) OVER (
            PARTITION BY appeared.feed_id ORDER BY appeared.new_at
        ) AS pause
    FROM appeared
    INNER JOIN newest USING (feed_id)
    WHERE appeared.new_at > newest.last_new_at - INTERVAL 91 DAY
    GROUP BY appeared.feed_id, newest.last_new_at, appeared.new_at
),
rhythm AS (
    SELECT
        feed_id,
        last_new_at,
        max(pause) AS longest_pause,
        round(
            coalesce(sum(entries) FILTER (WHERE new_at > $now - INTERVAL 28 DAY), 0)
            / least(28, greatest(1, epoch($now - min(new_at)) / 86400)),
            1
        ) AS new_per_day
    FROM recent
    GROUP BY feed_id, last_new_at
),
gaps AS (
    SELECT feed_id, count(*) AS gap_risks
    FROM polls
    WHERE is_gap_risk AND polled_at > $now - INTERVAL 7 DAY
    GROUP BY feed_id
),
-- As in latest_polls, but only the place of the last poll is looked for among all of them: the
-- view reads every column of every poll, which takes twenty times as long.
last_polls AS MATERIALIZED (
    SELECT
        arg_max(
            rowid,
            CASE WHEN polled_at > now() + INTERVAL 1 HOUR THEN polled_at - INTERVAL 1000 YEAR ELSE polled_at END
        ) AS place
    FROM polls
    GROUP BY feed_id
),
begun AS (
    SELECT feed_id, min(recorded_at) AS listed_at FROM feeds GROUP BY feed_id
)
SELECT
    feeds.title,
    feeds.url,
    feeds.kind,
    feeds.state,
    polls.polled_at,
    polls.next_poll_at,
    to_seconds(CAST(polls.interval_s AS BIGINT)) AS every,
    rhythm.new_per_day,
    polls.failures,
    CASE
        WHEN polls.failure IS NOT NULL THEN polls.failure || coalesce(': ' || polls.detail, '')
        WHEN gaps.gap_risks > 0 THEN 'may have missed entries'
    END AS note,
    coalesce(polls.is_gap_risk, FALSE) AS is_gap_risk,
    feeds.source_id,
    feeds.feed_id,
    feeds.language,
    polls.outcome,
    polls.failure,
    polls.http_status,
    polls.entries,
    begun.listed_at,
    rhythm.last_new_at,
    rhythm.longest_pause,
    coalesce(gaps.gap_risks, 0) AS gap_risks
FROM latest_feeds AS feeds
LEFT JOIN (
    FROM polls INNER JOIN last_polls ON last_polls.place = polls.rowid
) AS polls USING (feed_id)
LEFT JOIN rhythm USING (feed_id)
LEFT JOIN gaps USING (feed_id)
LEFT JOIN begun USING (feed_id)
WHERE feeds.state != 'removed'
