-- Stories that became part of a story, split off from it, follow it or come before it, by time.
-- $story: its key.
WITH related AS (
    SELECT
        changes.kind,
        changes.other_story_id = $story AS is_other,
        CASE WHEN changes.other_story_id = $story THEN changes.story_id ELSE changes.other_story_id END AS story_id,
        changes.articles,
        changes.changed_at
    FROM story_changes AS changes
    WHERE changes.story_id = $story OR changes.other_story_id = $story
),
states AS (
    SELECT
        story_states.story_id,
        arg_max(story_states.central_article_id, story_states.version) AS central_article_id,
        min(story_states.first_at) AS first_at,
        max(story_states.last_at) AS last_at
    FROM story_states
    WHERE story_states.story_id IN (SELECT related.story_id FROM related)
    GROUP BY story_states.story_id
)
SELECT
    related.kind,
    related.is_other,
    related.story_id,
    related.articles,
    related.changed_at,
    states.first_at,
    states.last_at,
    articles.title AS headline,
    articles.language
FROM related
LEFT JOIN states USING (story_id)
LEFT JOIN latest_articles AS articles ON articles.article_id = states.central_article_id
ORDER BY related.changed_at, related.kind, related.story_id
