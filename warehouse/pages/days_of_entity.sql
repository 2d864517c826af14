-- How many articles of each source name an entity on each day.
-- `named_here`: where the entity is named, see `mentions_of_entity`.
SELECT
    published_on AS day,
    source_id,
    count(DISTINCT article_id) AS articles
FROM named_here
GROUP BY
    published_on,
    source_id
ORDER BY published_on, source_id
