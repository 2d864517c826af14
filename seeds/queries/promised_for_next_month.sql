-- What was promised or announced for the month after the newest article?
-- A year or a quarter is longer than that month, so it is not listed at its first day.
WITH newest AS (
    SELECT date_trunc('month', max(published_on)) + INTERVAL 1 MONTH AS month FROM latest_articles
)
SELECT
    promised.starts_on,
    promised.ends_on,
    promised.speaker,
    promised.statement,
    promised.published_on
FROM promised, newest
WHERE
    promised.is_inside
    AND promised.ends_on >= newest.month
    AND promised.starts_on < newest.month + INTERVAL 1 MONTH
    AND (
        (promised.starts_on >= newest.month AND promised.ends_on < newest.month + INTERVAL 1 MONTH)
        OR promised.ends_on - promised.starts_on < 7  -- a week between two months
    )
ORDER BY promised.starts_on, promised.ends_on, promised.speaker, promised.statement
LIMIT 20
