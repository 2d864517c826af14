-- The newest state of a story: its span of time, and the story that it became part of, if any.
-- $story: its key.
SELECT
    states.story_id,
    states.first_at,
    states.last_at,
    states.into_story_id,
    states.follows_story_id,
    articles.title AS headline,
    articles.language
FROM story_states AS states
LEFT JOIN latest_articles AS articles ON articles.article_id = states.central_article_id
WHERE states.story_id = $story
ORDER BY states.version DESC
LIMIT 1
