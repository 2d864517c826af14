-- Who ran whose texts, among the publishers that share the most; $most: how many of them. `pairs` counts
-- all pairs, also those that are left out.
WITH pairs AS (
    SELECT
        earliest_source_id,
        source_id,
        count(*) AS texts,
        avg(kept) AS kept
    FROM syndication
    WHERE CAST(published_at AT TIME ZONE 'UTC' AS DATE) BETWEEN $first_on AND $last_on
    GROUP BY earliest_source_id, source_id
),
busiest AS (
    SELECT source_id
    FROM (
        SELECT
            earliest_source_id AS source_id,
            texts
        FROM pairs
        UNION ALL
        SELECT
            source_id,
            texts
        FROM pairs
    )
    GROUP BY source_id
    ORDER BY sum(texts) DESC, source_id
    LIMIT $most
)
SELECT
    earliest_source_id,
    source_id,
    texts,
    kept,
    (SELECT count(*) FROM pairs) AS pairs
FROM pairs
WHERE earliest_source_id IN (SELECT source_id FROM busiest) AND source_id IN (SELECT source_id FROM busiest)
ORDER BY texts DESC, earliest_source_id, source_id
LIMIT 40
