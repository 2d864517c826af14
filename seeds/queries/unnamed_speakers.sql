-- What share of the statements of each source comes from unnamed speakers?
SELECT
    source_id,
    count(*) AS statements,
    count(*) FILTER (WHERE speaker_name IS NULL) AS unnamed,
    round(100 * count(*) FILTER (WHERE speaker_name IS NULL) / count(*), 1) AS percent
FROM latest_quotations
WHERE act = 'speech'
GROUP BY source_id
ORDER BY percent DESC, source_id
LIMIT 20
