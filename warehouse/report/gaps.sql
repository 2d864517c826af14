SELECT
    coverage.source_id,
    round(avg(coverage.expected), 1) AS usual_per_day,
    any_value(source_health.last_on) AS newest_on,
    list(coverage.day ORDER BY coverage.day) AS silent_on
FROM coverage
LEFT JOIN source_health ON source_health.source_id = coverage.source_id
WHERE coverage.status = 'silent'
    AND coverage.day BETWEEN $first_on AND $last_on
GROUP BY coverage.source_id
ORDER BY len(silent_on) DESC, coverage.source_id
LIMIT 20
