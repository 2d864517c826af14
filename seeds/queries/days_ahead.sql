-- Which future days are written about, and in how many articles?
SELECT
    starts_on,
    count(DISTINCT article_id) AS articles,
    min(title) AS for_example
FROM timeline
WHERE starts_on > published_on
GROUP BY starts_on
ORDER BY starts_on
LIMIT 20
