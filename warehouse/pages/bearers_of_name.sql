-- Who bears a last name, in full or bare, and which of them a bare name stands for: the one whom the
-- same source names in full in the same week.
-- $last_name: the name in small letters; $since, $until: the days.
SELECT
    name,
    entity_id,
    full_name,
    full_entity_id,
    count(DISTINCT source_id) AS sources,
    list(DISTINCT source_id || ' ' || CAST(week_starts_on AS VARCHAR)) AS weeks,
    min(week_starts_on) AS first_week_on,
    max(week_starts_on) AS last_week_on
FROM linked_people_of($last_name, $since, $until)
GROUP BY
    name,
    entity_id,
    full_name,
    full_entity_id
ORDER BY sources DESC, name, full_name
