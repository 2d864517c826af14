-- Which articles have no publication day?
SELECT
    source_id,
    title,
    extractor
FROM latest_articles
WHERE published_on IS NULL
ORDER BY source_id, title
LIMIT 20
