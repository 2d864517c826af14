-- The spans of time of some stories and the articles that they are named after. $stories: their keys.
SELECT
    story_id,
    arg_max(central_article_id, version) AS central_article_id,
    min(first_at) AS first_at,
    max(last_at) AS last_at
FROM story_states
WHERE list_contains($stories, story_id)
GROUP BY story_id
