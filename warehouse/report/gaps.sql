-- Days without an article of a source that has three or more on the mean day: of counts
-- that scatter as independent events do, one day in twenty is then still empty by chance.
WITH daily AS (
    SELECT
        source_id,
        CAST(published_at AT TIME ZONE 'UTC' AS DATE) AS day,
        count(*) AS articles
    FROM latest_articles
    WHERE CAST(published_at AT TIME ZONE 'UTC' AS DATE) BETWEEN $first_on AND $last_on
    GROUP BY ALL
),
usual AS (
    SELECT
        source_id,
        min(day) AS begun_on,
        max(day) AS newest_on,
        sum(articles) / ($last_on - min(day) + 1) AS per_day
    FROM daily
    GROUP BY source_id
    HAVING per_day >= 3
),
days AS (
    SELECT
        usual.source_id,
        CAST(unnest(generate_series(usual.begun_on, $last_on, INTERVAL 1 DAY)) AS DATE) AS day
    FROM usual
)
SELECT
    usual.source_id,
    round(usual.per_day, 1) AS usual_per_day,
    usual.newest_on,
    list(days.day ORDER BY days.day) AS silent_days
FROM days
ANTI JOIN daily ON daily.source_id = days.source_id AND daily.day = days.day
INNER JOIN usual ON usual.source_id = days.source_id
GROUP BY ALL
ORDER BY len(silent_days) DESC, usual.source_id
LIMIT 20
