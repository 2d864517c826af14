-- The cluster of some articles, NULL without one; oldest first. $articles: their keys, as JSON.
WITH wanted AS (
    SELECT unnest(from_json($articles, '["VARCHAR"]')) AS article_id
),
place AS (
    SELECT
        articles.article_id,
        min(articles.rowid) AS place
    FROM articles
    SEMI JOIN wanted USING (article_id)
    GROUP BY articles.article_id
)
SELECT
    place.article_id,
    members.cluster_id
FROM place
LEFT JOIN cluster_members AS members USING (article_id)
ORDER BY place.place
