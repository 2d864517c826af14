-- severity: error
-- Statements, names or dates whose text differs from the article at their offsets.
WITH spans AS (
    SELECT 'quotations' AS place, article_id, revision, start_char, end_char, text FROM quotations
    UNION ALL
    SELECT 'no_comments', article_id, revision, start_char, end_char, text FROM no_comments
    UNION ALL
    SELECT 'no_comments', article_id, revision, asked_start_char, asked_end_char, asked_text FROM no_comments
    UNION ALL
    SELECT 'mentions', article_id, revision, start_char, end_char, text FROM mentions
    UNION ALL
    SELECT 'date_mentions', article_id, revision, start_char, end_char, text FROM date_mentions
)
SELECT
    spans.article_id AS subject,
    spans.place || ' at ' || spans.start_char || ': ' || left(spans.text, 60) AS detail
FROM spans
INNER JOIN articles USING (article_id, revision)
WHERE array_slice(articles.text, spans.start_char + 1, spans.end_char) != spans.text
