-- Who bears a last name, in full or bare, and which of them a bare name stands for: the one whom the
-- same source names in full in the same week, as in `linked_people`.
-- $last_name: the name in small letters; $since, $until: the days.
WITH people AS (
    SELECT
        entity_id,
        name,
        NOT contains(name, ' ') AS is_bare
    FROM entities
    WHERE kind = 'person'
        AND contains(lower(name), $last_name)
        AND lower(regexp_extract(regexp_replace(name, ' (Jr|Sr|II|III|IV)\.?$', ''), '[^ ]+$')) = $last_name
),
named AS (
    SELECT
        mentions.source_id,
        date_trunc('week', mentions.published_on) AS week_starts_on,
        min(people.entity_id) FILTER (NOT people.is_bare) AS full_entity_id,
        list(DISTINCT people.entity_id) FILTER (people.is_bare) AS bare_ids
    FROM latest_mentions AS mentions
    INNER JOIN people USING (entity_id)
    WHERE mentions.published_on BETWEEN CAST(date_trunc('week', CAST($since AS DATE)) AS DATE) AND CAST(date_trunc('week', CAST($until AS DATE)) AS DATE) + 6
    GROUP BY ALL
    HAVING full_entity_id = max(people.entity_id) FILTER (NOT people.is_bare) AND len(bare_ids) > 0
)
SELECT
    bare.name,
    bare.entity_id,
    bearers.name AS full_name,
    bearers.entity_id AS full_entity_id,
    count(DISTINCT named.source_id) AS sources,
    list(DISTINCT named.source_id || ' ' || CAST(CAST(named.week_starts_on AS DATE) AS VARCHAR)) AS weeks,
    min(CAST(named.week_starts_on AS DATE)) AS first_week_on,
    max(CAST(named.week_starts_on AS DATE)) AS last_week_on
FROM named
INNER JOIN people AS bearers ON bearers.entity_id = named.full_entity_id
INNER JOIN people AS bare ON list_contains(named.bare_ids, bare.entity_id)
GROUP BY
    bare.name,
    bare.entity_id,
    bearers.name,
    bearers.entity_id
ORDER BY sources DESC, bare.name, full_name
