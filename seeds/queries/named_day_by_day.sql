-- How often was the most mentioned person named on each day?
WITH most_named AS (
    SELECT entity_id
    FROM entity_daily
    WHERE kind = 'person'
    GROUP BY entity_id
    ORDER BY sum(mentions) DESC, entity_id
    LIMIT 1
)
SELECT
    name,
    published_on,
    mentions,
    articles
FROM entity_daily
SEMI JOIN most_named USING (entity_id)
ORDER BY published_on
