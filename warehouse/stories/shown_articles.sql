-- The articles of a story by time. $story: its key.
SELECT
    published_at,
    source_id,
    title,
    is_copy,
    is_central,
    url,
    article_id
FROM story_articles
WHERE story_id = $story
ORDER BY published_at NULLS LAST, article_id
