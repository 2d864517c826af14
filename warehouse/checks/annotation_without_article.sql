-- severity: error
-- Statements, names, dates, keyphrases or topics of a revision that does not exist.
WITH spans AS (
    SELECT 'quotations' AS place, article_id, revision FROM quotations
    UNION ALL
    SELECT 'no_comments', article_id, revision FROM no_comments
    UNION ALL
    SELECT 'mentions', article_id, revision FROM mentions
    UNION ALL
    SELECT 'date_mentions', article_id, revision FROM date_mentions
    UNION ALL
    SELECT 'keyphrases', article_id, revision FROM keyphrases
    UNION ALL
    SELECT 'article_topics', article_id, revision FROM article_topics
)
SELECT
    spans.article_id AS subject,
    spans.place || ': ' || count(*) || ' rows of missing revision ' || spans.revision AS detail
FROM spans
ANTI JOIN articles USING (article_id, revision)
GROUP BY spans.article_id, spans.place, spans.revision
