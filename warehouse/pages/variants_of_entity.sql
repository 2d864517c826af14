-- The names of an entity as they are written, the most frequent first.
-- `named_here`: where the entity is named, see `mentions_of_entity`; $most: how many.
SELECT
    text,
    count(*) AS mentions,
    count(DISTINCT source_id) AS sources,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM named_here
GROUP BY text
ORDER BY mentions DESC, text
LIMIT $most
