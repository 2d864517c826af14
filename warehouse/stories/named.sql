-- The people and places that some articles name. $articles: their keys, as JSON.
WITH wanted AS (
    SELECT unnest(from_json(CAST($articles AS JSON), '["VARCHAR"]')) AS article_id
),
named AS (
    SELECT DISTINCT
        mentions.article_id,
        mentions.entity_id,
        mentions.kind
    FROM latest_mentions AS mentions
    SEMI JOIN wanted USING (article_id)
    WHERE mentions.kind IN ('person', 'place')
)
SELECT
    named.article_id,
    entities.name,
    named.kind
FROM named
INNER JOIN entities USING (entity_id)
ORDER BY named.article_id, entities.name
