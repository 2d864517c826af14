-- What the last run of the data checks found, unless it failed before it found anything.
SELECT
    check_name AS item,
    check_name AS subject,
    CAST(NULL AS VARCHAR) AS source_id,
    min(found_at) AS since_at,
    max(severity) FILTER (severity = 'error') AS code,
    CASE WHEN count(*) = 1 THEN 'one finding: ' ELSE count(*) || ' findings, for example ' END
    || min(subject || ': ' || detail) AS detail
FROM checks
WHERE
    run_id = (
        SELECT run_id
        FROM runs
        WHERE flow = 'check' AND (
            state = 'completed' OR (state = 'failed' AND run_id IN (SELECT checks.run_id FROM checks))
        )
        ORDER BY recorded_at > $now + INTERVAL 1 HOUR, recorded_at DESC
        LIMIT 1
    )
GROUP BY check_name
ORDER BY code NULLS LAST, check_name
