-- The names of what narrows a search, NULL if it is not known.
-- $source: a source_id; $entity: an entity_id; $topic: a topic_code; each NULL if it is not chosen.
SELECT
    (SELECT min(name) FROM sources WHERE source_id = $source) AS source,
    (SELECT min(name) FROM entities WHERE entity_id = $entity) AS entity,
    (SELECT any_value(topic) FROM article_topics WHERE topic_code = $topic) AS topic
