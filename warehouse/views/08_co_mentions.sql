CREATE OR REPLACE VIEW co_mentions AS
SELECT DISTINCT
    entities.name,
    others.name AS other_name,
    entities.kind,
    others.kind AS other_kind,
    mentions.published_on,
    mentions.source_id,
    mentions.article_id,
    mentions.revision,
    mentions.paragraph,
    entities.entity_id,
    others.entity_id AS other_entity_id
FROM latest_mentions AS mentions
INNER JOIN latest_mentions AS beside
    ON beside.article_id = mentions.article_id
    AND beside.revision = mentions.revision
    AND beside.paragraph = mentions.paragraph
    AND beside.entity_id != mentions.entity_id
INNER JOIN entities ON entities.entity_id = mentions.entity_id
INNER JOIN entities AS others ON others.entity_id = beside.entity_id;
COMMENT ON VIEW co_mentions IS 'One row per paragraph and ordered pair of entities named in it: each pair stands there both ways round';
COMMENT ON COLUMN co_mentions.other_name IS 'Canonical name of the entity named beside it';
COMMENT ON COLUMN co_mentions.other_kind IS 'Kind of that entity';
COMMENT ON COLUMN co_mentions.other_entity_id IS 'Key of that entity';
