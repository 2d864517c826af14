-- The terms of some articles. $articles: their keys, as JSON.
WITH wanted AS (
    SELECT unnest(from_json(CAST($articles AS JSON), '["VARCHAR"]')) AS article_id
),
place AS (
    SELECT
        terms.article_id,
        max(terms.rowid) AS place
    FROM story_terms AS terms
    SEMI JOIN wanted USING (article_id)
    GROUP BY terms.article_id
)
SELECT
    article_id,
    published_at,
    terms,
    weights
FROM story_terms
WHERE rowid IN (SELECT place FROM place)
