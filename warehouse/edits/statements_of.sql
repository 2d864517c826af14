-- The statements of some revisions by the newest run of the transform, in reading order.
-- $articles, $revisions: their keys, as JSON.
WITH wanted AS (
    SELECT
        unnest(from_json($articles, '["VARCHAR"]')) AS article_id,
        unnest(from_json($revisions, '["INTEGER"]')) AS revision
)
SELECT
    quotations.article_id,
    quotations.revision,
    quotations.speaker,
    coalesce(quotations.statement, quotations.text) AS statement
FROM quotations
SEMI JOIN wanted USING (article_id, revision)
ANTI JOIN analyses AS replacing
    ON replacing.replaces_batch_id IS NOT NULL
    AND replacing.transform = 'quotations'
    AND replacing.replaces_batch_id = quotations.batch_id
    AND replacing.article_id = quotations.article_id
    AND replacing.revision = quotations.revision
WHERE coalesce(quotations.act, 'speech') = 'speech'
ORDER BY quotations.article_id, quotations.revision, quotations.start_char
