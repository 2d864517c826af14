-- The articles that have one of some hashes, oldest rows first. $hashes: the hashes, as JSON; $most: how
-- many articles of one hash are wanted.
WITH wanted AS (
    SELECT unnest(from_json($hashes, '["UINTEGER"]')) AS hash
),
places AS (
    SELECT
        unnest(hashes) AS hash,
        article_id,
        rowid AS place
    FROM fingerprints
),
found AS (
    SELECT
        places.hash,
        places.article_id,
        places.place
    FROM places
    SEMI JOIN wanted USING (hash)
)
SELECT
    hash,
    list(article_id ORDER BY place)[1:$most] AS articles
FROM found
GROUP BY hash
