SELECT
    entities.entity_id,
    entities.name,
    entities.kind,
    entities.country,
    entities.latitude,
    entities.longitude,
    entities.wikidata_id
FROM entities
SEMI JOIN (
    SELECT entity_id FROM latest_mentions
    UNION
    SELECT speaker_entity_id FROM latest_quotations
    UNION
    SELECT asked_entity_id FROM latest_no_comments
) AS named USING (entity_id)
