-- Who was quoted by only one source, and by which one?
SELECT
    speaker,
    any_value(source_id) AS source_id,
    count(*) AS statements
FROM said
WHERE speaker IS NOT NULL
GROUP BY speaker
HAVING count(DISTINCT source_id) = 1
ORDER BY statements DESC, speaker
LIMIT 20
