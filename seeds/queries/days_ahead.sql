-- Which future days are written about, and in how many articles?
SELECT
    falls_on,
    count(DISTINCT article_id) AS articles,
    min(title) AS for_example
FROM timeline
WHERE falls_on > published_on
GROUP BY falls_on
ORDER BY falls_on
LIMIT 20
