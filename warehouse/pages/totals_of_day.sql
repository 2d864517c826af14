-- What the articles of a day have. $day: the day.
SELECT
    count(*) AS articles,
    count(DISTINCT source_id) AS sources,
    (
        SELECT count(*)
        FROM latest_quotations
        WHERE published_on = $day AND act = 'speech'
    ) AS statements,
    (
        SELECT count(DISTINCT speaker)
        FROM latest_quotations
        WHERE published_on = $day AND act = 'speech'
    ) AS speakers
FROM latest_articles
WHERE published_on = $day
