-- severity: error
-- Statements, names or dates with offsets outside the text of their article.
WITH spans AS (
    SELECT 'quotations' AS place, article_id, revision, start_char, end_char FROM quotations
    UNION ALL
    SELECT 'no_comments', article_id, revision, start_char, end_char FROM no_comments
    UNION ALL
    SELECT 'mentions', article_id, revision, start_char, end_char FROM mentions
    UNION ALL
    SELECT 'date_mentions', article_id, revision, start_char, end_char FROM date_mentions
)
SELECT
    spans.article_id AS subject,
    spans.place || ': ' || spans.start_char || ' to ' || spans.end_char || ' of '
    || length(articles.text) || ' characters' AS detail
FROM spans
INNER JOIN articles USING (article_id, revision)
WHERE spans.start_char < 0
    OR spans.end_char <= spans.start_char
    OR spans.end_char > length(articles.text)
