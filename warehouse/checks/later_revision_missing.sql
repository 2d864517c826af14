-- severity: error
-- A revision after the first one is not in later_revisions: views show what it replaced beside it.
SELECT
    article_id AS subject,
    'revision ' || revision || ' of batch ' || batch_id AS detail
FROM articles
ANTI JOIN later_revisions USING (article_id, revision)
WHERE revision > 1
