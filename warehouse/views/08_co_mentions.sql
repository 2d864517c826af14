CREATE OR REPLACE VIEW co_mentions AS
SELECT
    entities.name,
    others.name AS other_name,
    entities.kind,
    others.kind AS other_kind,
    pairs.published_on,
    pairs.source_id,
    pairs.article_id,
    pairs.revision,
    pairs.paragraph,
    pairs.entity_id,
    pairs.other_entity_id
FROM (
    SELECT
        mentions.published_on,
        mentions.source_id,
        mentions.article_id,
        mentions.revision,
        mentions.paragraph,
        mentions.entity_id,
        unnest(mentions.beside) AS other_entity_id
    FROM latest_mentions AS mentions
    WHERE mentions.beside IS NOT NULL
) AS pairs
INNER JOIN entities ON entities.entity_id = pairs.entity_id
INNER JOIN entities AS others ON others.entity_id = pairs.other_entity_id;
COMMENT ON VIEW co_mentions IS 'One row per paragraph and pair of entities named in it; each pair appears in both orders';
COMMENT ON COLUMN co_mentions.other_name IS 'Canonical name of the other entity';
COMMENT ON COLUMN co_mentions.other_kind IS 'Kind of the other entity';
COMMENT ON COLUMN co_mentions.other_entity_id IS 'Key of the other entity';
