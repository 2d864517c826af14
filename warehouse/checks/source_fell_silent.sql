-- severity: warning
-- Sources of polled feeds without a new article for three days and for longer than any earlier pause.
WITH seen AS (
    SELECT
        articles.source_id,
        articles.fetched_at,
        articles.fetched_at - lag(articles.fetched_at) OVER (
            PARTITION BY articles.source_id ORDER BY articles.fetched_at
        ) AS pause
    FROM articles
    SEMI JOIN entries USING (source_id)
)
SELECT
    source_id AS subject,
    'last article ' || max(fetched_at) || ', longest pause so far ' || max(pause) AS detail
FROM seen
GROUP BY source_id
HAVING count(*) >= 10
    AND $now - max(fetched_at) > INTERVAL 3 DAY
    AND $now - max(fetched_at) > max(pause)
