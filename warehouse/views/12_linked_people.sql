-- A last name without a first name is linked to the person with that last name whom the same
-- source names in full in the same week. If there are two such people, it is linked to neither.
CREATE OR REPLACE VIEW linked_people AS
SELECT DISTINCT
    short.entity_id,
    short.name,
    bearers.full_entity_id,
    bearers.full_name,
    short.source_id,
    short.week_starts_on
FROM (
    SELECT DISTINCT
        mentions.entity_id,
        entities.name,
        mentions.source_id,
        CAST(date_trunc('week', mentions.published_on) AS DATE) AS week_starts_on
    FROM latest_mentions AS mentions
    INNER JOIN entities USING (entity_id)
    WHERE mentions.kind = 'person' AND NOT contains(entities.name, ' ')
) AS short
INNER JOIN (
    SELECT
        mentions.source_id,
        CAST(date_trunc('week', mentions.published_on) AS DATE) AS week_starts_on,
        lower(regexp_extract(entities.name, '[^ ]+$')) AS last_name,
        min(entities.entity_id) AS full_entity_id,
        min(entities.name) AS full_name
    FROM latest_mentions AS mentions
    INNER JOIN entities USING (entity_id)
    WHERE mentions.kind = 'person' AND contains(entities.name, ' ')
    GROUP BY ALL
    HAVING count(DISTINCT entities.entity_id) = 1
) AS bearers
    ON bearers.source_id = short.source_id
    AND bearers.week_starts_on = short.week_starts_on
    AND bearers.last_name = lower(short.name);
COMMENT ON VIEW linked_people IS 'One row per bare last name, source and week, with the one person of that name whom the source names in full in that week';
COMMENT ON COLUMN linked_people.entity_id IS 'Entity of the bare last name';
COMMENT ON COLUMN linked_people.name IS 'The last name';
COMMENT ON COLUMN linked_people.full_entity_id IS 'Entity of the person named in full';
COMMENT ON COLUMN linked_people.full_name IS 'The full name';
COMMENT ON COLUMN linked_people.source_id IS 'Publisher of both';
COMMENT ON COLUMN linked_people.week_starts_on IS 'Monday of the week in which both were published';
