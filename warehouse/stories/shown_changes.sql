-- What happened to a story: merges, splits, and stories that follow. $story: its key.
SELECT
    kind,
    story_id,
    other_story_id,
    articles,
    changed_at
FROM story_changes
WHERE story_id = $story OR other_story_id = $story
ORDER BY changed_at, kind, story_id
