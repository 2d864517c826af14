-- The story that an article belongs to, and its span of time by its newest state. $article_id: its key.
SELECT
    members.story_id,
    members.similarity,
    members.is_copy,
    max_by(states.first_at, states.version) AS first_at,
    max_by(states.last_at, states.version) AS last_at
FROM current_story_members AS members
INNER JOIN story_states AS states USING (story_id)
WHERE members.article_id = $article_id
GROUP BY
    members.story_id,
    members.similarity,
    members.is_copy
