-- One story. $story: its key, or that of a story that became part of it.
WITH RECURSIVE path AS (
    SELECT
        $story AS story_id,
        0 AS steps
    UNION ALL
    SELECT
        changes.other_story_id,
        path.steps + 1
    FROM path
    INNER JOIN story_changes AS changes USING (story_id)
    WHERE changes.kind = 'merged'
)
SELECT
    story_id,
    headline,
    articles,
    texts,
    sources,
    first_at,
    last_at,
    people,
    places,
    language,
    url,
    follows_story_id
FROM stories
WHERE story_id = (SELECT arg_max(story_id, steps) FROM path)
