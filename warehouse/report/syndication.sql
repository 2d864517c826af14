-- Who ran whose texts: pairs of publishers, those with the most texts first. `pairs` counts all pairs.
SELECT
    earliest_source_id,
    source_id,
    count(*) AS texts,
    avg(kept) AS kept,
    count(*) OVER () AS pairs
FROM syndication
WHERE CAST(published_at AT TIME ZONE 'UTC' AS DATE) BETWEEN $first_on AND $last_on
GROUP BY earliest_source_id, source_id
ORDER BY texts DESC, earliest_source_id, source_id
LIMIT 500
