-- The roles of a speaker as they are written, the most frequent first.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days; $most: how many.
SELECT
    speaker_role,
    count(*) AS statements,
    count(DISTINCT source_id) AS sources,
    min(published_on) AS first_on,
    max(published_on) AS last_on
FROM latest_quotations
WHERE published_on BETWEEN $since AND $until
    AND (
        speaker = $speaker
        OR (
            speaker = $bare
            AND list_contains($weeks, source_id || ' ' || CAST(CAST(date_trunc('week', published_on) AS DATE) AS VARCHAR))
        )
    )
    AND speaker_role IS NOT NULL
GROUP BY speaker_role
ORDER BY statements DESC, last_on DESC, speaker_role
LIMIT $most
