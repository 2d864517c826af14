-- How much a speaker said and when, over all days; no row for nobody. $speaker: the name.
SELECT
    count(*) FILTER (act = 'speech') AS statements,
    count(*) FILTER (act = 'attitude') AS attitudes,
    count(*) FILTER (act = 'plan') AS plans,
    count(DISTINCT source_id) AS sources,
    min(published_on) AS first_on,
    max(published_on) AS last_on,
    mode(speaker_entity_id) AS entity_id,
    arg_max(speaker_role, published_at) AS speaker_role
FROM latest_quotations
WHERE speaker = $speaker
HAVING count(*) > 0
