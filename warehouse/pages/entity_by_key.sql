-- One entity. $entity: its key.
SELECT
    entity_id,
    name,
    kind,
    aliases,
    country,
    latitude,
    longitude,
    wikidata_id
FROM entities
WHERE entity_id = $entity
LIMIT 1
