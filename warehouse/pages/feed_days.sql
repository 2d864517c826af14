-- For each of some feeds and each of the 28 days up to a day: the new entries that were expected
-- (the mean of the same weekday in the four weeks before) and seen, how many of their pages were
-- fetched, and how many are articles. $feeds: keys of feeds; $last_on: the last day.
WITH days AS (
    SELECT $last_on - CAST(range AS INTEGER) AS day
    FROM range(28)
),
found AS MATERIALIZED (
    SELECT
        feed_id,
        CAST(make_timestamp(epoch_us(seen_at)) AS DATE) AS day,
        canonical_url
    FROM entries
    WHERE seen_at >= CAST($last_on - 55 AS TIMESTAMP)
        AND status = 'new'
        AND feed_id IN (SELECT unnest($feeds))
),
counted AS (
    SELECT feed_id, day, count(*) AS seen
    FROM found
    GROUP BY feed_id, day
),
usual AS (
    SELECT counted.feed_id, counted.day + 7 * weeks.later AS day, sum(counted.seen) / 4 AS expected
    FROM counted
    CROSS JOIN (VALUES (1), (2), (3), (4)) AS weeks (later)
    GROUP BY counted.feed_id, counted.day + 7 * weeks.later
),
wanted AS MATERIALIZED (
    SELECT DISTINCT feed_id, day, canonical_url
    FROM found
    WHERE day > $last_on - 28 AND canonical_url IS NOT NULL
),
pages AS (
    SELECT DISTINCT canonical_url
    FROM fetches
    SEMI JOIN wanted USING (canonical_url)
    WHERE document_id IS NOT NULL AND fetched_at >= CAST($last_on - 28 AS TIMESTAMP)
),
loaded AS (
    SELECT DISTINCT canonical_url
    FROM articles
    SEMI JOIN wanted USING (canonical_url)
),
reached AS (
    SELECT
        wanted.feed_id,
        wanted.day,
        count(pages.canonical_url) AS fetched,
        count(loaded.canonical_url) AS loaded
    FROM wanted
    LEFT JOIN pages USING (canonical_url)
    LEFT JOIN loaded USING (canonical_url)
    GROUP BY wanted.feed_id, wanted.day
)
SELECT
    feeds.feed_id,
    days.day,
    coalesce(usual.expected, 0) AS expected,
    coalesce(counted.seen, 0) AS seen,
    coalesce(reached.fetched, 0) AS fetched,
    coalesce(reached.loaded, 0) AS loaded
FROM (SELECT unnest($feeds) AS feed_id) AS feeds
CROSS JOIN days
LEFT JOIN usual ON usual.feed_id = feeds.feed_id AND usual.day = days.day
LEFT JOIN counted ON counted.feed_id = feeds.feed_id AND counted.day = days.day
LEFT JOIN reached ON reached.feed_id = feeds.feed_id AND reached.day = days.day
ORDER BY feeds.feed_id, days.day
