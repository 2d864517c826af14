-- The stories that some stories are now. $stories: their keys, as JSON. A story that became part of another
-- one is that one; one that does not exist has no row.
WITH RECURSIVE path AS (
    SELECT
        unnest(from_json(CAST($stories AS JSON), '["VARCHAR"]')) AS asked_id,
        asked_id AS story_id
    UNION
    SELECT
        path.asked_id,
        changes.other_story_id
    FROM path
    INNER JOIN story_changes AS changes USING (story_id)
    WHERE changes.kind = 'merged'
)
SELECT
    path.asked_id,
    stories.story_id,
    central.title AS headline
FROM path
INNER JOIN current_stories AS stories USING (story_id)
LEFT JOIN latest_articles AS central ON central.article_id = stories.central_article_id
