-- Where an entity is named. $entity: its key; $since, $until: the days.
SELECT
    article_id,
    revision,
    start_char,
    end_char,
    text,
    source_id,
    beside,
    published_on,
    published_at
FROM latest_mentions
WHERE entity_id = $entity AND published_on BETWEEN $since AND $until
