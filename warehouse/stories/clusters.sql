-- The stories of the articles of some clusters. $clusters: their keys, as JSON.
WITH wanted AS (
    SELECT unnest(from_json(CAST($clusters AS JSON), '["VARCHAR"]')) AS cluster_id
),
copied AS (
    SELECT
        members.cluster_id,
        members.article_id
    FROM cluster_members AS members
    SEMI JOIN wanted USING (cluster_id)
),
placed AS (
    SELECT
        article_id,
        arg_max(story_id, moves) AS story_id
    FROM story_members
    SEMI JOIN copied USING (article_id)
    GROUP BY article_id
)
SELECT
    copied.cluster_id,
    list(DISTINCT placed.story_id ORDER BY placed.story_id) AS stories
FROM copied
INNER JOIN placed USING (article_id)
GROUP BY copied.cluster_id
