-- Findings of the newest run of the data checks.
SELECT
    check_name,
    severity,
    count(*) AS found,
    min(subject || ': ' || detail) AS example
FROM checks
WHERE run_id = (SELECT arg_max(run_id, found_at) FROM checks)
GROUP BY ALL
ORDER BY severity, found DESC, check_name
