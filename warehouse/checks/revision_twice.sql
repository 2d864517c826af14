-- severity: error
-- Revisions with more than one row.
SELECT
    article_id AS subject,
    'revision ' || revision || ' has ' || count(*) || ' rows' AS detail
FROM articles
GROUP BY article_id, revision
HAVING count(*) > 1
