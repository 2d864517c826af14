-- The wordings of the statements in the articles of some batches. $batches: the batches, as JSON; $first_on
-- and $last_on: days of these articles.
SELECT
    article_id,
    revision,
    list(DISTINCT fingerprint ORDER BY fingerprint) AS statements
FROM quotations
WHERE batch_id IN (SELECT unnest(from_json($batches, '["VARCHAR"]')))
    AND fingerprint IS NOT NULL
    AND (published_on IS NULL OR published_on BETWEEN $first_on AND $last_on)
GROUP BY article_id, revision
