-- The newest state of a story: its span of time, and the story that it became part of, if any.
-- $story: its key.
SELECT
    story_id,
    first_at,
    last_at,
    central_article_id,
    into_story_id,
    follows_story_id
FROM story_states
WHERE story_id = $story
ORDER BY version DESC
LIMIT 1
