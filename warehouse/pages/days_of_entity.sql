-- How many articles of each source name an entity on each day.
-- $entity: its key; $since, $until: the days.
SELECT
    published_on AS day,
    source_id,
    count(DISTINCT article_id) AS articles
FROM latest_mentions
WHERE entity_id = $entity AND published_on BETWEEN $since AND $until
GROUP BY
    published_on,
    source_id
ORDER BY published_on, source_id
