-- The names of an entity as they are written, the most frequent first.
-- $entity: its key; $since, $until: the days; $most: how many.
SELECT
    text,
    count(*) AS mentions,
    count(DISTINCT source_id) AS sources,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM latest_mentions
WHERE entity_id = $entity AND published_on BETWEEN $since AND $until
GROUP BY text
ORDER BY mentions DESC, text
LIMIT $most
