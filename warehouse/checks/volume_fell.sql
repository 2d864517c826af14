-- severity: warning
-- Sources with less than a fifth of their usual articles on the last full day.
WITH days AS (
    SELECT
        source_id,
        CAST(fetched_at AT TIME ZONE 'UTC' AS DATE) AS day,
        count(*) AS articles
    FROM articles
    WHERE revision = 1
    GROUP BY source_id, day
),
usual AS (
    SELECT
        source_id,
        sum(articles) / 28.0 AS articles
    FROM days
    WHERE day >= CAST($now AT TIME ZONE 'UTC' AS DATE) - 29
        AND day < CAST($now AT TIME ZONE 'UTC' AS DATE) - 1
    GROUP BY source_id
)
SELECT
    usual.source_id AS subject,
    coalesce(days.articles, 0) || ' articles on ' || (CAST($now AT TIME ZONE 'UTC' AS DATE) - 1)
    || ', usually ' || round(usual.articles, 1) AS detail
FROM usual
LEFT JOIN days
    ON days.source_id = usual.source_id
    AND days.day = CAST($now AT TIME ZONE 'UTC' AS DATE) - 1
WHERE usual.articles >= 5 AND coalesce(days.articles, 0) < usual.articles / 5
