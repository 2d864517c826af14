-- Who and what is named in the same paragraphs as an entity, in the most articles first.
-- `named_here`: where the entity is named, see `mentions_of_entity`; $most: how many.
WITH beside AS (
    SELECT
        unnest(beside) AS entity_id,
        article_id,
        source_id
    FROM named_here
)
SELECT
    entities.entity_id,
    entities.name,
    entities.kind,
    count(DISTINCT beside.article_id) AS articles,
    count(DISTINCT beside.source_id) AS sources
FROM beside
INNER JOIN entities USING (entity_id)
GROUP BY
    entities.entity_id,
    entities.name,
    entities.kind
ORDER BY articles DESC, sources DESC, entities.name
LIMIT $most
