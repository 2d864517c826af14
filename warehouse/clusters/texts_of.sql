-- The newest revision of some articles, with its direct quotations. $articles: their keys, as JSON.
-- Rows are found by their key first, so that the texts of other articles are not unpacked.
WITH wanted AS (
    SELECT unnest(from_json($articles, '["VARCHAR"]')) AS article_id
),
place AS (
    SELECT
        articles.article_id,
        arg_max(articles.rowid, articles.revision) AS place,
        max(articles.revision) AS revision
    FROM articles
    SEMI JOIN wanted USING (article_id)
    GROUP BY articles.article_id
),
quoted AS (
    SELECT
        quotations.article_id,
        list([quotations.start_char, quotations.end_char] ORDER BY quotations.start_char) AS spans
    FROM quotations
    INNER JOIN place USING (article_id, revision)
    WHERE quotations.kind = 'direct'
    GROUP BY quotations.article_id
)
SELECT
    articles.article_id,
    articles.revision,
    articles.source_id,
    articles.title,
    articles.text,
    coalesce(quoted.spans, []) AS spans
FROM articles
LEFT JOIN quoted USING (article_id)
WHERE articles.rowid IN (SELECT place FROM place)
