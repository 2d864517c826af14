-- Which sources fell silent, by their own rhythm?
SELECT
    source_id,
    last_on,
    silent_days,
    usual_per_day
FROM source_health
WHERE status = 'silent'
ORDER BY usual_per_day * silent_days DESC, source_id
LIMIT 20
