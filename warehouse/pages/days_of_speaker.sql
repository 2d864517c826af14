-- How often each source quoted a speaker on each day.
-- $speaker: the name; $bare: the last name if it stands for them, NULL otherwise; $weeks: where it
-- does, as sources with the Monday of a week; $since, $until: the days.
WITH said AS (
    SELECT
        act,
        source_id,
        published_on
    FROM latest_quotations
    WHERE speaker = $speaker AND published_on BETWEEN $since AND $until
    UNION ALL
    SELECT
        act,
        source_id,
        published_on
    FROM latest_quotations
    WHERE speaker = $bare
        AND published_on BETWEEN $since AND $until
        AND list_contains($weeks, source_id || ' ' || CAST(CAST(date_trunc('week', published_on) AS DATE) AS VARCHAR))
)
SELECT
    published_on AS day,
    source_id,
    count(*) AS statements
FROM said
WHERE act = 'speech'
GROUP BY
    published_on,
    source_id
ORDER BY published_on, source_id
