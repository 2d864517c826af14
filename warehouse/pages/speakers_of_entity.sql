-- The names under which an entity is quoted, the most frequent first. $entity: its key; $most: how many.
SELECT
    speaker,
    count(*) AS statements
FROM latest_quotations
WHERE speaker_entity_id = $entity AND speaker IS NOT NULL
GROUP BY speaker
ORDER BY statements DESC, speaker
LIMIT $most
