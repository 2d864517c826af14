SELECT
    mentioned.article_id,
    mentioned.revision,
    mentioned.source_id,
    mentioned.published_at,
    mentioned.entity_id,
    mentioned.name,
    mentioned.kind,
    mentioned.text,
    mentioned.country,
    mentioned.latitude,
    mentioned.longitude,
    mentioned.wikidata_id,
    mentioned.confidence,
    mentioned.start_char,
    mentioned.end_char
FROM mentioned
