-- How often each source quoted a speaker on each day.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days.
SELECT
    published_on AS day,
    source_id,
    count(*) AS statements
FROM latest_quotations
WHERE published_on BETWEEN $since AND $until
    AND (
        speaker = $speaker
        OR (
            speaker = $bare
            AND list_contains($weeks, source_id || ' ' || CAST(CAST(date_trunc('week', published_on) AS DATE) AS VARCHAR))
        )
    )
    AND act = 'speech'
GROUP BY
    published_on,
    source_id
ORDER BY published_on, source_id
