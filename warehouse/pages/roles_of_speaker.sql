-- The roles of a speaker as they are written, the most frequent first.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days; $most: how many.
WITH said AS (
    SELECT
        speaker_role,
        source_id,
        published_on
    FROM latest_quotations
    WHERE speaker = $speaker AND published_on BETWEEN $since AND $until
    UNION ALL
    SELECT
        speaker_role,
        source_id,
        published_on
    FROM latest_quotations
    WHERE speaker = $bare
        AND published_on BETWEEN $since AND $until
        AND list_contains($weeks, source_id || ' ' || CAST(CAST(date_trunc('week', published_on) AS DATE) AS VARCHAR))
)
SELECT
    speaker_role,
    count(*) AS statements,
    count(DISTINCT source_id) AS sources,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM said
WHERE speaker_role IS NOT NULL
GROUP BY speaker_role
ORDER BY statements DESC, last_on DESC, speaker_role
LIMIT $most
