-- How much a speaker said, in how many outlets, and in which role at last. The names are looked for one
-- by one, so that only their rows are read.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days.
WITH said AS (
    SELECT
        act,
        source_id,
        speaker_role,
        speaker_entity_id,
        published_at
    FROM latest_quotations
    WHERE speaker = $speaker AND published_on BETWEEN $since AND $until
    UNION ALL
    SELECT
        act,
        source_id,
        speaker_role,
        speaker_entity_id,
        published_at
    FROM latest_quotations
    WHERE speaker = $bare
        AND published_on BETWEEN $since AND $until
        AND list_contains($weeks, source_id || ' ' || CAST(CAST(date_trunc('week', published_on) AS DATE) AS VARCHAR))
)
SELECT
    count(*) FILTER (act = 'speech') AS statements,
    count(*) FILTER (act = 'attitude') AS attitudes,
    count(*) FILTER (act = 'plan') AS plans,
    count(DISTINCT source_id) AS sources,
    arg_max(speaker_role, published_at) AS speaker_role,
    arg_max(speaker_entity_id, published_at) AS entity_id
FROM said
