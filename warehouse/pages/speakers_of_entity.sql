-- The names under which an entity is quoted, the most frequent first.
-- $entity: its key; $since, $until: the days; $most: how many.
SELECT
    speaker,
    count(*) AS statements
FROM latest_quotations
WHERE speaker_entity_id = $entity
    AND published_on BETWEEN $since AND $until
    AND speaker IS NOT NULL
GROUP BY speaker
ORDER BY statements DESC, speaker
LIMIT $most
