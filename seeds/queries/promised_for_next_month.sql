-- What was promised or announced for the month after the newest article?
WITH newest AS (
    SELECT date_trunc('month', max(published_on)) AS month FROM latest_articles
)
SELECT
    promised.starts_on,
    promised.speaker,
    promised.statement,
    promised.published_on
FROM promised, newest
WHERE
    promised.is_inside
    AND promised.starts_on >= newest.month + INTERVAL 1 MONTH
    AND promised.starts_on < newest.month + INTERVAL 2 MONTHS
ORDER BY promised.starts_on, promised.speaker, promised.statement
LIMIT 20
