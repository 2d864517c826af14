-- How often an entity is named and when, over all days; no row if it is never named.
-- $entity: its key.
SELECT
    count(*) AS mentions,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM latest_mentions
WHERE entity_id = $entity
HAVING count(*) > 0
