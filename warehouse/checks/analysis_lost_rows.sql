-- severity: error
-- Runs of a transform that recorded findings but have no rows.
WITH found AS (
    SELECT 'quotations' AS transform, article_id, revision, batch_id FROM quotations
    UNION ALL
    SELECT 'quotations', article_id, revision, batch_id FROM no_comments
    UNION ALL
    SELECT 'mentions', article_id, revision, batch_id FROM mentions
    UNION ALL
    SELECT 'dates', article_id, revision, batch_id FROM date_mentions
    UNION ALL
    SELECT 'keyphrases', article_id, revision, batch_id FROM keyphrases
    UNION ALL
    SELECT 'topics', article_id, revision, batch_id FROM article_topics
)
SELECT
    analyses.article_id AS subject,
    analyses.transform || ' found ' || analyses.items || ' in revision ' || analyses.revision
    || ', but there are no rows' AS detail
FROM analyses
ANTI JOIN found USING (transform, article_id, revision, batch_id)
WHERE analyses.items > 0 AND analyses.transform IN ('quotations', 'mentions', 'dates', 'keyphrases', 'topics')
