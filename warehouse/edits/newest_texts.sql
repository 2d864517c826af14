-- The text of the newest revision of some articles. $articles: their keys, as JSON.
WITH wanted AS (
    SELECT unnest(from_json($articles, '["VARCHAR"]')) AS article_id
),
place AS (
    SELECT
        articles.article_id,
        arg_max(articles.rowid, articles.revision) AS place
    FROM articles
    SEMI JOIN wanted USING (article_id)
    GROUP BY articles.article_id
)
SELECT
    article_id,
    text
FROM articles
WHERE rowid IN (SELECT place FROM place)
