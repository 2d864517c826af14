-- The articles that have one of some hashes, oldest rows first. $hashes: the hashes, as JSON; $most: how
-- many articles of one hash are wanted.
WITH wanted AS (
    SELECT unnest(from_json($hashes, '["UINTEGER"]')) AS hash
),
found AS (
    SELECT
        fingerprints.hash,
        fingerprints.article_id,
        fingerprints.rowid AS place
    FROM fingerprints
    SEMI JOIN wanted USING (hash)
)
SELECT
    hash,
    list(article_id ORDER BY place)[1:$most] AS articles
FROM found
GROUP BY hash
