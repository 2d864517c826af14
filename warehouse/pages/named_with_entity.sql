-- Who and what is named in the same paragraphs as an entity, in the most articles first.
-- $entity: its key; $since, $until: the days; $most: how many.
WITH beside AS (
    SELECT
        unnest(mentions.beside) AS entity_id,
        mentions.article_id,
        mentions.source_id
    FROM latest_mentions AS mentions
    WHERE mentions.entity_id = $entity AND mentions.published_on BETWEEN $since AND $until
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
