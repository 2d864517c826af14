-- Who is quoted under a name that is near to another one, the nearest first. $name: the name; $most: how
-- many.
WITH speakers AS (
    SELECT
        speaker,
        count(*) AS statements
    FROM quotations
    WHERE speaker IS NOT NULL
    GROUP BY speaker
),
near AS (
    SELECT
        speaker,
        statements,
        CASE
            WHEN contains(lower(speaker), lower($name)) THEN 1.0
            ELSE jaro_winkler_similarity(lower(speaker), lower($name))
        END AS nearness
    FROM speakers
)
SELECT speaker
FROM near
WHERE nearness > 0.8
ORDER BY nearness DESC, statements DESC, speaker
LIMIT $most
