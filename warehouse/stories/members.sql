-- The articles of some stories, with how often each has moved and the cluster of its copies.
-- $stories: their keys, as JSON.
WITH wanted AS (
    SELECT unnest(from_json(CAST($stories AS JSON), '["VARCHAR"]')) AS story_id
),
once AS (
    SELECT DISTINCT article_id
    FROM story_members
    SEMI JOIN wanted USING (story_id)
),
placed AS (
    SELECT
        article_id,
        arg_max(story_id, moves) AS story_id,
        max(moves) AS moves,
        arg_max(is_copy, moves) AS is_copy,
        arg_max(similarity, moves) AS similarity
    FROM story_members
    SEMI JOIN once USING (article_id)
    GROUP BY article_id
)
SELECT
    placed.story_id,
    placed.article_id,
    placed.moves,
    placed.is_copy,
    placed.similarity,
    clusters.cluster_id
FROM placed
SEMI JOIN wanted USING (story_id)
LEFT JOIN cluster_members AS clusters USING (article_id)
ORDER BY placed.article_id
