-- severity: error
-- Revisions that more than one row claims to be.
SELECT
    article_id AS subject,
    'revision ' || revision || ' is there ' || count(*) || ' times' AS detail
FROM articles
GROUP BY article_id, revision
HAVING count(*) > 1
