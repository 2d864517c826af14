-- A last name without a first name is linked to the person with that last name whom the same
-- source names in full in the same week. If there are two such people, it is linked to neither.
-- The people who share a bare last name are chosen first, so that the mentions are read once.
-- The view has all names and weeks; the macro can have those of one last name in small letters, and
-- the weeks with one of some days. NULL means all of them.
CREATE OR REPLACE MACRO linked_people_of(wanted_name, since, until) AS TABLE
WITH people AS (
    SELECT
        entity_id,
        NOT contains(name, ' ') AS is_bare,
        lower(regexp_extract(regexp_replace(name, ' (Jr|Sr|II|III|IV)\.?$', ''), '[^ ]+$')) AS last_name
    FROM entities
    WHERE kind = 'person'
        AND (CAST(wanted_name AS VARCHAR) IS NULL OR contains(lower(name), CAST(wanted_name AS VARCHAR)))
),
named AS (
    SELECT
        mentions.source_id,
        date_trunc('week', mentions.published_on) AS week_starts_on,
        people.last_name,
        list(DISTINCT people.entity_id) FILTER (people.is_bare) AS bare_ids,
        min(people.entity_id) FILTER (NOT people.is_bare) AS full_entity_id,
        count(DISTINCT mentions.article_id) FILTER (NOT people.is_bare) AS articles
    FROM latest_mentions AS mentions
    INNER JOIN people USING (entity_id)
    WHERE people.last_name IN (SELECT bare.last_name FROM people AS bare WHERE bare.is_bare)
        AND (CAST(wanted_name AS VARCHAR) IS NULL OR people.last_name = CAST(wanted_name AS VARCHAR))
        AND (
            CAST(since AS DATE) IS NULL
            OR mentions.published_on >= CAST(date_trunc('week', CAST(since AS DATE)) AS DATE)
        )
        AND (
            CAST(until AS DATE) IS NULL
            OR mentions.published_on <= CAST(date_trunc('week', CAST(until AS DATE)) AS DATE) + 6
        )
    GROUP BY ALL
    HAVING full_entity_id = max(people.entity_id) FILTER (NOT people.is_bare)
),
links AS (
    SELECT
        unnest(bare_ids) AS entity_id,
        full_entity_id,
        source_id,
        CAST(week_starts_on AS DATE) AS week_starts_on,
        round((articles + 1) / (articles + 2), 2) AS confidence
    FROM named
)
SELECT
    links.entity_id,
    entities.name,
    links.full_entity_id,
    bearers.name AS full_name,
    links.source_id,
    links.week_starts_on,
    links.confidence
FROM links
INNER JOIN entities USING (entity_id)
INNER JOIN entities AS bearers ON bearers.entity_id = links.full_entity_id;

CREATE OR REPLACE VIEW linked_people AS
SELECT
    entity_id,
    name,
    full_entity_id,
    full_name,
    source_id,
    week_starts_on,
    confidence
FROM linked_people_of(NULL, NULL, NULL);
COMMENT ON VIEW linked_people IS 'One row per bare last name, source and week, with the one person of that name whom the source names in full in that week; linked_people_of(NAME, DATE, DATE) has those of a last name in small letters in the weeks of some days';
COMMENT ON COLUMN linked_people.entity_id IS 'Entity of the bare last name';
COMMENT ON COLUMN linked_people.name IS 'The last name';
COMMENT ON COLUMN linked_people.full_entity_id IS 'Entity of the person named in full';
COMMENT ON COLUMN linked_people.full_name IS 'The full name';
COMMENT ON COLUMN linked_people.source_id IS 'Publisher of both';
COMMENT ON COLUMN linked_people.week_starts_on IS 'Monday of the week in which both were published';
COMMENT ON COLUMN linked_people.confidence IS 'Chance that the next bearer of the name is the same, (n + 1) / (n + 2) by the rule of succession; n articles of the week name the person in full, and none names another';
