-- Which sources have been silent for longer than is usual for them?
SELECT
    source_id,
    last_on,
    silent_days,
    usual_per_day
FROM source_health
WHERE status = 'silent'
ORDER BY usual_per_day * silent_days DESC, source_id
LIMIT 20
